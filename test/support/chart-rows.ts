/** Alerts as the platform gives them, made up the same way each time. */
export function makeAlerts(count: number) {
  const random = makeRandom(7)
  const pick = <Item>(items: readonly Item[]) => items[Math.floor(random() ** 1.6 * items.length)]
  return Array.from({ length: count }, (_, i) => ({
    id: `alert://priv:sandbox:${String(i).padStart(8, '0')}-0000-4000-8000-000000000000`,
    status: pick(['OPEN', 'FALSE_POSITIVE', 'TRUE_POSITIVE_MALICIOUS', 'NOT_ACTIONABLE']),
    sensor_types: i % 3 === 0 ? ['ENDPOINT_TAEGIS', 'IDS'] : ['CLOUD_AUDIT'],
    metadata: {
      title: pick([
        'Beacon with a regular interval',
        'Remote execution through WMI',
        'Attachment with a macro from a new sender',
        'Password spray',
        'Credential dumping',
      ]),
      severity: Math.round((0.04 + random() * 0.94) * 100) / 100,
      created_at: {
        seconds: 1_780_000_000 + Math.floor(random() * 5 * 86_400 + 9000 * Math.sin(i / 9)),
        nanos: 0,
      },
    },
    entities: {
      relationships: [
        {
          from_entity: `userName:user${Math.floor(random() ** 2 * 18)}`,
          to_entity: `hostname:web-${i % 9}`,
        },
        {
          from_entity: `hostname:web-${i % 9}`,
          to_entity: `ipAddress:203.0.113.${Math.floor(random() ** 2 * 14)}`,
        },
      ],
    },
  }))
}

/** Sessions that lasted and events that happened, on a few hosts. */
export function makeSessions() {
  const random = makeRandom(3)
  return Array.from({ length: 70 }, (_, i) => {
    const startUsec = 1_780_000_000_000_000 + Math.floor(random() * 28_800) * 1_000_000
    return {
      event_time_usec: startUsec,
      ended_usec: i % 4 === 0 ? startUsec + Math.floor(random() * 5400) * 1_000_000 : null,
      hostname: `web-${i % 7}`,
      event_type: ['process', 'auth', 'netflow', 'dnsquery'][i % 4],
    }
  })
}

/** The processes that led to an alert, and their children. */
export function makeProcesses() {
  const system = 'C:\\Windows\\System32\\'
  const process = (id: string, parent: string | null, image: string, more: Record<string, unknown> = {}) => ({
    processCorrelationID: id,
    parentProcessCorrelationID: parent,
    imagePath: `${system}${image}`,
    commandline: `${system}${image}`,
    username: 'alice',
    processCreationTime: 1_780_000_000_000_000 + id.length * 1_000_000,
    processIsAdmin: false,
    wasBlocked: false,
    childrenCount: 0,
    alerts: [] as string[],
    ...more,
  })
  const admin = { processIsAdmin: true, username: 'SYSTEM' }
  return [
    process('p', null, 'wininit.exe', admin),
    process('p.0', 'p', 'services.exe', admin),
    process('p.0.0', 'p.0', 'svchost.exe', admin),
    process('p.0.0.0', 'p.0.0', 'explorer.exe'),
    process('p.0.0.0.0', 'p.0.0.0', 'cmd.exe', { commandline: 'cmd.exe /c start /b update.cmd' }),
    process('p.0.0.0.0.0', 'p.0.0.0.0', 'powershell.exe', {
      commandline: `${system}powershell.exe -NoProfile -EncodedCommand ${'SQBuAHYA'.repeat(40)}`,
      alerts: ['alert://1'],
      childrenCount: 9,
    }),
    ...['whoami.exe', 'net.exe', 'certutil.exe', 'rundll32.exe', 'reg.exe'].map((image, i) =>
      process(`p.0.0.0.0.0.${i}`, 'p.0.0.0.0.0', image, { wasBlocked: i === 2 }),
    ),
    process('p.0.0.1', 'p.0.0', 'spoolsv.exe', admin),
  ]
}

/** Numbers from 0 to 1 that are the same in every run. */
function makeRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
    return state / 4_294_967_296
  }
}
