import { expect, test } from 'vitest'
import { durationText } from '../../src/duration.js'

test.each([
  [-5, '0.0 s'],
  [0, '0.0 s'],
  [12_340, '12.3 s'],
  [59_940, '59.9 s'],
  [59_960, '1 min 00 s'],
  [65_400, '1 min 05 s'],
  [3_599_400, '59 min 59 s'],
  [3_599_600, '1 h 00 min'],
  [7_262_000, '2 h 01 min'],
])('%i ms are %s', (ms, text) => {
  expect(durationText(ms)).toBe(text)
})
