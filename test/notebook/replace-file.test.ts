import {
  chmodSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { replaceFile } from '../../src/notebook/replace-file.js'
import { tempFolder } from '../support/temp-home.js'

const words = { what: 'the page', elsewhere: 'name another file' }
const isWindows = process.platform === 'win32'

function modeOf(path: string): number {
  return statSync(path).mode & 0o777
}

test('bytes and texts take the place of what was there, and nothing else stays in the folder', async () => {
  using folder = tempFolder()
  const path = join(folder.path, 'page')
  await replaceFile(path, 'first', words)
  expect(readFileSync(path, 'utf8')).toBe('first')
  await replaceFile(path, Buffer.from([0, 255]), words)
  expect([...readFileSync(path)]).toEqual([0, 255])
  expect(readdirSync(folder.path)).toEqual(['page'])
})

test.runIf(!isWindows)('permissions are kept, also those that new files do not get', async () => {
  using folder = tempFolder()
  const path = join(folder.path, 'page')
  writeFileSync(path, 'old')
  for (const mode of [0o600, 0o666, 0o750]) {
    chmodSync(path, mode)
    await replaceFile(path, 'new', words)
    expect(modeOf(path)).toBe(mode)
  }
})

test.runIf(!isWindows)('a link stays one, and the file that it leads to is replaced', async () => {
  using folder = tempFolder()
  const [path, link] = [join(folder.path, 'page'), join(folder.path, 'link')]
  writeFileSync(path, 'old')
  symlinkSync('page', link)
  await replaceFile(link, 'new', words)
  expect(lstatSync(link).isSymbolicLink()).toBe(true)
  expect(readFileSync(path, 'utf8')).toBe('new')
})

test.runIf(process.platform === 'linux')(
  'a device stays one, and a full one is told with what helps',
  async () => {
    using folder = tempFolder()
    const link = join(folder.path, 'full')
    symlinkSync('/dev/full', link)
    await expect(replaceFile(link, 'new', words)).rejects.toMatchObject({
      code: 'XDR_FILE',
      message: `the page cannot be written to ${link} (ENOSPC): the disk is full`,
      hint: 'make room, or name another file',
    })
    expect(statSync('/dev/full').isCharacterDevice()).toBe(true)
    await replaceFile('/dev/null', 'new', words)
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true)
  },
)

test('where the folder is missing, nothing is made', async () => {
  using folder = tempFolder()
  const path = join(folder.path, 'no', 'page')
  await expect(replaceFile(path, 'new', words)).rejects.toMatchObject({
    message: `the page cannot be written to ${path} (ENOENT): there is no such folder`,
    hint: 'name another file',
  })
  expect(readdirSync(folder.path)).toEqual([])
})
