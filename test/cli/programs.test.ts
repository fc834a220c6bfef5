import { mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { expect, test } from 'vitest'
import { findProgram } from '../../src/cli/programs.js'
import { tempFolder } from '../support/temp-home.js'

const isWindows = process.platform === 'win32'

/** A file in a folder of that name. */
function place(root: string, folder: string, file: string, mode = 0o755): string {
  const path = join(root, folder, isWindows ? `${file}.exe` : file)
  mkdirSync(join(root, folder), { recursive: true })
  writeFileSync(path, '', { mode })
  return path
}

test('the first name wins over the first folder, and other folders come before the path', () => {
  using root = tempFolder()
  const [first, second] = [join(root.path, 'first'), join(root.path, 'second')]
  const env = { PATH: ['', first, second].join(delimiter) }
  const other = place(root.path, 'first', 'other')
  const wanted = place(root.path, 'second', 'wanted')
  expect(findProgram(['wanted', 'other'], { env })).toBe(wanted)
  expect(findProgram(['missing', 'other'], { env })).toBe(other)
  expect(findProgram(['missing'], { env })).toBeUndefined()
  expect(findProgram(['wanted'], { env: {} })).toBeUndefined()
  const active = place(root.path, 'active', 'wanted')
  expect(findProgram(['wanted'], { env, before: [join(root.path, 'active')] })).toBe(active)
})

test.runIf(!isWindows)('a folder and a file that may not be run are no programs', () => {
  using root = tempFolder()
  mkdirSync(join(root.path, 'first', 'wanted'), { recursive: true })
  place(root.path, 'second', 'wanted', 0o644)
  const wanted = place(root.path, 'third', 'wanted')
  const PATH = ['first', 'second', 'third'].map((folder) => join(root.path, folder)).join(delimiter)
  expect(findProgram(['wanted'], { env: { PATH } })).toBe(wanted)
})
