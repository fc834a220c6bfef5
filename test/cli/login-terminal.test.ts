import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type CliHome,
  findLeaks,
  guardSecretsOf,
  openHome,
  type RunningCli,
  shownText,
} from '../support/cli.js'
import { startTaegis, type TaegisServer, taegisPaths } from '../support/taegis-server.js'

let server: TaegisServer
let home: CliHome

beforeAll(async () => {
  server = await startTaegis({ intervalS: 1 })
  home = openHome({ XDRLAB_SANDBOX_URL: server.origin, XDRLAB_REGION: 'sandbox' })
})

afterAll(async () => {
  guardSecretsOf(server)
  await home[Symbol.asyncDispose]()
  await server[Symbol.asyncDispose]()
  expect(findLeaks()).toEqual([])
})

const drawn = /[▀▄█]{5}/

async function showSignIn(options: Parameters<CliHome['startInTerminal']>[1]): Promise<RunningCli> {
  const login = home.startInTerminal(['login', '-u', server.sandbox.user.username], options)
  await login.until(/Waiting for/)
  return login
}

test.each([
  ['of the usual size has no room for the QR: address and code stand there whole', { columns: 80, rows: 24 }],
  ['that is narrower than the QR does without it', { columns: 28, rows: 60 }],
])('a terminal %s', async (_name, size) => {
  await using login = await showSignIn({ size })
  const shown = shownText(login.stdout)
  expect(shown).not.toMatch(drawn)
  const [, code = ''] = /the code {2}(\S+)/.exec(shown) ?? []
  expect(shown.split('\n')[0]).toMatch(/^Sign in to Taegis XDR/)
  expect(shown.replaceAll('\n', '')).toContain(`1. Open   ${server.sandbox.origin}/device?user_code=${code}`)
})

test('a large one has the QR, and the code stands out; with NO_COLOR it does not', async () => {
  const size = { columns: 100, rows: 40 }
  await using coloured = await showSignIn({ size })
  expect(shownText(coloured.stdout)).toMatch(drawn)
  expect(coloured.stdout).toMatch(/the code {2}\u001b\[1m[A-Z-]+\u001b\[22m/)
  await using plain = await showSignIn({ size, env: { NO_COLOR: '1' } })
  expect(plain.stdout).toMatch(/the code {2}[A-Z-]+/)
  expect(plain.stdout).not.toMatch(/\u001b\[[\d;]*m/)
})

test('while a slow platform is asked for a code, that is said; and then not any more', async () => {
  let answer = () => {}
  const until = new Promise<void>((resolve) => {
    answer = resolve
  })
  server.proxy.fail(taegisPaths.begin, { kind: 'late', until, fault: { kind: 'pass' } })
  await using login = home.startInTerminal(['login', '-u', server.sandbox.user.username])
  const host = new URL(server.origin).host
  await login.until(new RegExp(`Asking Taegis XDR \\(${host}\\) for a code …`))
  answer()
  await login.until(/Waiting for the browser/)
  expect(shownText(login.stdout)).not.toContain('Asking')
  await server.approve()
  expect((await login.exited).status).toBe(0)
  expect(login.stdout).toMatch(/\u001b\[32m✓\u001b\[39m Signed in as/)
})

test('where the platform refuses the question, its line says so', async () => {
  server.proxy.fail(taegisPaths.begin, { kind: 'answer', status: 403, body: '{}' })
  await using login = home.startInTerminal(['login', '-u', server.sandbox.user.username])
  const { status, stdout } = await login.exited
  expect(status).toBe(1)
  const shown = shownText(stdout)
  expect(shown).not.toContain('Asking')
  expect(shown).toMatch(/^✗ Not signed in to Taegis XDR\nXdrError \[.*\]: .*403/)
})
