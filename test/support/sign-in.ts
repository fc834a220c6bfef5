import { join } from 'node:path'
import { connect } from '../../src/client/connect.js'
import type { ConnectOptions } from '../../src/client/sign-in.js'
import { XdrError } from '../../src/errors.js'
import { type OAuthOptions, oauth } from '../../src/providers/oauth.js'
import type { Provider } from '../../src/providers/provider.js'
import { type AuthServer, clientId } from './auth-server.js'
import { type FakeClock, fakeClock } from './fake-clock.js'
import { type RecordingScreen, recordingScreen } from './recording-screen.js'
import { setEnv, tempFolder } from './temp-home.js'

/** What a person writes to reach the test's server. */
export function providerFor(
  server: Pick<AuthServer, 'issuer'>,
  options: Partial<OAuthOptions> = {},
): Provider {
  return oauth({
    issuer: server.issuer,
    clientId,
    scopes: ['openid', 'offline_access', 'email'],
    name: 'test',
    title: 'Test XDR',
    ...options,
  })
}

export interface SignInParts {
  clock: FakeClock
  screen: RecordingScreen
}

/** `connect` with time and screen of the test's own, and nothing kept unless `store` says so. */
export function connectWith<const P extends Provider>(
  provider: P,
  options: ConnectOptions<P> & Partial<SignInParts> = {},
) {
  const clock = options.clock ?? fakeClock()
  const screen = options.screen ?? recordingScreen()
  return connect<P>(provider, { store: 'memory', browser: false, ...options, clock, screen })
}

/** A home of the test's own, without any XDRLAB_ variable of the machine. */
export function isolatedHome(): Disposable & { readonly path: string; readonly profiles: string } {
  const folder = tempFolder()
  const env = setEnv({
    XDRLAB_HOME: folder.path,
    XDRLAB_USERNAME: undefined,
    XDRLAB_REGION: undefined,
    XDRLAB_URL: undefined,
    XDRLAB_TENANT: undefined,
    XDRLAB_SANDBOX_URL: undefined,
    // Never the keyring of the machine.
    XDRLAB_STORE: 'file',
  })
  return {
    path: folder.path,
    profiles: join(folder.path, 'profiles'),
    [Symbol.dispose]: () => {
      env[Symbol.dispose]()
      folder[Symbol.dispose]()
    },
  }
}

/** The error that a promise ends with; anything else than an {@link XdrError} fails the test. */
export async function failureOf(work: Promise<unknown>): Promise<XdrError> {
  let value: unknown
  try {
    value = await work
  } catch (error) {
    if (error instanceof XdrError) return error
    throw error
  }
  throw new Error(`it succeeded, with ${String(value)}`)
}
