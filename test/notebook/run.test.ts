import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type KernelClient, startKernel } from '../../kernel/client.js'
import { readNotebook } from '../../src/notebook/notebook-file.js'
import { type RunOptions, runNotebook } from '../../src/notebook/run.js'
import { version } from '../../src/package.js'
import { type TempFolder, tempFolder } from '../support/temp-home.js'
import { makeNotebook, readSaved } from './nbformat.js'

let folder: TempFolder
let kernel: KernelClient

beforeAll(async () => {
  folder = tempFolder()
  kernel = await startKernel({ cwd: folder.path })
})

afterAll(async () => {
  await kernel.shutdown()
  folder[Symbol.dispose]()
})

/** Runs cells in the one kernel of this file and reads what was saved. */
async function run(content: string, options: Partial<RunOptions> = {}) {
  const path = join(folder.path, 'n.ipynb')
  const outputPath = join(folder.path, 'out.ipynb')
  writeFileSync(path, content)
  const notebook = readNotebook(path)
  const before = structuredClone(notebook)
  const summary = await runNotebook({ notebook, kernel, outputPath, watcher: {}, ask: undefined, ...options })
  expect(notebook).toEqual(before)
  return { summary, ...readSaved(outputPath) }
}

test('the kernel’s own messages become outputs that nbformat knows', async () => {
  const { summary, cells, problems } = await run(
    makeNotebook(
      `console.log('out'); console.error('err'); const shown = display('before');\n[{ x: 1 }]`,
      `shown.update('after')\n'second'`,
      `clearOutput({ wait: true }); console.log('third')`,
      `throw new Error('last')`,
    ),
  )
  expect(summary).toMatchObject({ status: 'error', cellsRun: 4 })
  expect(problems).toEqual([])
  const [first, second, third, last] = cells
  expect(first?.outputs.map((output) => output.output_type)).toEqual([
    'stream',
    'stream',
    'display_data',
    'execute_result',
  ])
  expect(first?.outputs[2]?.data?.['text/plain']).toContain('after')
  expect(first?.outputs[3]?.data?.['text/html']).toContain('<table')
  expect(second?.outputs).toMatchObject([{ output_type: 'execute_result' }])
  expect(third?.text).toContain('third')
  expect(last?.outputs).toMatchObject([{ output_type: 'error', ename: 'Error', evalue: 'last' }])
})

test('outputs of an earlier run go, markdown and raw cells stay, and empty cells are not run', async () => {
  const notebook = JSON.parse(makeNotebook(`throw new Error('x')`, `'never run'`, '  \n'))
  for (const cell of notebook.cells) {
    cell.outputs = [{ output_type: 'stream', name: 'stdout', text: 'stale' }]
    cell.execution_count = 99
  }
  notebook.cells.unshift({ cell_type: 'markdown', id: 'm', metadata: {}, source: ['# Kept\n', 'as it is'] })
  const { cells, text } = await run(JSON.stringify(notebook))
  expect(text).not.toContain('stale')
  expect(cells[0]).toMatchObject({ source: '# Kept\nas it is' })
  expect(cells.slice(2).map((cell) => [cell.execution_count, cell.text])).toEqual([
    [null, '[]'],
    [null, '[]'],
  ])
  const empty = await run(makeNotebook('', '  '))
  expect(empty.summary).toMatchObject({ status: 'ok', cellsRun: 0, cells: [] })
})

test('the file is there from the start, and whole after every cell', async () => {
  const outputPath = join(folder.path, 'out.ipynb')
  const counts: (number | null)[][] = []
  const watch = () => void counts.push(readSaved(outputPath).cells.map((cell) => cell.execution_count))
  const { cells } = await run(makeNotebook('1', '2'), { watcher: { onCell: watch } })
  const [first, second] = cells.map((cell) => cell.execution_count)
  expect(counts).toEqual([
    [null, null],
    [first, null],
  ])
  expect(second).toBe((first ?? 0) + 1)
})

test('a cell asks the one who runs it, and where nobody is there it fails with what to do', async () => {
  const source = makeNotebook(`await input('Which tenant?')`)
  const questions: unknown[] = []
  const asked = await run(source, {
    ask: async (prompt, isPassword) => {
      questions.push([prompt.trim(), isPassword])
      return '50530'
    },
  })
  expect(questions).toEqual([['Which tenant?', false]])
  expect(asked.cells[0]?.text).toContain('50530')
  const alone = await run(source)
  expect(alone.summary.status).toBe('error')
  expect(alone.cells[0]?.text).toContain('Which tenant is needed')
})

test('a signal that has aborted before the first cell runs none', async () => {
  const { summary, cells } = await run(makeNotebook('1'), { signal: AbortSignal.abort() })
  expect(summary).toMatchObject({ status: 'interrupted', cellsRun: 0 })
  expect(cells[0]?.execution_count).toBeNull()
})

test('a signal that aborts between two cells ends the run there', async () => {
  const stop = new AbortController()
  const { summary, cells } = await run(makeNotebook(`'done'`, `'never'`), {
    signal: stop.signal,
    watcher: { onCellEnd: () => stop.abort() },
  })
  expect(summary).toMatchObject({ status: 'interrupted', cellsRun: 1 })
  expect(cells[0]?.text).toContain('done')
  expect(cells[1]?.outputs).toEqual([])
})

const moments = ['iopub.status.busy', 'iopub.execute_input', 'shell.execute_reply', 'iopub.status.idle']

test('each cell has the times that Jupyter keeps, the notebook those of its run, and older ones are gone', async () => {
  const notebook = JSON.parse(makeNotebook(`'first'`, `throw new Error('x')`, `'never run'`))
  for (const cell of notebook.cells) cell.metadata = { execution: { stale: 'time' }, tags: ['kept'] }
  notebook.metadata.xdrlab_run = { status: 'stale' }
  const before = Date.now()
  const { text } = await run(JSON.stringify(notebook), { tenant: '50530' })
  const after = Date.now()
  const { cells, metadata } = JSON.parse(text)
  expect(text).not.toContain('stale')
  for (const { metadata: kept } of cells.slice(0, 2)) {
    expect(Object.keys(kept.execution).sort()).toEqual([...moments].sort())
    const [busy = 0, input = 0, reply = 0, idle = 0] = moments.map((moment) =>
      Date.parse(kept.execution[moment]),
    )
    // The reply has a socket of its own, and may overtake the others.
    expect(before <= busy && busy <= input && input <= idle && idle <= after).toBe(true)
    expect(before <= reply && reply <= after).toBe(true)
    expect(kept.tags).toEqual(['kept'])
  }
  expect(cells[2].metadata).toEqual({ tags: ['kept'] })
  const { startedAt, endedAt, ms, ...rest } = metadata.xdrlab_run
  expect(rest).toEqual({
    version,
    status: 'error',
    cellsRun: 2,
    cells: 3,
    error: { name: 'Error', message: 'x' },
    tenant: '50530',
  })
  expect(before <= Date.parse(startedAt) && Date.parse(endedAt) <= after).toBe(true)
  expect(ms).toBeLessThanOrEqual(after - before + 1)
})

test('a cell is called by the heading above it, else by its first line that says something', async () => {
  const notebook = JSON.parse(
    makeNotebook(`'under'`, `\n// What it does\n1`, `import 'node:fs'\n{\nconst a = 1 }`),
  )
  const heading = { cell_type: 'markdown', id: 'm', metadata: {}, source: 'Prose\n\n## A *heading*\n' }
  notebook.cells.unshift(heading)
  const { summary } = await run(JSON.stringify(notebook))
  expect(summary.cells.map(({ title }) => title)).toEqual(['A *heading*', 'What it does', 'const a = 1 }'])
})
