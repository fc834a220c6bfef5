import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../src/package.js'
import { openHome } from '../support/cli.js'

interface Cell {
  id: string
  cell_type: string
  source: string[]
  execution_count: number | null
  outputs: { output_type: string; data?: Record<string, unknown> }[]
}

const template = join(packageRoot, 'notebooks', '02-every-platform.ipynb')
const readCells = (path: string): Cell[] => JSON.parse(readFileSync(path, 'utf8')).cells
const codeOf = (cells: Cell[]) => cells.filter(({ cell_type }) => cell_type === 'code')

test('notebook 02 is saved without outputs, for our kernel, with an id for every cell', () => {
  const { metadata, cells } = JSON.parse(readFileSync(template, 'utf8'))
  expect(metadata.kernelspec.name).toBe('xdrlab')
  expect(new Set(cells.map(({ id }: Cell) => id)).size).toBe(cells.length)
  for (const cell of codeOf(cells)) {
    expect([cell.execution_count, cell.outputs]).toEqual([null, []])
  }
})

test('notebook 02 signs in to every platform of the sandbox, shows a table of each, and keeps no secret', async () => {
  await using home = openHome()
  const output = join(home.home, 'executed.ipynb')
  const { status, stdout, stderr } = await home.run([
    'run',
    template,
    '--sandbox',
    '--approve',
    '--output',
    output,
  ])
  expect(status, stdout + stderr).toBe(0)
  const cells = codeOf(readCells(output))
  // The outputs of the cells from one platform's first connect() up to the next one's.
  const shown = new Map<string, string>()
  let platform = ''
  for (const { source, outputs } of cells) {
    platform = /connect\((\w+)/.exec(source.join(''))?.[1] ?? platform
    // The parameters in front of all show nothing.
    if (platform === '') {
      expect(outputs).toEqual([])
      continue
    }
    shown.set(platform, (shown.get(platform) ?? '') + JSON.stringify(outputs))
  }
  expect([...shown.keys()]).toEqual([
    'taegis',
    'ciscoXdr',
    'secureEndpoint',
    'threatSwitch',
    'basic',
    'apiKey',
  ])
  for (const [name, html] of shown) {
    expect(html, name).toContain('Signed in as')
    expect(html, name).toContain('<table')
  }
  const saved = readFileSync(output, 'utf8')
  for (const text of [saved, stdout, stderr]) {
    expect(text).not.toContain('sandbox-only-')
    expect(text).not.toMatch(/eyJ[\w-]+\.[\w-]+/)
  }
})
