import { expect, test } from 'vitest'
import type { Notebook } from '../../src/notebook/notebook-file.js'
import { cleanNotebook } from '../../src/notebook/share-clean.js'

const token = `ghp_${'aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5'}`

const ran: Notebook = {
  cells: [
    {
      cell_type: 'code',
      execution_count: 3,
      metadata: { tags: ['keep_output'], execution: { 'iopub.status.busy': '2026-01-01T00:00:00Z' } },
      source: ['const tenant_id = 11063\n', "load('/home/jane/cases/a.csv')"],
      outputs: [
        {
          output_type: 'stream',
          name: 'stdout',
          text: `jane@acme.io on dc-01.acme.local, by jane@acme.io\n${token}`,
        },
        { output_type: 'execute_result', data: { 'text/plain': '11063' }, metadata: {}, execution_count: 3 },
      ],
    },
    {
      cell_type: 'code',
      execution_count: 4,
      metadata: {},
      source: "run('dc-01.acme.local', 'bob@acme.io')",
      outputs: [{ output_type: 'stream', name: 'stdout', text: 'gone' }],
    },
    { cell_type: 'markdown', metadata: {}, source: 'of jane@acme.io' },
  ],
  metadata: { kernelspec: { name: 'xdrlab' }, papermill: { input_path: '/home/jane/x.ipynb' } },
  nbformat: 4,
  nbformat_minor: 5,
}

test('outputs go but where a tag keeps them, and so do counts, traces of runs and paths of the machine', () => {
  const clean = cleanNotebook(ran)
  expect(clean.cells[1]?.outputs).toEqual([])
  expect(clean.cells.map((cell) => cell.execution_count)).toEqual([null, null, undefined])
  expect(clean.cells[0]?.metadata).toEqual({ tags: ['keep_output'] })
  expect(clean.cells[0]?.source).toEqual(['const tenant_id = 11063\n', "load('~/cases/a.csv')"])
  expect(clean.cells[0]?.outputs?.[1]).toMatchObject({
    execution_count: null,
    data: { 'text/plain': '11063' },
  })
  expect(clean.metadata).toEqual({ kernelspec: { name: 'xdrlab' } })
  expect(JSON.stringify(clean)).not.toMatch(/\/home\/jane|ghp_/)
})

test('the notebook that was given stays as it is, and a clean one too', () => {
  const before = structuredClone(ran)
  const clean = cleanNotebook(ran)
  expect(ran).toEqual(before)
  expect(cleanNotebook(clean)).toEqual(clean)
  expect(Object.keys(clean)).toEqual(Object.keys(ran))
})

test('the same person, machine and tenant get the same pseudonym everywhere', () => {
  const clean = cleanNotebook(ran, { pseudonymise: true })
  const [first, second, third] = clean.cells
  expect(first?.outputs?.[0]).toMatchObject({
    text: expect.stringMatching(/^person-(\d)@example\.com on host-1\.example, by person-\1@example\.com\n/),
  })
  expect(second?.source).toMatch(/^run\('host-1\.example', 'person-\d@example\.com'\)$/)
  expect(String(third?.source).slice(3)).toBe(
    String(Reflect.get(first?.outputs?.[0] ?? {}, 'text')).split(' ')[0],
  )
  expect(first?.source[0]).toBe('const tenant_id = 100001\n')
  expect(first?.outputs?.[1]).toMatchObject({ data: { 'text/plain': '100001' } })
  expect(JSON.stringify(clean)).not.toMatch(/jane|bob|acme|11063/)
})
