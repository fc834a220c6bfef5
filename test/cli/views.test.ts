import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../src/package.js'
import { notebookOf } from '../support/notebooks.js'
import { tempFolder } from '../support/temp-home.js'

const script = join(packageRoot, 'src', 'cli', 'views.mjs')

function makeViews(folder: string): Promise<{ status: number; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [script, folder], (error, _stdout, stderr) =>
      resolve({ status: Number(error?.code ?? 0), stderr }),
    )
  })
}

test('every notebook that runs gets a view, and the others are named', async () => {
  using folder = tempFolder()
  const views = join(folder.path, 'views')
  mkdirSync(views)
  writeFileSync(join(views, 'gone-with-output.html'), 'of a notebook that is gone')
  const write = (name: string, ...cells: Parameters<typeof notebookOf>) =>
    writeFileSync(join(folder.path, name), JSON.stringify(notebookOf(...cells)))
  write('01-good.ipynb', { cell_type: 'markdown', source: '# Good' }, { id: 'a', source: '6 * 7' })
  write('02-bad.ipynb', { id: 'a', source: "throw new Error('no')" })
  write('01-good.executed.ipynb')
  const { status, stderr } = await makeViews(folder.path)
  expect(status).toBe(1)
  expect(stderr).toContain('no view of 02-bad')
  expect(readdirSync(views)).toEqual(['01-good-with-output.html'])
  const view = readFileSync(join(views, '01-good-with-output.html'), 'utf8')
  expect(view).toContain('<h1>Good</h1>')
  expect(view).toContain('<pre>42</pre>')
  expect(readdirSync(folder.path).sort()).toEqual([
    '01-good.executed.ipynb',
    '01-good.ipynb',
    '02-bad.ipynb',
    'views',
  ])
}, 120_000)
