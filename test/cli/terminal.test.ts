import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CliHome, findLeaks, guardSecret, guardSecretsOf, openHome, shownText } from '../support/cli.js'
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

const controls = /\u001b/
const narrow = { columns: 28, rows: 40 }
const cancelled = /XdrError \[XDR_ABORTED\]: the question for Taegis username was cancelled/
const [ctrlC, ctrlD] = ['\u0003', '\u0004']

test('a prompt and an answer that are wider than the terminal go on in the next line', async () => {
  await using login = home.startInTerminal(['login'], { size: narrow, env: { XDRLAB_USERNAME: '' } })
  await login.until(/Taegis username: $/)
  login.type('a-person-with-a-long-name@sandbox.example')
  await login.until(/sandbox\.example/)
  // The cursor goes where the prompt ends: columns that a terminal does not have are cut off.
  for (const [, column] of login.stdout.matchAll(/\u001b\[(\d+)G/g)) {
    expect(Number(column)).toBeLessThanOrEqual(narrow.columns)
  }
  login.type(ctrlC)
  expect((await login.exited).status).toBe(130)
})

test.each([
  ['Ctrl-C', ctrlC, 'xterm'],
  ['Ctrl-D', ctrlD, 'xterm'],
  ['Ctrl-C', ctrlC, 'dumb'],
  ['Ctrl-D', ctrlD, 'dumb'],
])('%s at a prompt ends with 130, and the error has a line of its own', async (_name, key, TERM) => {
  await using login = home.startInTerminal(['login'], { env: { TERM } })
  await login.until(/Taegis username: $/)
  login.type(key)
  const { status, stdout } = await login.exited
  expect(status).toBe(130)
  const lines = shownText(stdout).split('\n')
  expect(lines[0]).toMatch(/^Taegis username:(?: ?\^C)?$/)
  expect(lines[1]).toMatch(new RegExp(`^${cancelled.source}`))
})

test('a dumb terminal is told everything once, and its cursor is left alone', async () => {
  await using login = home.startInTerminal(['login'], { env: { TERM: 'dumb' } })
  await login.until(/Taegis username: $/)
  login.type(`${server.sandbox.user.username}\r`)
  await login.until(/Waiting for the browser/)
  await server.approve()
  const { status, stdout } = await login.exited
  expect(status).toBe(0)
  expect(stdout).not.toMatch(controls)
  expect(stdout).not.toMatch(/[▀▄█]/)
  const lines = shownText(stdout).trimEnd().split('\n')
  for (const once of [/^Sign in to /, /^ {2}1\. Open/, /^Waiting for/]) {
    expect(lines.filter((line) => once.test(line))).toHaveLength(1)
  }
  expect(lines.at(-1)).toMatch(/^✓ Signed in as /)
})

test.each(['xterm', 'dumb'])('TERM=%s: a password is not echoed', async (TERM) => {
  const typed = 'hunter2-hunter2-hunter2'
  guardSecret('a typed password', typed)
  home.write('../home/providers.json', '{"desk":{"kind":"basic","api":"https://127.0.0.1:9"}}')
  const env = { TERM, XDRLAB_REGION: '' }
  await using login = home.startInTerminal(['login', 'desk'], { env })
  await login.until(/desk user name: $/)
  login.type('ana\r')
  await login.until(/password.*: $/i)
  login.type(`${typed}\r`)
  const { stdout } = await login.exited
  expect(stdout).not.toContain(typed)
})

test('Ctrl-C while an answer is waited for ends with 130, takes the counter away and leaves the cursor', async () => {
  await using login = home.startInTerminal(['login', '-u', server.sandbox.user.username])
  await login.until(/Waiting for the browser/)
  await server.approve()
  expect((await login.exited).status).toBe(0)

  let answer = () => {}
  const until = new Promise<void>((resolve) => {
    answer = resolve
  })
  server.proxy.fail(taegisPaths.graphql, { kind: 'late', until, fault: { kind: 'pass' } })
  const document = home.write('me.graphql', '{ currentTDRUser { email } }')
  await using query = home.startInTerminal(['query', document], { env: { TERM: 'xterm' } })
  await query.until(/waiting for 127\.0\.0\.1:\d+ · \d+ s/)
  query.type(ctrlC)
  const { status, stdout } = await query.exited
  answer()
  expect(status).toBe(130)
  expect(shownText(stdout)).not.toContain('waiting for')
  expect(shownText(stdout)).toMatch(/XDR_ABORTED/)
  expect(stdout).not.toContain('\u001b[?25l')
})
