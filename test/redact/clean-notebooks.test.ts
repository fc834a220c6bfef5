import { beforeAll, expect, test } from 'vitest'
import { SecretFinder } from '../../src/redaction/finder.js'
import { rememberSecret } from '../../src/secrets.js'
import { cleanNotebooks } from './clean-notebooks.js'
import { alphabets, randomText } from './random-text.js'

const finder = new SecretFinder()

/** A hundred secrets of all lengths that a session may know. */
beforeAll(() => {
  for (let i = 0; i < 25; i++) {
    rememberSecret(`eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.${randomText(400, i)}.${randomText(342, i + 100)}`)
    rememberSecret(randomText(43, i + 200))
    rememberSecret(randomText(48, i + 300, alphabets.hex))
    rememberSecret(randomText(8, i + 400))
  }
})

function shownIn(text: string): string[] {
  return finder
    .find(text, { shapes: true })
    .map(({ start, end, kind }) => `${kind}: ${text.slice(start - 20, start)}»${text.slice(start, end)}«`)
}

test('fifty clean notebooks give no false alarm, as a file and text by text', () => {
  const notebooks = cleanNotebooks()
  expect(notebooks).toHaveLength(50)
  const alarms = notebooks.flatMap((json) => {
    const { cells } = JSON.parse(json) as { cells: { source: string; outputs?: { text: string }[] }[] }
    const texts = cells.flatMap(({ source, outputs = [] }) => [source, ...outputs.map(({ text }) => text)])
    return [json, ...texts].flatMap(shownIn)
  })
  expect(alarms).toEqual([])
})

test('one of the secrets in one of them is one finding', () => {
  const [notebook = ''] = cleanNotebooks()
  const dirty = notebook.replace('What a token is', randomText(43, 200))
  expect(finder.find(dirty, { shapes: true })).toHaveLength(1)
})
