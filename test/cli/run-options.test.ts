import { afterAll, expect, test } from 'vitest'
import { makeNotebook, readSaved } from '../notebook/nbformat.js'
import { findLeaks, openHome, shownText, writtenText } from '../support/cli.js'

afterAll(() => expect(findLeaks()).toEqual([]))

const throws = `throw new RangeError('too far')`

/** A notebook some of whose cells have tags, by their place. */
function tagged(sources: readonly string[], tags: Readonly<Record<number, string>>): string {
  const notebook = JSON.parse(makeNotebook(...sources))
  for (const [place, tag] of Object.entries(tags)) notebook.cells[Number(place)].metadata.tags = [tag]
  return JSON.stringify(notebook)
}

test('--on-error continue runs the cells after those that failed, lists these, and fails all the same', async () => {
  await using home = openHome()
  const notebook = home.write('n.ipynb', makeNotebook(`'first'`, throws, `'third'`, `null.x`, `'fifth'`))
  const { status, stdout, stderr } = await home.run(['run', notebook, '--on-error', 'continue'])
  expect({ status, stderr }).toEqual({ status: 1, stderr: '' })
  expect(stdout).toMatch(
    /^Done, with errors in 2 cells: 5 of 5 cells in [\d.]+ s\.\n {2}cell 2 \(throw .+\): RangeError: too far\n {2}cell 4 \(null\.x\): TypeError: .+\nThe executed notebook is /m,
  )
  const { cells, text } = readSaved(home.path('n.executed.ipynb'))
  expect(cells.map((cell) => cell.execution_count)).toEqual([1, 2, 3, 4, 5])
  expect(JSON.parse(text).metadata.xdrlab_run).toMatchObject({
    status: 'error',
    error: { name: 'RangeError', message: 'too far' },
  })
})

test('--on-error continue goes on after a cell that took too long, as long as it stops', async () => {
  await using home = openHome()
  const notebook = home.write('n.ipynb', makeNotebook(`for (;;) {}`, `'after'`))
  const { status, stdout } = await home.run([
    ...['run', notebook, '--on-error', 'continue', '--timeout', '5', '--json'],
  ])
  expect(status).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({
    status: 'error',
    cells: [{ status: 'timeout', error: { code: 'XDR_TIMEOUT' } }, { status: 'ok' }],
  })
})

test('the tags raises-exception and skip-execution are heard, as by Jupyter’s own runner', async () => {
  await using home = openHome()
  const notebook = home.write(
    'n.ipynb',
    tagged([throws, `throw new Error('never')`, `'last'`], { 0: 'raises-exception', 1: 'skip-execution' }),
  )
  const { status, stdout } = await home.run(['run', notebook, '--json'])
  expect(status).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    status: 'ok',
    cellsRun: 2,
    cells: [
      { index: 0, status: 'expected-error', error: { name: 'RangeError' } },
      { index: 2, status: 'ok' },
    ],
  })
  const { cells } = readSaved(home.path('n.executed.ipynb'))
  expect(cells[0]?.outputs).toMatchObject([{ output_type: 'error', ename: 'RangeError' }])
  expect(cells[1]).toMatchObject({ execution_count: null, outputs: [] })
})

test('--total-timeout ends the run in the middle of a cell, with the exit code of timeout(1)', async () => {
  await using home = openHome()
  const notebook = home.write(
    'n.ipynb',
    makeNotebook(`'first'`, `console.log('waits')\nawait new Promise(() => {})`, `'never'`),
  )
  const { status, stdout, stderr } = await home.run([
    ...['run', notebook, '--total-timeout', '8', '--timeout', '40', '--on-error', 'continue'],
  ])
  expect(status).toBe(124)
  expect(stdout).toContain('Stopped, out of time: 2 of 3 cells')
  expect(stderr).toMatch(
    /^XdrError \[XDR_TIMEOUT\]: the run took longer than the 8 s it may\n {2}→ .+--total-timeout.+\n$/,
  )
  const { cells, problems } = readSaved(home.path('n.executed.ipynb'))
  expect(problems).toEqual([])
  expect(cells[1]?.text).toContain('waits')
  expect(cells[1]?.text).toContain('--total-timeout')
  expect(cells[2]).toMatchObject({ execution_count: null, outputs: [] })
})

const twoCells = JSON.parse(makeNotebook(`console.log('printed')`, throws))
twoCells.cells.unshift({ cell_type: 'markdown', id: 'm', metadata: {}, source: '## The sign-in\n\nProse.' })

test('--no-stream prints a line where a cell begins and one where it ends', async () => {
  await using home = openHome()
  const notebook = home.write('n.ipynb', JSON.stringify(twoCells))
  const { status, stdout } = await home.run(['run', notebook, '--no-stream'])
  expect(status).toBe(1)
  expect(stdout.split('\n')).toEqual([
    '[2/3] The sign-in',
    expect.stringMatching(/^✓ \[2\/3\] The sign-in · [\d.]+ s$/),
    `[3/3] ${throws}`,
    expect.stringMatching(/^✗ \[3\/3\] throw .+ · [\d.]+ s · RangeError: too far$/),
    expect.stringMatching(/^Stopped at an error: 2 of 2 cells in [\d.]+ s\.$/),
    `  cell 3 (${throws}): RangeError: too far`,
    `The executed notebook is ${home.path('n.executed.ipynb')}`,
    '',
  ])
})

test('--no-stream in a terminal has one line a cell, with its time, redrawn in place', async () => {
  await using home = openHome()
  const gate = `import { existsSync } from 'node:fs'
while (!existsSync('gate')) await new Promise((resolve) => setTimeout(resolve, 10))`
  const notebook = home.write('n.ipynb', makeNotebook(gate, `'second'`))
  await using running = home.startInTerminal(['run', notebook, '--no-stream'])
  await running.until(/… \[1\/2\] while .+ · [1-9][\d.]* s/)
  home.write('gate', '')
  const { status, stdout } = await running.exited
  expect(status).toBe(0)
  expect(writtenText(stdout).match(/… \[1\/2\]/g)?.length).toBeGreaterThan(1)
  expect(shownText(stdout)).toMatch(
    /^✓ \[1\/2\] while .+ · [\d.]+ s\n✓ \[2\/2\] 'second' · [\d.]+ s\nDone: 2 of 2 cells in [\d.]+ s\.\nThe executed notebook is /,
  )
})

test('in a terminal what runs is shown below the outputs, and gone in the end', async () => {
  await using home = openHome()
  const gate = `import { existsSync } from 'node:fs'\nconsole.log('an output')
while (!existsSync('gate')) await new Promise((resolve) => setTimeout(resolve, 10))\nconsole.log('another')`
  await using running = home.startInTerminal(['run', home.write('n.ipynb', makeNotebook(gate))])
  await running.until(/an output\r?\n… \[1\/1\] console.+ · [\d.]+ s/)
  home.write('gate', '')
  const { status, stdout } = await running.exited
  expect(status).toBe(0)
  const shown = shownText(stdout)
  expect(shown).toMatch(/^an output\nanother\n✓ [\d.]+ s\n/m)
  expect(shown).not.toContain('…')
})

test('--quiet says nothing of a run that goes well, and only what went wrong of another', async () => {
  await using home = openHome()
  const good = home.write('good.ipynb', makeNotebook(`console.log('printed')`))
  expect(await home.run(['run', good, '--quiet'])).toMatchObject({ status: 0, stdout: '', stderr: '' })
  const bad = await home.run(['run', home.write('bad.ipynb', makeNotebook(throws)), '-q'])
  expect(bad).toMatchObject({ status: 1, stdout: '' })
  expect(bad.stderr).toMatch(
    /^Stopped at an error: 1 of 1 cell in [\d.]+ s\.\n {2}cell 1 \(throw .+\): RangeError: too far\nThe executed/,
  )
})

test('--tenant and --region reach cells that name none, and a parameter called tenant', async () => {
  await using home = openHome()
  const notebook = home.write(
    'n.ipynb',
    tagged(
      [
        `const tenant: string = ''`,
        `console.log(tenant, process.env.XDRLAB_TENANT, process.env.XDRLAB_REGION)`,
      ],
      {
        0: 'parameters',
      },
    ),
  )
  const { status, stdout } = await home.run(['run', notebook, '--tenant', '0050', '--region', 'eu', '--json'])
  expect(status).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ tenant: '0050', parameters: { tenant: '0050' } })
  expect(readSaved(home.path('n.executed.ipynb')).cells.at(-1)?.text).toContain('0050 0050 eu')
  const twice = await home.run(['run', notebook, '--tenant', '1', '-p', 'tenant=2'])
  expect(twice.status).toBe(2)
  expect(twice.stderr).toContain('the parameter "tenant" is set twice')
})

test('what is asked for wrongly has exit code 2, and the help lists the codes', async () => {
  await using home = openHome()
  const notebook = home.write('n.ipynb', makeNotebook('1'))
  for (const args of [
    ['--timeout', '0'],
    ['--on-error', 'perhaps'],
    ['--concurrency', '0', '--tenants', '1'],
    ['--tenant', '1', '--tenants', '2'],
    ['--tenant', 'a b'],
    ['--tenants', ','],
    ['--tenants', '1', '--tenants-file', 'list'],
    ['--tenants-file', 'missing'],
    ['-p', 'nothing=1'],
  ]) {
    const { status, stdout } = await home.run(['run', notebook, ...args])
    expect({ args, status, stdout }).toEqual({ args, status: 2, stdout: '' })
  }
  const { stdout } = await home.run(['run', '--help'])
  for (const code of ['0', '1', '2', '3', '5', '124', '130']) {
    expect(stdout).toMatch(new RegExp(`Exit codes:[\\s\\S]*\\b${code} {2}\\w`))
  }
})
