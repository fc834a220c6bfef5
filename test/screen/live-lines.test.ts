import { expect, test } from 'vitest'
import { textWidth } from '../../src/results/table-width.js'
import { liveLines, wrapWords } from '../../src/screen/live-lines.js'
import { ReflowingTerminal } from '../support/reflowing-terminal.js'

function open(columns: number) {
  const terminal = new ReflowingTerminal(columns)
  terminal.write('$ xdrlab login\n')
  return { terminal, ...liveLines(terminal as unknown as NodeJS.WriteStream) }
}

test.each([
  ['narrower', [25]],
  ['narrower in two steps', [31, 17]],
  ['wider', [120]],
  ['narrower and wider again', [25, 80]],
])('a terminal that becomes %s keeps nothing of what was drawn before', (_name, widths) => {
  const { terminal, draw } = open(80)
  draw(`${'long '.repeat(12)}\n\nwaiting 3 s`)
  for (const [i, width] of widths.entries()) {
    terminal.resize(width)
    draw(`short\nwaiting ${2 - i} s, on a line that is broken in a narrow terminal`)
  }
  const shown = terminal.shown().join('')
  expect(shown.match(/waiting \d/g)).toEqual([`waiting ${3 - widths.length}`])
  expect(shown).not.toContain('long')
  // What stood there before is not ours.
  expect(shown).toContain('$ xdrlab login')
})

test('a text that was broken where the line ended goes whole', () => {
  const { terminal, draw } = open(40)
  draw('x'.repeat(90))
  terminal.resize(30)
  draw('done')
  expect(terminal.shown().filter((line) => line !== '')).toEqual(['$ xdrlab login', 'done'])
})

test.each([
  ['taken away', 'clear', ['$ xdrlab login', 'next']],
  ['left', 'done', ['$ xdrlab login', 'x'.repeat(30), 'x'.repeat(10), 'next']],
] as const)('a text that is %s after the width has changed leaves the rest as it was', (_name, how, rest) => {
  const opened = open(60)
  opened.draw('x'.repeat(40))
  opened.terminal.resize(30)
  opened[how]()
  opened.terminal.write('next\n')
  expect(opened.terminal.shown().filter((line) => line !== '')).toEqual(rest)
})

test('words stay whole, an address stands on a line of its own before it is broken', () => {
  const url = `https://id.example/device?user_code=${'A'.repeat(14)}`
  const text = `  1. Open   ${url}\n  2. Check  that the browser shows 東京 the code`
  expect(wrapWords(text, 50).split('\n')).toEqual([
    '  1. Open',
    url,
    '  2. Check  that the browser shows 東京 the code',
  ])
  expect(wrapWords(text, 38).split('\n')).toEqual([
    `  1. Open   ${url}`,
    '  2. Check  that the browser shows',
    '東京 the code',
  ])
  for (const line of wrapWords(text, 38).split('\n').slice(1)) expect(textWidth(line)).toBeLessThan(39)
})
