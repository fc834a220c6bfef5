import type { Alerts } from './alerts.js'
import { leafPath, processCorrelationId, processWindow } from './events.js'
import { choose, hash, RowIds } from './random.js'
import type { World } from './world.js'

/** A process in the tree of an alert: the number of the child at each step from the root, which is `[0]`. */
export interface ProcessPlace {
  readonly alert: number
  readonly path: readonly number[]
}

const chain = [
  'wininit.exe',
  'services.exe',
  'svchost.exe',
  'explorer.exe',
  'cmd.exe',
  'powershell.exe',
] as const
const tools = [
  'whoami.exe',
  'net.exe',
  'certutil.exe',
  'rundll32.exe',
  'conhost.exe',
  'schtasks.exe',
  'reg.exe',
] as const
/** Below the alert's own process the tree goes on this far. */
const depthBelowLeaf = 2

/** Finds a process by its correlation id; it must be of that host. */
export function findProcess(world: World, correlationId: string, hostId: string): ProcessPlace | undefined {
  const { alerts } = world
  const alert = new RowIds(world.seed, 'process').rowOf(correlationId.slice(0, 36))
  if (alert < 0 || alert >= alerts.count) return undefined
  if (alerts.hosts.ids.uuid(alerts.host[alert] ?? 0) !== hostId) return undefined
  const path = correlationId.slice(37).split('.').map(Number)
  const place = { alert, path }
  return processCorrelationId(alerts, alert, path) === correlationId && exists(alerts, place)
    ? place
    : undefined
}

function exists(alerts: Alerts, { alert, path }: ProcessPlace): boolean {
  if (path[0] !== 0) return false
  return path.every((child, depth) => {
    if (!Number.isSafeInteger(child) || child < 0) return false
    return depth === 0 || child < countChildren(alerts, { alert, path: path.slice(0, depth) })
  })
}

/** The chain down to the alert's process has a child at each step; that process has many; the others few. */
export function countChildren(alerts: Alerts, { alert, path }: ProcessPlace): number {
  const leaf = leafPath(alerts, alert)
  const onChain = path.every((child) => child === 0)
  const h = hash(alerts.seed, 91, alert, ...path)
  if (onChain && path.length < leaf.length) return 1 + (h % 4)
  if (onChain && path.length === leaf.length) return 3 + (h % 40)
  return path.length >= leaf.length + depthBelowLeaf ? 0 : h % 4
}

/** The process as the schema's ProcessEvent. */
export function showProcess(world: World, place: ProcessPlace) {
  const { alerts } = world
  const { alert, path } = place
  const leaf = leafPath(alerts, alert)
  const onChain = path.every((child) => child === 0)
  const isLeaf = onChain && path.length === leaf.length
  const h = hash(alerts.seed, 92, alert, ...path)
  const name = isLeaf ? 'powershell.exe' : onChain ? (chain[path.length - 1] ?? chain[2]) : choose(tools, h)
  const createdUsec =
    ((alerts.createdAt[alert] ?? 0) - 600_000 + 60_000 * path.length + (path.at(-1) ?? 0) * 250) * 1000
  const hostId = alerts.hosts.ids.uuid(alerts.host[alert] ?? 0)
  const parent = path.slice(0, -1)
  const hex = (salt: number, words: number) =>
    Array.from({ length: words }, (_, i) => hash(h, salt, i).toString(16).padStart(8, '0')).join('')
  const imagePath = `C:\\Windows\\System32\\${name}`
  return {
    tenantID: world.tenants[alerts.tenantRow(alert)]?.id,
    hostID: hostId,
    processCorrelationID: processCorrelationId(alerts, alert, path),
    resourceID: `process://priv:${hostId}:${hex(0, 2)}`,
    parentProcessCorrelationID: parent.length === 0 ? null : processCorrelationId(alerts, alert, parent),
    processID: String(1000 + (h % 30_000)),
    parentProcessID:
      parent.length === 0 ? null : String(1000 + (hash(alerts.seed, 92, alert, ...parent) % 30_000)),
    processTimeWindow: processWindow(alerts, alert),
    processCreationTime: createdUsec,
    processIsAdmin: onChain && path.length < 4,
    realPid: String(1000 + (h % 30_000)),
    commandline: isLeaf ? `${imagePath} -NoProfile -EncodedCommand SQBuAHYA` : imagePath,
    imagePath,
    username: onChain && path.length < 4 ? 'SYSTEM' : alerts.username(alert),
    userIsAdmin: onChain && path.length < 4,
    wasBlocked: false,
    normalizer: 'sandbox',
    sensorType: alerts.hosts.endpointType(alerts.host[alert] ?? 0),
    eventTimeUsec: createdUsec + 1_500_000,
    childrenCount: countChildren(alerts, place),
    alerts: isLeaf ? [alerts.id(alert)] : [],
    programHash: { md5: hex(1, 4), sha1: hex(2, 5), sha256: hex(3, 8), sha512: hex(4, 16) },
  }
}
