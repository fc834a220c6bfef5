import type { XdrClient } from '../../src/client/client.js'
import type { ConnectOptions } from '../../src/client/sign-in.js'
import type { Provider } from '../../src/providers/provider.js'
import { taegis } from '../../src/providers/taegis.js'
import type { SandboxOptions } from '../../src/sandbox/index.js'
import { type FakeClock, fakeClock } from './fake-clock.js'
import { type RecordingScreen, recordingScreen } from './recording-screen.js'
import { connectWith, isolatedHome } from './sign-in.js'
import { startTaegis, type TaegisServer, taegisPaths } from './taegis-server.js'

export interface SignedIn extends AsyncDisposable {
  server: TaegisServer
  xdr: XdrClient
  clock: FakeClock
  screen: RecordingScreen
  /** The `/graphql` requests, as they came over the wire. */
  queries(): TaegisServer['proxy']['seen']
}

/** A client that is signed in to a sandbox of its own. */
export async function signedIn(
  options: Pick<ConnectOptions<typeof taegis>, 'tenant'> & {
    sandbox?: SandboxOptions
    screen?: RecordingScreen
    /** In place of the platform as it ships. */
    provider?: Provider
    /** Just before the sign-in: for faults in it. */
    before?: (server: TaegisServer) => void
  } = {},
): Promise<SignedIn> {
  const home = isolatedHome()
  const server = await startTaegis(options.sandbox)
  const clock = fakeClock()
  const screen = options.screen ?? recordingScreen({ kind: 'terminal', refreshMs: 60_000 })
  options.before?.(server)
  const connecting = connectWith<Provider>(options.provider ?? taegis, {
    url: server.origin,
    username: server.sandbox.user.username,
    clock,
    screen,
    ...(options.tenant === undefined ? {} : { tenant: options.tenant }),
  })
  await server.proxy.arrived(taegisPaths.token)
  await server.approve()
  return {
    server,
    xdr: await connecting,
    clock,
    screen,
    queries: () => server.proxy.to(taegisPaths.graphql),
    [Symbol.asyncDispose]: async () => {
      home[Symbol.dispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}
