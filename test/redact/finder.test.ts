import { inspect } from 'node:util'
import { beforeAll, expect, test } from 'vitest'
import { SecretFinder } from '../../src/redaction/finder.js'
import { rememberSecret } from '../../src/secrets.js'
import { alphabets, randomNumbers, randomText } from './random-text.js'

/** As short and as long as they come, with a letter beyond ASCII, and one that repeats itself. */
const secrets = [
  'QWRT-ZXC',
  'Grünspan-7!x',
  randomText(16, 1),
  randomText(43, 2),
  randomText(800, 3),
  'abab'.repeat(12),
]

const writings: Record<string, (secret: string) => string> = {
  'as it is': (s) => s,
  'in JSON': (s) => JSON.stringify(s).slice(1, -1),
  reversed: (s) => [...s].reverse().join(''),
  hex: (s) => Buffer.from(s).toString('hex'),
  'decimals, indented': (s) =>
    JSON.stringify([...Buffer.from(s)], null, 2)
      .slice(2, -2)
      .trim(),
  letters: (s) => [...s].map((letter) => JSON.stringify(letter)).join(','),
  'hex in C': (s) => [...Buffer.from(s)].map((byte) => `0x${byte.toString(16).padStart(2, '0')}`).join(', '),
  'UTF-16 taken for Latin-1': (s) => Buffer.from(s, 'utf16le').toString('latin1').slice(0, -1),
}

/** What stands around it: the same secret must be found whatever the text is made of. */
const fillers: Record<string, string> = {
  prose: 'The quick brown fox jumps over the lazy dog; ',
  'JSON lines': '{"id":"alert:17","host":"ws-1.corp.example","n":[1,2,300,4],"ok":true}\n',
  'letters beyond Latin-1': 'Подозрительная загрузка → 鍵 ',
  numbers: '101, 4021, 7, 65536, ',
  'blanks and quotes': '          "": "", \n',
  backslashes: '\\\\\\"\\\\',
  'zero bytes': '\0\0',
  'one letter': 'A',
}

const finder = new SecretFinder()

beforeAll(() => {
  for (const secret of secrets) rememberSecret(secret, 'access token')
})

function fill(filler: string, length: number): string {
  return filler.repeat(Math.ceil(length / filler.length)).slice(0, length)
}

/** A part of the text's written secret that no finding covers, as long as it tells something. */
function uncovered(text: string, start: number, end: number): string {
  let rest = ''
  let at = start
  for (const found of finder.find(text, { shapes: false })) {
    if (found.end <= start || found.start >= end) continue
    rest += text.slice(at, Math.max(at, found.start))
    at = Math.max(at, Math.min(end, found.end))
  }
  return rest + text.slice(at, end)
}

test.each(Object.entries(fillers))('among %s, each secret is found wherever it stands', (_name, filler) => {
  const random = randomNumbers(filler.length)
  for (const [how, write] of Object.entries(writings)) {
    for (const secret of secrets) {
      const written = write(secret)
      // Blanks around it: what touches a number is another number.
      const before = fill(filler, Math.floor(random() * 300))
      const text = `${before} ; ${written} ; ${fill(filler, 200)}`
      const start = before.length + 3
      const left = uncovered(text, start, start + written.length)
      // The signs of a list may be left at its ends.
      expect(left.length, `${how}: ${inspect(secret)} leaves ${inspect(left)}`).toBeLessThanOrEqual(
        Math.min(12, written.length / 4),
      )
    }
  }
})

test('what stands over the border of two parts of a long text is found', () => {
  const [short = '', , , opaque = '', token = ''] = secrets
  const partLength = 1 << 17
  for (const secret of [
    short,
    opaque,
    token,
    token.slice(300, 324),
    JSON.stringify([...Buffer.from(opaque)]),
  ]) {
    for (let back = 0; back <= Math.min(secret.length, 140) + 70; back += 3) {
      const text = `${fill('word, ', partLength - back - 1)} ${secret} ${fill('more; ', 200)}`
      const start = partLength - back
      expect(uncovered(text, start, start + secret.length), `${back} before the border`).toMatch(/^[[\]]*$/)
    }
  }
})

test('any 24 characters of a token are found, at any place', () => {
  const token = secrets[4] ?? ''
  for (let from = 0; from + 24 <= token.length; from += 7) {
    const part = token.slice(from, from + 24)
    const text = `${fill('=', from % 61)} ${part} and more of it`
    expect(uncovered(text, (from % 61) + 1, (from % 61) + 25)).toBe('')
  }
})

test('two parts right behind each other are both found', () => {
  const [, , , opaque = '', token = ''] = secrets
  for (let length = 24; length < 60; length++) {
    const text = `x ${token.slice(50, 50 + length)}${opaque.slice(5, 29)} y`
    expect(uncovered(text, 2, 2 + length + 24)).toBe('')
  }
})

test('a text without them has none, whatever it is made of', () => {
  for (const filler of Object.values(fillers))
    expect(finder.find(fill(filler, 70_000), { shapes: true })).toEqual([])
})

test('what is remembered later is found by the same finder, and before it is not', () => {
  const later = randomText(30, 99)
  const text = `its value is ${later}.`
  expect(finder.find(text, { shapes: false })).toEqual([])
  rememberSecret(later, 'client secret')
  expect(finder.find(text, { shapes: false })).toEqual([
    { start: 13, end: 43, kind: 'client secret', isKnown: true },
  ])
})

test('a beginning at the end of a text is told, the longest one', () => {
  const [, , , opaque = ''] = secrets
  expect(finder.beginningAtEnd(`so far: ${opaque.slice(0, 20)}`, 8192)?.at).toBe(8)
  expect(finder.beginningAtEnd(`so far: ${opaque.slice(0, 1)}`, 8192)?.at).toBe(8)
  expect(finder.beginningAtEnd('nothing of it: ~', 8192)).toBeUndefined()
})

test('a text that is nothing but a secret, spelt out, leaves the finder as it was', () => {
  rememberSecret('a'.repeat(30))
  // As many bytes as are looked at in one go, and each of them may begin it.
  const list = '97,'.repeat(1 << 17)
  expect(uncovered(list, 0, list.length).length).toBeLessThan(10)
  const key = `ghp_${randomText(36, 7, alphabets.alphanumeric)}`
  expect(finder.find(`key = ${key}`, { shapes: true })).toMatchObject([
    { start: 6, end: 46, kind: 'GitHub token' },
  ])
})
