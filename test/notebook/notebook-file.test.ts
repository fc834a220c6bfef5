import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { XdrError } from '../../src/errors.js'
import { readNotebook, sourceOf, writeNotebook } from '../../src/notebook/notebook-file.js'
import { tempFolder } from '../support/temp-home.js'

/** Everything that another program may have put into a notebook. */
const rich = {
  cells: [
    {
      attachments: { 'a.png': { 'image/png': 'iVBORw0KGgo=' } },
      cell_type: 'markdown',
      id: 'one',
      metadata: { tags: ['intro'], 'other:tool': { deep: [1, null, true] } },
      source: ['# Title\n', '\n', 'Umlaut ä, emoji 🔎, line separator \u2028.'],
    },
    {
      cell_type: 'code',
      execution_count: 7,
      id: 'two',
      metadata: { collapsed: true },
      outputs: [{ name: 'stdout', output_type: 'stream', text: ['a\n', 'b'] }],
      source: '1 + 1',
      vendor: 'kept',
    },
    { cell_type: 'raw', id: 'three', metadata: { format: 'text/html' }, source: [] },
  ],
  metadata: { kernelspec: { name: 'xdrlab' }, widgets: { state: {} }, vendor: { kept: true } },
  nbformat: 4,
  nbformat_minor: 5,
  vendor: ['kept'],
}

test('a notebook that is read and written keeps every field that is not ours', async () => {
  using folder = tempFolder()
  const path = join(folder.path, 'n.ipynb')
  writeFileSync(path, JSON.stringify(rich))
  const notebook = readNotebook(path)
  expect(notebook).toEqual(rich)
  expect(notebook.cells.map(sourceOf)).toEqual([
    '# Title\n\nUmlaut ä, emoji 🔎, line separator \u2028.',
    '1 + 1',
    '',
  ])
  await writeNotebook(path, notebook)
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(rich)
  expect(readFileSync(path, 'utf8')).toMatch(/^\{\n "cells": \[\n/)
  expect(readdirSync(folder.path)).toEqual(['n.ipynb'])
})

test.each([
  ['no JSON', 'print("hello")', 'is not a notebook: it is not JSON'],
  ['an empty file', '', 'is not a notebook: it is not JSON'],
  ['JSON without cells', '{"nbformat": 4}', 'is not a notebook: it has no cells'],
  ['a list', '[]', 'is not a notebook: it has no cells'],
  ['null', 'null', 'is not a notebook: it has no cells'],
  ['nbformat 3 with worksheets', '{"nbformat": 3, "worksheets": []}', 'has nbformat 3, and only 4 is read'],
  ['nbformat 3', '{"nbformat": 3, "cells": []}', 'has nbformat 3, and only 4 is read'],
  ['cells without nbformat', '{"cells": []}', 'is not a notebook: it has no nbformat'],
  ['nbformat 5', '{"nbformat": 5, "cells": []}', 'has nbformat 5, and only 4 is read'],
  [
    'a cell without source',
    '{"nbformat":4,"cells":[{"cell_type":"code","metadata":{}}]}',
    'has a cell without type',
  ],
  [
    'a cell of lists',
    '{"nbformat":4,"cells":[{"cell_type":"code","metadata":{},"source":[1]}]}',
    'has a cell',
  ],
  ['a cell of no kind', '{"nbformat":4,"cells":[{"source":"","metadata":{}}]}', 'has a cell without type'],
])('%s is no notebook', (_name, content, why) => {
  using folder = tempFolder()
  const path = join(folder.path, 'bad.ipynb')
  writeFileSync(path, content)
  const error = failureOf(() => readNotebook(path))
  expect(error).toMatchObject({ code: 'XDR_NOTEBOOK', hint: 'open it in JupyterLab and save it again' })
  expect(error.message).toContain(`${path} ${why}`)
})

test('a file that is not there and a folder are told apart', () => {
  using folder = tempFolder()
  const missing = join(folder.path, 'missing.ipynb')
  expect(failureOf(() => readNotebook(missing)).message).toBe(`there is no notebook ${missing}`)
  expect(failureOf(() => readNotebook(folder.path)).message).toBe(`${folder.path} cannot be read (EISDIR)`)
})

test('what cannot be written is a clear error, and no draft is left behind', async () => {
  using folder = tempFolder()
  const path = join(folder.path, 'n.ipynb')
  writeFileSync(path, JSON.stringify(rich))
  const notebook = readNotebook(path)
  await expect(writeNotebook(folder.path, notebook)).rejects.toMatchObject({
    code: 'XDR_FILE',
    message: `the notebook cannot be written to ${folder.path} (EISDIR): there is a folder of that name`,
    hint: 'name another place with --output',
  })
  expect(readdirSync(folder.path)).toEqual(['n.ipynb'])
  expect(readdirSync(join(folder.path, '..')).filter((name) => name.endsWith('.tmp'))).toEqual([])
})

function failureOf(work: () => unknown): XdrError {
  try {
    work()
  } catch (error) {
    if (error instanceof XdrError) return error
    throw error
  }
  throw new Error('it succeeded')
}
