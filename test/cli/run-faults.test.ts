import { mkdirSync, readdirSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { makeNotebook, readSaved } from '../notebook/nbformat.js'
import { findLeaks, guardSecretsOf, openHome, processesWith } from '../support/cli.js'
import type { Fault } from '../support/fault-proxy.js'
import { openSignedInHome } from '../support/signed-in-home.js'
import { startTaegis, taegisPaths } from '../support/taegis-server.js'
import { turn } from '../support/turn.js'

const connects = `import { connect, gql, taegis } from 'xdrlab'
import { existsSync } from 'node:fs'
const xdr = await connect(taegis, { region: 'sandbox' })`
const asks = 'await xdr.query(gql`query { tenants(tenantsQuery: {}) { totalCount } }`)'
const gate = `console.log('at the gate')
while (!existsSync('gate')) await new Promise((resolve) => setTimeout(resolve, 10))`
afterAll(() => expect(findLeaks()).toEqual([]))

function runRecord(text: string): Record<string, unknown> {
  return JSON.parse(text).metadata.xdrlab_run
}

test('kill -9 leaves a whole notebook with what a long cell has shown so far, and no kernel', async () => {
  await using home = openHome()
  const long = `console.log('so far')\nawait new Promise(() => {})`
  await using running = home.start(['run', home.write('n.ipynb', makeNotebook(`'first'`, long, `'never'`))])
  const output = home.path('n.executed.ipynb')
  await running.until(/^so far$/m)
  while (!readSaved(output).cells[1]?.text.includes('so far')) await turn()
  running.kill('SIGKILL')
  expect((await running.exited).status).toBeNull()
  const { cells, problems, text } = readSaved(output)
  expect(problems).toEqual([])
  expect(cells[0]).toMatchObject({ execution_count: 1 })
  expect(cells[0]?.text).toContain('first')
  expect(cells[1]?.text).toContain('so far')
  expect(runRecord(text)).toMatchObject({ status: 'running', cellsRun: 1, cells: 3 })
  expect(runRecord(text)).not.toHaveProperty('endedAt')
  while (processesWith(home.temp).length > 0) await turn()
})

test('a disk that fills up does not end the run: it is told once, the last good file stays, and the exit code is 5', async () => {
  await using home = openHome()
  const notebook = home.write(
    'n.ipynb',
    makeNotebook(
      `'first'`,
      `console.log('x'.repeat(200_000))`,
      `console.log('third')`,
      `console.log('fourth')`,
    ),
  )
  // What the system refuses beyond 64 kB, it refuses as a full disk does: in the middle of the writing.
  const { status, stdout, stderr } = await home.shell(`ulimit -f 128; exec $XDRLAB run ${notebook}`)
  expect(status).toBe(5)
  expect(stdout).toContain('fourth\n')
  expect(stdout.match(/cannot be written/g)).toHaveLength(1)
  expect(stdout).toMatch(
    /^! the executed notebook cannot be written to .+ \(EFBIG\): .+; the run goes on \(/m,
  )
  expect(stdout).toContain('Done: 4 of 4 cells')
  expect(stdout).toContain(`The executed notebook is not whole: ${home.path('n.executed.ipynb')} holds what`)
  expect(stderr).toMatch(/^XdrError \[XDR_FILE\]: the executed notebook cannot be written .+\n {2}→ .+\n$/)
  const { cells, problems } = readSaved(home.path('n.executed.ipynb'))
  expect(problems).toEqual([])
  expect(cells.map((cell) => cell.execution_count)).toEqual([1, null, null, null])
  expect(cells[0]?.text).toContain('first')
  expect(readdirSync(home.folder).sort()).toEqual(['n.executed.ipynb', 'n.ipynb'])

  const asJson = await home.shell(`ulimit -f 128; exec $XDRLAB run ${notebook} --json`)
  expect(asJson).toMatchObject({ status: 5, stderr: '' })
  expect(JSON.parse(asJson.stdout)).toMatchObject({
    status: 'ok',
    cellsRun: 4,
    unsaved: { code: 'XDR_FILE', message: expect.stringContaining('EFBIG') },
  })
})

test('a place that takes files again has the whole notebook in the end', async () => {
  await using home = openHome()
  const notebook = home.write(
    'n.ipynb',
    makeNotebook(
      `import { mkdirSync, renameSync } from 'node:fs'\nrenameSync('out', 'away')`,
      `'second'`,
      `renameSync('away', 'out')`,
      `'last'`,
    ),
  )
  mkdirSync(home.path('out'))
  const { status, stdout, stderr } = await home.run(['run', notebook, '-o', home.path('out/n.ipynb')])
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout.match(/cannot be written/g)).toHaveLength(1)
  expect(stdout.match(/^The executed notebook is saved again\.$/gm)).toHaveLength(1)
  const { cells, text } = readSaved(home.path('out/n.ipynb'))
  expect(cells.map((cell) => cell.execution_count)).toEqual([1, 2, 3, 4])
  // Of the folder that it was written in there is no trace.
  expect(text).not.toContain(home.folder)
})

test('a kernel that a cell ends is an error of its own: exit code 3, and the notebook says why it stops there', async () => {
  await using home = openHome()
  const kills = `console.log('before')\nimport { spawnSync } from 'node:child_process'
await new Promise((resolve) => setTimeout(resolve, 100))\nspawnSync('kill', ['-9', String(process.pid)])`
  const notebook = home.write('n.ipynb', makeNotebook(`'first'`, kills, `'never'`))
  const { status, stdout, stderr } = await home.run(['run', notebook, '--on-error', 'continue'])
  expect(status).toBe(3)
  expect(stderr).toMatch(
    /^XdrError \[XDR_KERNEL\]: the kernel ended by SIGKILL while the cell ran\n {2}→ .+\n$/,
  )
  expect(stdout).toContain('Stopped, the kernel died: 2 of 3 cells')
  const { cells, problems, text } = readSaved(home.path('n.executed.ipynb'))
  expect(problems).toEqual([])
  expect(cells[1]?.outputs[0]).toMatchObject({ output_type: 'stream', text: 'before\n' })
  expect(cells[1]?.outputs.at(-1)).toMatchObject({ output_type: 'error', ename: 'XdrError' })
  expect(cells[1]?.outputs.at(-1)?.traceback?.join('\n')).toMatch(/ended by SIGKILL[\s\S]*run it again/)
  expect(cells[2]?.outputs).toEqual([])
  expect(runRecord(text)).toMatchObject({ status: 'died', error: { code: 'XDR_KERNEL' } })
  expect(home.leftInTemp()).toEqual([])
})

test('a cell that would end its own kernel is refused, and the run goes on where it may', async () => {
  await using home = openHome()
  const notebook = home.write('n.ipynb', makeNotebook(`process.kill(process.pid, 'SIGKILL')`, `'after'`))
  const { status, stdout } = await home.run(['run', notebook, '--on-error', 'continue'])
  expect(status).toBe(1)
  expect(stdout).toContain('would end the kernel')
  expect(readSaved(home.path('n.executed.ipynb')).cells[1]?.text).toContain('after')
})

/** A GraphQL server may say it in its own words, as an answer that came through. */
const unauthenticated = JSON.stringify({
  data: null,
  errors: [{ message: 'Token expired', extensions: { code: 'UNAUTHENTICATED' } }],
})
const endings: { name: string; fault?: Fault & { kind: 'answer' }; gate: string }[] = [
  { name: 'HTTP 401', fault: { kind: 'answer', status: 401 }, gate },
  {
    name: 'a GraphQL error with HTTP 200',
    fault: { kind: 'answer', status: 200, body: unauthenticated },
    gate,
  },
  {
    name: 'the clock',
    gate: `${gate}\nconst { now } = Date\nDate.now = () => now() + 30 * 24 * 3_600_000`,
  },
]
/** The platform has had enough of the token in the seventh of these. */
const twelve = (atSix: string) => [
  ...[connects, asks, asks, asks, asks, atSix],
  ...[asks, asks, asks, asks, asks, `'the twelfth'`],
]

test.each(endings)(
  'a token that $name ends at cell 7 of 12 is renewed by client credentials, and no cell knows',
  async (one) => {
    await using server = await startTaegis({ intervalS: 1 })
    const { id, secret } = server.sandbox.clients.taegis
    await using home = openHome({
      XDRLAB_SANDBOX_URL: server.origin,
      XDRLAB_TAEGIS_SANDBOX_CLIENT_ID: id,
      XDRLAB_TAEGIS_SANDBOX_CLIENT_SECRET: secret,
    })
    const notebook = home.write('n.ipynb', makeNotebook(...twelve(one.gate)))
    await using running = home.start(['run', notebook, '--unattended'])
    await running.until(/^at the gate$/m)
    const before = server.proxy.to(taegisPaths.graphql).length
    if (one.fault !== undefined) server.proxy.fail(taegisPaths.graphql, one.fault)
    home.write('gate', '')
    const { status, stdout, stderr } = await running.exited
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toContain('Done: 12 of 12 cells')
    expect(server.proxy.to(taegisPaths.graphql)[before]?.status).toBe(one.fault?.status ?? 200)
    expect(server.proxy.to('/auth/api/v2/auth/token')).toHaveLength(2)
    const { cells } = readSaved(home.path('n.executed.ipynb'))
    expect(cells.at(-1)?.text).toContain('the twelfth')
  },
)

test.each(endings)(
  'a stored sign-in that $name ends at cell 7 of 12 fails that cell at once, and says what to do',
  async (one) => {
    await using signedIn = await openSignedInHome()
    const { server, home } = signedIn
    const notebook = home.write('n.ipynb', makeNotebook(...twelve(one.gate)))
    await using running = home.start(['run', notebook, '--unattended'])
    await running.until(/^at the gate$/m)
    if (one.fault !== undefined) server.proxy.failAlways(taegisPaths.graphql, one.fault)
    home.write('gate', '')
    const { status, stdout } = await running.exited
    guardSecretsOf(server)
    expect(status).toBe(1)
    expect(stdout).toContain('Stopped at an error: 7 of 12 cells')
    expect(stdout).toMatch(/XDR_SIGN_IN_NEEDED\]: a sign-in to Taegis XDR is needed and nobody is there/)
    expect(stdout).toMatch(/→ .*xdrlab login/)
    const { cells, problems } = readSaved(home.path('n.executed.ipynb'))
    expect(problems).toEqual([])
    expect(cells[5]?.text).toContain('at the gate')
    expect(cells[6]?.outputs.at(-1)).toMatchObject({ output_type: 'error', ename: 'XdrError' })
    expect(cells.slice(7).every((cell) => cell.execution_count === null)).toBe(true)
  },
)

test('--unattended fails at once where nobody is signed in, also where a user name is set', async () => {
  await using server = await startTaegis({ intervalS: 1 })
  await using home = openHome({ XDRLAB_SANDBOX_URL: server.origin, XDRLAB_USERNAME: 'someone' })
  const notebook = home.write('n.ipynb', makeNotebook(connects))
  const { status, stdout } = await home.run(['run', notebook, '--unattended'])
  expect(status).toBe(1)
  expect(stdout).toContain('XDR_SIGN_IN_NEEDED')
  expect(stdout).toMatch(/→ set XDRLAB_TAEGIS_CLIENT_ID and XDRLAB_TAEGIS_CLIENT_SECRET/)
  expect(server.proxy.to(taegisPaths.begin)).toEqual([])
})

test('without a terminal a sign-in that needs a person fails at once, with or without a user name', async () => {
  await using server = await startTaegis({ intervalS: 1 })
  for (const known of [{}, { XDRLAB_USERNAME: 'someone' }]) {
    await using home = openHome({ XDRLAB_SANDBOX_URL: server.origin, ...known })
    const notebook = home.write('n.ipynb', makeNotebook(connects, `'never'`))
    const { status, stdout } = await home.run(['run', notebook])
    expect(status).toBe(1)
    expect(stdout).toMatch(/XDR_SIGN_IN_NEEDED\]: a sign-in to Taegis XDR is needed and nobody is there/)
    expect(stdout).toMatch(/→ set XDRLAB_TAEGIS_CLIENT_ID and XDRLAB_TAEGIS_CLIENT_SECRET.+xdrlab login/)
    expect(stdout).toContain('Stopped at an error: 1 of 2 cells')
    expect(readSaved(home.path('n.executed.ipynb')).cells[0]?.text).toContain('XDR_SIGN_IN_NEEDED')
  }
  expect(server.proxy.to(taegisPaths.begin)).toEqual([])
})
