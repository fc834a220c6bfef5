/** Client credentials that a platform of the sandbox knows. */
export interface SandboxClient {
  readonly id: string
  readonly secret: string
}

/** What opens each platform of a sandbox. None of it opens anything else. */
export interface SandboxClients {
  readonly taegis: SandboxClient
  readonly ciscoXdr: SandboxClient
  /** The public client of the device grant: it has no secret. */
  readonly ciscoXdrDevice: { readonly id: string }
  readonly threatSwitch: SandboxClient
}

/** What the two plain targets below `/targets` take with every call. */
export interface SandboxTargets {
  readonly basic: { readonly username: string; readonly password: string }
  readonly apiKey: { readonly header: string; readonly key: string }
}

/**
 * Fixed, as the test person's password is: what somebody has set in a shell is still right after a restart, and a
 * scan for secrets can tell these from real ones.
 */
export const ciscoClient: SandboxClient = {
  id: 'client-6f0c1d52-7be4-4b7e-9d3c-5a0d2b8e4f11',
  secret: 'sandbox-only-cisco-xdr-secret',
}
export const ciscoDeviceClient = { id: 'client-b2d94e07-18c5-4d0a-8f6e-c93e7a615d22' } as const
export const threatSwitchClient: SandboxClient = {
  id: 'threatswitch-sandbox',
  secret: 'sandbox-only-threatswitch-secret',
}
export const targets: SandboxTargets = {
  basic: { username: 'ticket-reader', password: 'sandbox-only-ticket-password' },
  apiKey: { header: 'X-Api-Key', key: 'sandbox-only-indicator-key' },
}
