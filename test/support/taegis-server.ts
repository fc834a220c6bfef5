import { approveDevice } from '../../src/sandbox/approve.js'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/index.js'
import { type FaultProxy, startFaultProxy } from './fault-proxy.js'

export const taegisPaths = {
  begin: '/universal-auth/device/code/auth',
  token: '/universal-auth/device/code/token',
  graphql: '/graphql',
} as const

export interface TaegisServer extends AsyncDisposable {
  /** What a person gives as `url`: the proxy in front. */
  origin: string
  sandbox: Sandbox
  proxy: FaultProxy
  /** Goes through the browser's pages for the last code given out. */
  approve(): Promise<void>
  deny(): Promise<void>
  /** The value of the last device code given out. */
  deviceCode(): string
}

/** The embedded sandbox, behind a fault proxy. */
export async function startTaegis(options: SandboxOptions = {}): Promise<TaegisServer> {
  const sandbox = await startSandbox({ alerts: 300, pollHoldMs: 15_000, intervalS: 5, ...options })
  const proxy = await startFaultProxy()
  proxy.forwardTo(sandbox.origin)
  const lastAnswer = () => {
    const begun = proxy.to(taegisPaths.begin).findLast((request) => request.status === 200)
    return JSON.parse(begun?.answer ?? '{}')
  }
  const visit = (deny: boolean) => {
    const { verification_uri_complete, user_code } = lastAnswer()
    return approveDevice({
      verificationUriComplete: verification_uri_complete,
      userCode: user_code,
      user: sandbox.user,
      deny,
    })
  }
  return {
    origin: proxy.origin,
    sandbox,
    proxy,
    approve: () => visit(false),
    deny: () => visit(true),
    deviceCode: () => String(lastAnswer().device_code),
    [Symbol.asyncDispose]: async () => {
      await proxy[Symbol.asyncDispose]()
      await sandbox.close()
    },
  }
}
