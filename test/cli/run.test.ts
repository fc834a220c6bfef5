import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { packageRoot } from '../../src/package.js'
import { findProblems, makeNotebook, readSaved } from '../notebook/nbformat.js'
import { findLeaks, guardedSecrets, guardSecretsOf, openHome, processesWith } from '../support/cli.js'
import { startTaegis, taegisPaths } from '../support/taegis-server.js'

const template = join(packageRoot, 'notebooks', '01-getting-started.ipynb')
const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const accessToken = /eyJ[\w-]+\.[\w-]+/

afterAll(() => {
  expect(guardedSecrets()).toEqual(expect.arrayContaining(['a device code', 'an access token']))
  expect(findLeaks()).toEqual([])
  // The search does look into what was printed and into what was saved.
  const control = findLeaks(
    new Map([
      ['Done: ', 'a control'],
      ['"nbformat_minor"', 'another'],
    ]),
  )
  expect(control).toContainEqual(expect.stringMatching(/^a control in the stdout of .*01\.ipynb/))
  expect(control).toContainEqual(expect.stringMatching(/^another in .*executed\.ipynb$/))
})

describe('notebook 01 with --sandbox and no terminal', () => {
  test('signs in by itself, prints everything, and leaves a valid notebook without a secret', async () => {
    await using home = openHome()
    const before = readFileSync(template, 'utf8')
    const notebook = home.write('01.ipynb', before)
    const { status, stdout, stderr } = await home.run(['run', notebook, '--sandbox'])
    expect(stderr).toBe('')
    expect(status).toBe(0)

    for (const { cell_type, source } of readSaved(template).cells) {
      const indent = cell_type === 'code' ? '    ' : ''
      for (const line of source.split('\n')) expect(stdout).toContain(indent + line)
    }
    const code = /Check {2}that the browser shows the code {2}(\S+)/.exec(stdout)?.[1] ?? ''
    expect(code).toMatch(/^[A-Z]{4}-[A-Z]{4}$/)
    expect(stdout).toMatch(new RegExp(`Open {3}http://127\\.0\\.0\\.1:\\d+/device\\?user_code=${code}`))
    expect(stdout).toMatch(/(?:^[▄▀█ ]{25,}$\n){10,}/m)
    expect(stdout.match(/Waiting for the browser/g)).toHaveLength(1)
    expect(
      stdout.match(/✓ Signed in as analyst@sandbox\.example · tenant \d+ · until [\d: -]+/g),
    ).toHaveLength(1)
    expect(stdout).toMatch(/^metadata\.title +metadata\.severity +status +sensor_types +id$/m)
    expect(stdout).toContain('(10 rows)')
    expect(stdout).not.toContain('\u001b')
    expect(stdout).toMatch(/Done: 7 of 7 cells in [\d.]+ s\.\nThe executed notebook is (.+)\n$/)
    const output = home.path('01.executed.ipynb')
    expect(stdout).toContain(`The executed notebook is ${output}\n`)

    const saved = readSaved(output)
    expect(saved.problems).toEqual([])
    const codeCells = saved.cells.filter((cell) => cell.cell_type === 'code')
    expect(codeCells.map((cell) => cell.execution_count)).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(saved.text.match(/<table/g)?.length).toBeGreaterThanOrEqual(2)
    expect(saved.text).toContain('Signed in as analyst@sandbox.example')
    for (const absent of [code, '/device', 'user_code', 'device_code', 'vnd.xdrlab'])
      expect(saved.text).not.toContain(absent)
    for (const text of [saved.text, stdout]) expect(text).not.toMatch(accessToken)

    expect(readFileSync(notebook, 'utf8')).toBe(before)
    expect(readdirSync(home.profiles)).toEqual([])
    expect(home.leftInTemp()).toEqual([])
    expect(readdirSync(home.folder).sort()).toEqual(['01.executed.ipynb', '01.ipynb'])
  })

  test('--json prints one summary and nothing else, and -o names the place', async () => {
    await using home = openHome()
    mkdirSync(home.path('out'))
    const output = home.path('out/done.ipynb')
    const { status, stdout, stderr } = await home.run(['run', template, '--sandbox', '--json', '-o', output])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout.trimEnd().split('\n')).toHaveLength(1)
    const summary = JSON.parse(stdout)
    expect(summary).toEqual({
      status: 'ok',
      cells: expect.any(Array),
      cellsRun: 7,
      startedAt: expect.stringMatching(isoTime),
      endedAt: expect.stringMatching(isoTime),
      ms: expect.any(Number),
      outputPath: output,
    })
    const code = readSaved(template).cells.flatMap(({ cell_type }, i) => (cell_type === 'code' ? [i] : []))
    expect(summary.cells.map(({ index }: { index: number }) => index)).toEqual(code)
    for (const cell of summary.cells) {
      expect(cell).toEqual({
        index: expect.any(Number),
        title: expect.stringMatching(/\S/),
        status: 'ok',
        ms: expect.any(Number),
      })
    }
    expect(readSaved(output).problems).toEqual([])
    expect(readdirSync(home.path('out'))).toEqual(['done.ipynb'])
  })
})

test('no secret of a signed-in run is in a process, an output or a file beside the profile', async () => {
  await using server = await startTaegis({ intervalS: 1 })
  await using home = openHome({
    XDRLAB_SANDBOX_URL: server.origin,
    XDRLAB_USERNAME: server.sandbox.user.username,
  })
  const notebook = home.write(
    'gate.ipynb',
    makeNotebook(
      `import { connect, taegis } from 'xdrlab'\nconst xdr = await connect(taegis, { region: 'sandbox' })\nxdr`,
      `import { existsSync } from 'node:fs'\nconsole.log(xdr, JSON.stringify(xdr), 'at the gate')
while (!existsSync('gate')) await new Promise((resolve) => setTimeout(resolve, 10))`,
    ),
  )
  await using running = home.startInTerminal(['run', notebook])
  await running.until(/Waiting for the browser/)
  const waiting = processesWith(home.temp)
  await server.approve()
  await running.until(/^.*at the gate$/m)
  const token = JSON.parse(server.proxy.to(taegisPaths.token).at(-1)?.answer ?? '{}').access_token
  guardSecretsOf(server)
  const signedIn = processesWith(home.temp)
  // The terminal has the command line as well.
  const command = processesWith(notebook).filter(({ commandLine }) =>
    commandLine.startsWith(process.execPath),
  )
  expect([waiting.length, signedIn.length, command.length]).toEqual([1, 1, 1])
  for (const { commandLine, environment } of [...waiting, ...signedIn, ...command]) {
    expect(environment).toContain('XDRLAB_HOME')
    for (const secret of [token, server.deviceCode()]) expect(commandLine + environment).not.toContain(secret)
  }
  const profiles = readdirSync(home.profiles)
  expect(profiles).toHaveLength(1)
  expect(readFileSync(join(home.profiles, profiles[0] ?? ''), 'utf8')).toContain(token)
  expect(statSync(join(home.profiles, profiles[0] ?? '')).mode & 0o777).toBe(0o600)
  home.write('gate', '')
  expect((await running.exited).status).toBe(0)
})

test('a cell that throws ends the run with 1, and the notebook so far is kept', async () => {
  await using home = openHome()
  const notebook = home.write(
    'fails.ipynb',
    makeNotebook(`'kept'`, `const f = () => { throw new RangeError('too far') }\nf()`, `'never'`),
  )
  const { status, stdout, stderr } = await home.run(['run', notebook])
  expect({ status, stderr }).toEqual({ status: 1, stderr: '' })
  expect(stdout).toContain('RangeError: too far')
  expect(stdout).toContain('Stopped at an error: 2 of 3 cells')
  const { cells, problems } = readSaved(home.path('fails.executed.ipynb'))
  expect(problems).toEqual([])
  expect(cells.map((cell) => cell.execution_count)).toEqual([1, 2, null])
  expect(cells[0]?.text).toContain('kept')
  expect(cells[1]?.outputs).toMatchObject([{ output_type: 'error', ename: 'RangeError', evalue: 'too far' }])
  const traceback = cells[1]?.outputs[0]?.traceback?.join('\n') ?? ''
  expect(traceback).toMatch(/at f .*1:\d+/)
  for (const ours of [packageRoot, 'node:', 'dist/']) expect(traceback).not.toContain(ours)
  expect(cells[2]?.outputs).toEqual([])

  const asJson = await home.run(['run', notebook, '--json'])
  expect(asJson.status).toBe(1)
  expect(asJson.stderr).toBe('')
  expect(JSON.parse(asJson.stdout)).toMatchObject({
    status: 'error',
    cellsRun: 2,
    cells: [
      { index: 0, status: 'ok' },
      { index: 1, status: 'error', error: { name: 'RangeError', message: 'too far' } },
      { index: 2, status: 'not-run', ms: 0 },
    ],
    error: { name: 'RangeError', message: 'too far' },
  })
})

test.each([
  ['waits for ever', `console.log('before')\nawait new Promise(() => {})`],
  [
    'computes for ever',
    `console.log('before')\nawait new Promise((resolve) => setTimeout(resolve, 50))\nfor (;;) {}`,
  ],
])('--timeout interrupts a cell that %s', async (_name, source) => {
  await using home = openHome()
  const notebook = home.write('slow.ipynb', makeNotebook(source, `'never'`))
  const { status, stdout, stderr, ms } = await home.run(['run', notebook, '--timeout', '2'])
  expect(status).toBe(124)
  expect(ms).toBeLessThan(12_000)
  expect(stderr).toMatch(
    /^XdrError \[XDR_TIMEOUT\]: the cell took longer than the 2 s it may\n {2}→ .+--timeout.+\n$/,
  )
  expect(stdout).toContain('Stopped, out of time: 1 of 2 cells')
  expect(stdout).toContain(`The executed notebook is ${home.path('slow.executed.ipynb')}`)
  const { cells, problems } = readSaved(home.path('slow.executed.ipynb'))
  expect(problems).toEqual([])
  expect(cells[0]?.text).toContain('before')
  expect(cells[0]?.outputs.at(-1)).toMatchObject({ output_type: 'error', ename: 'XdrError' })
  expect(cells[0]?.outputs.at(-1)?.evalue).toContain('longer than the 2 s')
  expect(cells[1]?.outputs).toEqual([])
  expect(home.leftInTemp()).toEqual([])
  expect(processesWith(home.temp)).toEqual([])
})

test('a cell may take fractions of a second that binary numbers cannot hold', async () => {
  await using home = openHome()
  const notebook = home.write('quick.ipynb', makeNotebook('1'))
  expect(await home.run(['run', notebook, '--timeout', '8.2'])).toMatchObject({ status: 0, stderr: '' })
})

test('outputs that nobody reads any more do not end a run, and those that cannot be written fail it', async () => {
  await using home = openHome()
  const notebook = home.write(
    'loud.ipynb',
    makeNotebook(`for (let i = 0; i < 100; i++) console.log('x'.repeat(10_000))`, `'last'`),
  )
  const closed = await home.shell(`$XDRLAB run ${notebook} | head -c 10`)
  expect(closed.stderr).toBe('')
  expect(closed.stdout).toHaveLength(10)
  expect(readSaved(home.path('loud.executed.ipynb')).cells[1]?.text).toContain('last')
  const full = await home.shell(`$XDRLAB run ${notebook} > /dev/full`)
  expect(full).toMatchObject({ status: 1, stderr: 'the output cannot be written (ENOSPC)\n' })
})

test.each([
  ['a folder that is not there', (at: string) => join(at, 'no/such/out.ipynb'), 'ENOENT'],
  ['a folder', (at: string) => at, 'EISDIR|EEXIST|ENOTEMPTY'],
  ['a place that takes no files', () => '/proc/out.ipynb', 'ENOENT|EACCES'],
])('-o that is %s is a clear error, and nothing is left behind', async (_name, place, code) => {
  await using home = openHome()
  const notebook = home.write('one.ipynb', makeNotebook('1'))
  const output = place(home.temp)
  const { status, stdout, stderr } = await home.run(['run', notebook, '-o', output])
  expect(status).toBe(5)
  expect(stdout).toBe('')
  expect(stderr).toMatch(
    new RegExp(
      `^XdrError \\[XDR_FILE\\]: the executed notebook cannot be written to ${output} \\((${code})\\).*\n {2}→ .*--output\n$`,
    ),
  )
  expect(readdirSync(home.folder)).toEqual(['one.ipynb'])
  expect(home.leftInTemp()).toEqual([])
})

test('what is no notebook is refused in one line with the next step, as text and as JSON', async () => {
  await using home = openHome()
  const missing = await home.run(['run', 'missing.ipynb'])
  expect(missing).toMatchObject({ status: 2, stdout: '' })
  expect(missing.stderr).toBe(
    'XdrError [XDR_NOTEBOOK]: there is no notebook missing.ipynb\n  → check the path\n',
  )
  const bad = await home.run(['run', home.write('bad.ipynb', 'print("hello")'), '--json', '--sandbox'])
  expect(bad).toMatchObject({ status: 2, stdout: '' })
  expect(JSON.parse(bad.stderr)).toEqual({
    error: {
      name: 'XdrError',
      code: 'XDR_NOTEBOOK',
      message: `${home.path('bad.ipynb')} is not a notebook: it is not JSON`,
      hint: 'open it in JupyterLab and save it again',
    },
  })
  expect(readdirSync(home.folder)).toEqual(['bad.ipynb'])
})

test('the check of the notebook format finds what nbformat forbids', () => {
  const good = JSON.parse(makeNotebook('1'))
  expect(findProblems(good)).toEqual([])
  const bad = structuredClone(good)
  bad.cells[0].outputs = [{ output_type: 'error', ename: '', evalue: '', traceback: [], status: 'error' }]
  bad.cells.push(bad.cells[0])
  expect(findProblems(bad)).toHaveLength(3)
})
