import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { request } from 'undici'
import { installKernelSpec } from '../../kernel/install.js'
import { packageRoot } from '../../src/package.js'
import { freePort, serverEnv, watchServer } from './gateway.js'
import { nodePrograms, serverProgram } from './gateway-setup.js'
import { askJupyter, type JupyterAddress } from './remote-kernel.js'
import { removeFolder } from './temp-home.js'

export interface RunningHub extends AsyncDisposable {
  /** What the hub, its proxy and the servers have said so far. */
  readonly log: string
  /** The one home that everybody has there. */
  readonly home: string
  /** Logs a person in, with the page's form, and starts their server; it is started once. */
  serverOf(name: string): Promise<JupyterAddress>
}

const password = 'password-of-the-test'
const startsWithinMs = 120_000

/**
 * Starts JupyterHub with the configuration that ships. Ports, folders and people come by environment; the two lines that
 * are replaced are who checks passwords, and that people have accounts: here all of them run in that of the test, with one
 * home, which is the worst case.
 */
export async function startHub(people: readonly string[], env: Record<string, string>): Promise<RunningHub> {
  const own = mkdtempSync(join(tmpdir(), 'xdrlab-hub-'))
  const home = join(own, 'people')
  await installKernelSpec({ where: { kind: 'prefix', prefix: own }, env: { XDRLAB_HOME: join(own, 'home') } })
  const config = join(home, '.jupyter')
  mkdirSync(config, { recursive: true })
  // Tests may run as root, which a person's server otherwise refuses.
  writeFileSync(join(config, 'jupyter_server_config.json'), '{ "ServerApp": { "allow_root": true } }')
  const url = `http://127.0.0.1:${await freePort()}/`
  const args = [
    `--config=${join(packageRoot, 'kernel', 'deploy', 'jupyterhub_config.py')}`,
    ...['--JupyterHub.authenticator_class=dummy', `--DummyAuthenticator.password=${password}`],
    ...['--JupyterHub.spawner_class=simple', `--SimpleLocalProcessSpawner.home_dir_template=${home}`],
  ]
  const child = spawn(serverProgram('jupyterhub'), args, {
    cwd: own,
    env: {
      ...serverEnv(own),
      PATH: [join(serverProgram('python'), '..'), nodePrograms, process.env.PATH].join(delimiter),
      JUPYTER_PATH: join(own, 'share', 'jupyter'),
      // What the kernels are reached through; JupyterLab would be more than the test asks for.
      JUPYTERHUB_SINGLEUSER_APP: 'jupyter_server.serverapp.ServerApp',
      XDRLAB_HUB_DATA: join(own, 'data'),
      XDRLAB_HUB_URL: url,
      XDRLAB_HUB_PORT: String(await freePort()),
      XDRLAB_HUB_PROXY_API: `http://127.0.0.1:${await freePort()}`,
      XDRLAB_HUB_USERS: people.join(' '),
      ...env,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const hub = watchServer(child, 'JupyterHub')
  const end = async () => {
    await hub.end()
    removeFolder(own)
  }
  try {
    await hub.said(/JupyterHub is now running/)
  } catch (error) {
    await end()
    throw error
  }
  const startServer = async (name: string): Promise<JupyterAddress> => {
    const token = await logIn(url, name)
    const api = { url: `${url}hub/`, token }
    await askJupyter(api, 'POST', `api/users/${name}/server`)
    // A stream of events that ends with the start, or with why there is none.
    const progress = await fetch(`${api.url}api/users/${name}/server/progress`, {
      headers: { authorization: `token ${token}` },
      signal: AbortSignal.timeout(startsWithinMs),
    })
    if (!/"ready": true/.test(await progress.text()))
      throw new Error(`the server of ${name} did not start:\n${hub.log()}`)
    return { url: `${url}user/${name}/`, token }
  }
  const servers = new Map<string, Promise<JupyterAddress>>()
  return {
    home,
    get log() {
      return hub.log()
    },
    serverOf: (name) => {
      const server = servers.get(name) ?? startServer(name)
      servers.set(name, server)
      return server
    },
    [Symbol.asyncDispose]: end,
  }
}

/** Logs in by the page's form, and asks for a token for what follows. */
async function logIn(url: string, username: string): Promise<string> {
  const page = `${url}hub/login`
  const cookies = new Map<string, string>()
  const ask = async (address: string, method: 'GET' | 'POST', body?: string, type = 'application/json') => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    // Not fetch, which says of itself that it is no page: to a page only, the hub gives the cookie against forgery.
    const {
      statusCode,
      headers,
      body: answer,
    } = await request(address, {
      method,
      headers: { cookie, referer: page, 'content-type': type, 'x-xsrftoken': cookies.get('_xsrf') ?? '' },
      body: body ?? null,
    })
    for (const line of [headers['set-cookie'] ?? []].flat()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (name !== undefined && value !== undefined) cookies.set(name, value)
    }
    return { status: statusCode, text: await answer.text() }
  }
  await ask(page, 'GET')
  const form = new URLSearchParams({ username, password, _xsrf: cookies.get('_xsrf') ?? '' })
  const entered = await ask(page, 'POST', form.toString(), 'application/x-www-form-urlencoded')
  if (entered.status !== 302) throw new Error(`the login of ${username} was answered with ${entered.status}`)
  // The cookie against forgery is made anew for the session.
  await ask(`${url}hub/token`, 'GET')
  const made = await ask(`${url}hub/api/users/${username}/tokens`, 'POST', '{}')
  if (made.status !== 201) throw new Error(`no token for ${username}: ${made.status} ${made.text}`)
  return (JSON.parse(made.text) as { token: string }).token
}
