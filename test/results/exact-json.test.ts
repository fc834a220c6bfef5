import { expect, test } from 'vitest'
import { parseExactJson } from '../../src/json.js'

test('integers beyond 2^53 are exact wherever they stand', () => {
  for (const digits of [
    '9007199254740993',
    '-9007199254740993',
    '9999999999999999',
    '73252035284761978',
    '1'.repeat(40),
  ]) {
    // Every place to sixteen and beyond: the look at every sixteenth character must not miss one.
    for (let shift = 0; shift < 40; shift++) {
      const space = ' '.repeat(shift)
      expect(parseExactJson(`${space}${digits}`)).toBe(BigInt(digits))
      expect(parseExactJson(`${space}{"a":[1,${digits}]}`)).toEqual({ a: [1, BigInt(digits)] })
      expect(parseExactJson(`${space}{"a":\n${digits}}`)).toEqual({ a: BigInt(digits) })
    }
  }
})

test('what fits into a double stays a number, and texts stay texts', () => {
  const text =
    '{"safe":9007199254740991,"usec":1763791234567890,"f":0.12345678901234567,"e":1e300,"t":"id:9007199254740993","m":-9007199254740991}'

  expect(parseExactJson(text)).toEqual(JSON.parse(text))
  expect(parseExactJson('{"a":1,"a":9007199254740993}')).toEqual({ a: 9007199254740993n })
})
