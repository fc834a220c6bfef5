import type { Sandbox } from './index.js'

/** One platform of the sandbox, and what a shell or a kernel sets to sign in to it. */
export interface SandboxPlatform {
  title: string
  /** How a cell reaches it. */
  cell: string
  /** A call that shows it works. */
  call: string
  variables: Readonly<Record<string, string>>
}

/**
 * Every platform that a sandbox speaks as, in the order of `notebooks/02-every-platform.ipynb`. The variables are of
 * the sandbox's region where there is one, so that a person's own for the real platform stay in force.
 */
export function listPlatforms({ origin, clients, targets }: Sandbox): readonly SandboxPlatform[] {
  const { taegis, ciscoXdr, ciscoXdrDevice, threatSwitch } = clients
  return [
    {
      title: 'Taegis XDR',
      cell: "connect(taegis, { region: 'sandbox' })",
      call: 'POST /graphql, GET /assets/version',
      // No names that a sign-in looks for by itself: without options a cell signs the person in.
      variables: {
        XDRLAB_SANDBOX_CLIENT_ID: taegis.id,
        XDRLAB_SANDBOX_CLIENT_SECRET: taegis.secret,
      },
    },
    {
      title: 'Cisco XDR',
      cell: "connect(ciscoXdr, { region: 'sandbox' })",
      call: 'GET /iroh/profile/whoami',
      variables: {
        XDRLAB_CISCO_XDR_SANDBOX_CLIENT_ID: ciscoXdr.id,
        XDRLAB_CISCO_XDR_SANDBOX_CLIENT_SECRET: ciscoXdr.secret,
        XDRLAB_CISCO_XDR_SANDBOX_DEVICE_CLIENT_ID: ciscoXdrDevice.id,
      },
    },
    {
      title: 'Cisco Secure Endpoint',
      cell: "connect(secureEndpoint, { region: 'sandbox' })",
      call: 'GET /v3/organizations',
      variables: {},
    },
    {
      title: 'ThreatSwitch',
      cell: `connect(threatSwitch({ tokenUrl: '${origin}/threatswitch/oauth/token', api: '${origin}/threatswitch/api/' }))`,
      call: 'GET imports',
      variables: {
        XDRLAB_THREAT_SWITCH_CLIENT_ID: threatSwitch.id,
        XDRLAB_THREAT_SWITCH_CLIENT_SECRET: threatSwitch.secret,
      },
    },
    {
      title: 'User name and password',
      cell: `connect(basic({ name: 'tickets', api: '${origin}/targets/basic/' }))`,
      call: 'GET tickets',
      variables: {
        XDRLAB_TICKETS_USERNAME: targets.basic.username,
        XDRLAB_TICKETS_PASSWORD: targets.basic.password,
      },
    },
    {
      title: 'A key in a header',
      cell: `connect(apiKey({ name: 'indicators', api: '${origin}/targets/key/', header: '${targets.apiKey.header}' }))`,
      call: 'GET indicators',
      variables: { XDRLAB_INDICATORS_API_KEY: targets.apiKey.key },
    },
  ]
}

/** What the environment of a kernel needs for every platform of a sandbox, its address included. */
export function sandboxVariables(sandbox: Sandbox): Record<string, string> {
  return Object.assign(
    { XDRLAB_SANDBOX_URL: sandbox.origin },
    ...listPlatforms(sandbox).map(({ variables }) => variables),
  )
}
