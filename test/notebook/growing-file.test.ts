import { mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { GrowingFile } from '../../src/notebook/growing-file.js'
import { tempFolder } from '../support/temp-home.js'
import { turn } from '../support/turn.js'

test('a short file is saved with every part, a long one soon after, and both whole in the end', async () => {
  using folder = tempFolder()
  const path = join(folder.path, 'file.txt')
  let content = 'short'
  const file = new GrowingFile(path, 'the file', () => content, {})
  await file.create()
  content = 'x'.repeat(5_000_000)
  await file.checkpoint()
  expect(readFileSync(path, 'utf8')).toHaveLength(5_000_000)
  content += ' more'
  await file.checkpoint()
  expect(readFileSync(path, 'utf8')).toHaveLength(5_000_000)
  while (!readFileSync(path, 'utf8').endsWith(' more')) await turn()
  content += ' and more'
  expect(await file.close()).toBeUndefined()
  expect(readFileSync(path, 'utf8').endsWith(' and more')).toBe(true)
  expect(readdirSync(folder.path)).toEqual(['file.txt'])
})

test('what is asked for while a saving is under way is in the next one', async () => {
  using folder = tempFolder()
  const path = join(folder.path, 'file.txt')
  let content = 'first'
  const file = new GrowingFile(path, 'the file', () => content, {})
  await file.create()
  const saving = file.save()
  content = 'second'
  await Promise.all([saving, file.save(), file.save()])
  expect(readFileSync(path, 'utf8')).toBe('second')
})

test('a failure is told once, the next good saving once, and the last failure is what closing gives', async () => {
  using folder = tempFolder()
  const place = join(folder.path, 'place')
  mkdirSync(place)
  const told: string[] = []
  const file = new GrowingFile(join(place, 'file.txt'), 'the file', () => 'text', {
    onUnsaved: ({ code }) => void told.push(code),
    onSavedAgain: () => void told.push('again'),
  })
  await file.create()
  renameSync(place, `${place}-away`)
  await file.save()
  await file.save()
  renameSync(`${place}-away`, place)
  await file.save()
  renameSync(place, `${place}-away`)
  expect(await file.close()).toMatchObject({
    code: 'XDR_FILE',
    message: expect.stringMatching(/^the file cannot be written to .+ \(ENOENT\): there is no such folder$/),
  })
  expect(told).toEqual(['XDR_FILE', 'again', 'XDR_FILE'])
})
