import { type CliHome, guardSecretsOf, openHome } from './cli.js'
import { startTaegis, type TaegisServer } from './taegis-server.js'

export interface SignedInHome extends AsyncDisposable {
  server: TaegisServer
  home: CliHome
}

/**
 * A platform, and a home that has been signed in to it in a terminal: one sign-in for all tests of a file. With its
 * end, what the platform gave out is guarded: {@link findLeaks} then tells where it has got to.
 */
export async function openSignedInHome(): Promise<SignedInHome> {
  const server = await startTaegis({ intervalS: 1 })
  const home = openHome({ XDRLAB_SANDBOX_URL: server.origin, XDRLAB_REGION: 'sandbox' })
  const dispose = async () => {
    guardSecretsOf(server)
    await home[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
  }
  try {
    const login = home.startInTerminal(['login', '-u', server.sandbox.user.username])
    await login.until(/Waiting for the browser/)
    await server.approve()
    const { status, stdout } = await login.exited
    if (status !== 0) throw new Error(`the sign-in ended with ${status}: ${stdout}`)
  } catch (error) {
    await dispose()
    throw error
  }
  return { server, home, [Symbol.asyncDispose]: dispose }
}
