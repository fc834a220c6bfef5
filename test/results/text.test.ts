import { expect, test } from 'vitest'
import { checkUrl, parseRetryAfter } from '../../src/http.js'
import { escapeHtml, plain } from '../../src/text.js'

const texts: [string, unknown, string][] = [
  ['an ordinary text', 'Ana', 'Ana'],
  ['other scripts', 'アナ Ænǽ 👩‍🚀'.normalize(), 'アナ Ænǽ 👩🚀'],
  ['space around', '  a  ', 'a'],
  ['runs of white space', 'a \t\r\n\u00a0 b', 'a b'],
  ['C0 and DEL', 'a\u0000\u0008\u001b\u007fb', 'ab'],
  ['C1', 'a\u0080\u009b\u009fb', 'ab'],
  ['bidi marks', 'a\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069b', 'ab'],
  ['zero width', 'a\u200b\u200c\u200d\u2060b', 'ab'],
  [
    'a hyperlink escape',
    '\u001b]8;;https://evil.example\u0007click\u001b]8;;\u0007',
    ']8;;https://evil.exampleclick]8;;',
  ],
  ['a number', 7, '7'],
  ['nothing', undefined, 'undefined'],
]

test.for(texts)('plain: %s', ([, value, shown]) => {
  expect(plain(value)).toBe(shown)
})

test('plain cuts with a mark, and never through the middle of a character', () => {
  expect(plain('abcdef', 6)).toBe('abcdef')
  expect(plain('abcdefg', 6)).toBe('abcde…')
  expect(plain('abcd😀fg', 6)).toBe('abcd…')
})

test('escapeHtml leaves nothing that can open a tag, an entity or an attribute', () => {
  expect(escapeHtml(`<a href="x" on='y'>&amp;`)).toBe('&#60;a href=&#34;x&#34; on=&#39;y&#39;&#62;&#38;amp;')
})

const now = Date.parse('2026-03-01T12:00:00Z')
const waits: [string | undefined, number | undefined][] = [
  [undefined, undefined],
  ['', undefined],
  ['120', 120_000],
  [' 120 ', 120_000],
  ['3172s', 3_172_000],
  ['3172 S', 3_172_000],
  ['0', 0],
  ['1.5', 1_500],
  ['Sun, 01 Mar 2026 12:00:30 GMT', 30_000],
  ['Sun, 01 Mar 2026 11:00:00 GMT', 0],
  ['-5', undefined],
  ['soon', undefined],
  ['5 minutes', undefined],
  ['12e3', undefined],
  ['0x10', undefined],
]

test.for(waits)('Retry-After: %s is %s ms', ([value, ms]) => {
  expect(parseRetryAfter(value, now)).toBe(ms)
})

test.for(['https://a.example/x?y#z', 'http://localhost', 'http://127.0.0.1:1', 'http://[::1]/'])(
  '%s is allowed',
  (url) => {
    expect(checkUrl(url, 'it').href).toBe(new URL(url).href)
  },
)
