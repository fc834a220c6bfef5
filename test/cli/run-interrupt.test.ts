import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { makeNotebook, readSaved } from '../notebook/nbformat.js'
import {
  type CliHome,
  findLeaks,
  guardSecretsOf,
  openHome,
  processesWith,
  program,
  type RunningCli,
  shownText,
  writtenText,
} from '../support/cli.js'
import { startTaegis, type TaegisServer } from '../support/taegis-server.js'
import { turn } from '../support/turn.js'

const kept = `console.log('kept')\n'first'`
const waits = `console.log('pid', process.pid)\nawait new Promise(() => {})`
const signIn = `import { connect, taegis } from 'xdrlab'\nconst xdr = await connect(taegis, { region: 'sandbox' })`

afterAll(() => expect(findLeaks()).toEqual([]))

/** What is in nobody's file: the code, where it goes, and the message that carries both. */
function expectNoSignIn(text: string, server: TaegisServer, userCode: string): void {
  guardSecretsOf(server)
  for (const absent of [userCode, '/device', 'user_code', 'vnd.xdrlab', server.deviceCode()]) {
    expect(text).not.toContain(absent)
  }
}

async function shownCode(running: RunningCli): Promise<string> {
  return (await running.until(/shows the code {2}(\S+)[\s\S]*Waiting for the browser/))[1] ?? ''
}

function expectNothingLeft(home: CliHome): void {
  expect(home.leftInTemp()).toEqual([])
  expect(processesWith(home.temp)).toEqual([])
  expect(readdirSync(home.folder).filter((name) => name.endsWith('.tmp'))).toEqual([])
}

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s in a cell ends the run with 130, and keeps what came so far',
  async (signal) => {
    await using home = openHome()
    const notebook = home.write('n.ipynb', makeNotebook(kept, waits, `'never'`))
    await using running = home.start(['run', notebook])
    await running.until(/pid \d+/)
    expect(processesWith(home.temp)).toHaveLength(1)
    running.kill(signal)
    const { status, stdout, stderr } = await running.exited
    expect({ status, stderr }).toEqual({ status: 130, stderr: '' })
    expect(stdout).toContain('Interrupted: 2 of 3 cells')
    const { cells, problems } = readSaved(home.path('n.executed.ipynb'))
    expect(problems).toEqual([])
    expect(cells.map((cell) => cell.execution_count)).toEqual([1, 2, null])
    expect(cells[0]?.text).toContain('first')
    expect(cells[1]?.outputs.at(-1)).toMatchObject({ output_type: 'error', ename: 'KeyboardInterrupt' })
    expectNothingLeft(home)
  },
)

test('SIGINT ends a cell that blocks its kernel, after a few seconds', async () => {
  await using home = openHome()
  const blocks = `import { writeFileSync } from 'node:fs'\nwriteFileSync('blocked', '')\nfor (;;) {}`
  await using running = home.start(['run', home.write('n.ipynb', makeNotebook(kept, blocks)), '--json'])
  while (!existsSync(home.path('blocked'))) await turn()
  running.kill('SIGINT')
  const { status, stdout, stderr, ms } = await running.exited
  expect({ status, stderr }).toEqual({ status: 130, stderr: '' })
  expect(ms).toBeLessThan(15_000)
  expect(JSON.parse(stdout)).toMatchObject({
    status: 'interrupted',
    cellsRun: 2,
    cells: [{ status: 'ok' }, { status: 'interrupted' }],
  })
  expect(readSaved(home.path('n.executed.ipynb')).cells[0]?.text).toContain('first')
  expectNothingLeft(home)
})

test('a second SIGINT ends the run at once, and takes a blocked kernel with it', async () => {
  await using home = openHome()
  const blocks = `import { writeFileSync } from 'node:fs'\nwriteFileSync('blocked', '')\nfor (;;) {}`
  await using running = home.start(['run', home.write('n.ipynb', makeNotebook(blocks))])
  while (!existsSync(home.path('blocked'))) await turn()
  const pressed = performance.now()
  // Two signals that wait together are one.
  while (processesWith(program).some(({ pid }) => pid === running.pid)) {
    running.kill('SIGINT')
    await turn()
  }
  expect((await running.exited).status).toBe(130)
  expect(performance.now() - pressed).toBeLessThan(2_000)
  while (processesWith(home.temp).length > 0) await turn()
  expectNothingLeft(home)
})

test('SIGINT while the kernel starts ends the run before its first cell', async () => {
  await using home = openHome()
  await using running = home.start(['run', home.write('n.ipynb', makeNotebook(kept))])
  // The kernel's folder is the first thing that a start leaves.
  while (home.leftInTemp().length === 0) await turn()
  running.kill('SIGINT')
  const { status, stdout } = await running.exited
  expect(status).toBe(130)
  expect(stdout).not.toContain('kept')
  expectNothingLeft(home)
})

test('Ctrl-C in the middle of a sign-in leaves no code and no address in the file', async () => {
  await using server = await startTaegis({ intervalS: 1 })
  await using home = openHome({ XDRLAB_SANDBOX_URL: server.origin, XDRLAB_USERNAME: 'someone' })
  await using running = home.startInTerminal(['run', home.write('n.ipynb', makeNotebook(kept, signIn))])
  const userCode = await shownCode(running)
  running.type('\u0003')
  const { status, stdout } = await running.exited
  expect(status).toBe(130)
  expect(shownText(stdout)).toContain('✗ Not signed in to Taegis XDR')
  const { text, cells, problems } = readSaved(home.path('n.executed.ipynb'))
  expect(problems).toEqual([])
  expect(cells[1]?.text).toContain('Not signed in')
  expectNoSignIn(text, server, userCode)
  expectNothingLeft(home)
})

test('a kernel that is killed in a sign-in is an error, and leaves no code and no address in the file', async () => {
  await using server = await startTaegis({ intervalS: 1 })
  await using home = openHome({ XDRLAB_SANDBOX_URL: server.origin, XDRLAB_USERNAME: 'someone' })
  const notebook = home.write('n.ipynb', makeNotebook(kept, signIn, `'never'`))
  await using running = home.startInTerminal(['run', notebook])
  const userCode = await shownCode(running)
  const [kernel] = processesWith(home.temp)
  process.kill(kernel?.pid ?? 0, 'SIGKILL')
  const { status, stdout } = await running.exited
  expect(status).toBe(3)
  const shown = shownText(stdout)
  expect(shown).toMatch(
    /^XdrError \[XDR_KERNEL\]: the kernel ended by SIGKILL while the cell ran\n {2}→ .+ run it again$/m,
  )
  expect(shown).toContain(`The executed notebook is ${home.path('n.executed.ipynb')}`)
  const { text, cells, problems } = readSaved(home.path('n.executed.ipynb'))
  expect(problems).toEqual([])
  expect(cells[0]?.text).toContain('first')
  expect(cells[1]?.text).toContain('Not signed in: the run ended before the sign-in did')
  expectNoSignIn(text, server, userCode)
  expectNothingLeft(home)
})

test('a sign-in that no cell waits for leaves no code in the file, however many cells follow', async () => {
  await using server = await startTaegis({ intervalS: 1 })
  await using home = openHome({ XDRLAB_SANDBOX_URL: server.origin, XDRLAB_USERNAME: 'someone' })
  const sources = [
    `import { existsSync } from 'node:fs'\nimport { connect, taegis } from 'xdrlab'
const soon = connect(taegis, { region: 'sandbox' }).catch(() => {})
while (!existsSync('shown')) await new Promise((r) => setTimeout(r, 10))`,
    `'second'`,
    `await new Promise((r) => setTimeout(r, 1_500)); 'third'`,
    waits,
  ]
  await using running = home.startInTerminal(['run', home.write('n.ipynb', makeNotebook(...sources))])
  const userCode = await shownCode(running)
  home.write('shown', '')
  await running.until(/pid \d+/)
  const saved = readSaved(home.path('n.executed.ipynb'))
  expect(saved.cells[2]?.text).toContain('third')
  expectNoSignIn(saved.text.replace(/"source"[^\n]*/g, ''), server, userCode)
  running.type('\u0003')
  expect((await running.exited).status).toBe(130)
  expectNoSignIn(readFileSync(home.path('n.executed.ipynb'), 'utf8'), server, userCode)
})

test('in a terminal a cell asks, Enter takes what is proposed, and Ctrl-C ends the sign-in with 130', async () => {
  await using server = await startTaegis({ intervalS: 1 })
  await using home = openHome({ XDRLAB_SANDBOX_URL: server.origin })
  await using running = home.startInTerminal(['run', home.write('n.ipynb', makeNotebook(signIn, `'never'`))])
  await running.until(/Taegis username: /)
  running.type(`${server.sandbox.user.username}\r`)
  const userCode = await shownCode(running)
  const pressed = performance.now()
  running.type('\u0003')
  const { status, stdout } = await running.exited
  expect(status).toBe(130)
  expect(performance.now() - pressed).toBeLessThan(5_000)
  expect(writtenText(stdout)).toMatch(/Interrupted: 1 of 2 cells/)
  expectNoSignIn(readFileSync(home.path('n.executed.ipynb'), 'utf8'), server, userCode)
  expectNothingLeft(home)
})

test('Ctrl-C at a question of a cell ends the run with 130', async () => {
  await using server = await startTaegis({ intervalS: 1 })
  await using home = openHome({ XDRLAB_SANDBOX_URL: server.origin })
  await using running = home.startInTerminal(['run', home.write('n.ipynb', makeNotebook(kept, signIn))])
  await running.until(/Taegis username: /)
  running.type('\u0003')
  const { status, stdout } = await running.exited
  expect(status).toBe(130)
  expect(writtenText(stdout)).toContain('XDR_ABORTED')
  const { cells, problems } = readSaved(home.path('n.executed.ipynb'))
  expect(problems).toEqual([])
  expect(cells[0]?.text).toContain('first')
  expectNothingLeft(home)
})
