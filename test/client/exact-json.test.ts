import { LosslessNumber } from 'lossless-json'
import { expect, test } from 'vitest'
import { parseExactJson, stringifyExactJson } from '../../src/json.js'

const long = 9_007_199_254_740_993n

test.each([
  ['no long number', { a: [1, 'ü', null, true], b: {} }, '{"a":[1,"ü",null,true],"b":{}}'],
  ['a bigint deep inside', { a: [{ id: long }] }, '{"a":[{"id":9007199254740993}]}'],
  ['a bigint alone', long, '9007199254740993'],
  ['a number of the exact library', { id: new LosslessNumber('1e400') }, '{"id":1e400}'],
  ['nothing', undefined, 'null'],
  ['a date', { at: new Date(0) }, '{"at":"1970-01-01T00:00:00.000Z"}'],
])('%s is written with every digit', (_name, value, text) => {
  expect(stringifyExactJson(value)).toBe(text)
})

test('a program that has given bigint a toJSON of its own changes nothing', () => {
  const onBigInt: object = BigInt.prototype
  Object.defineProperty(onBigInt, 'toJSON', { value: () => 'text', configurable: true })
  try {
    expect(stringifyExactJson({ id: long })).toBe('{"id":9007199254740993}')
  } finally {
    Reflect.deleteProperty(onBigInt, 'toJSON')
  }
})

test('a value that holds itself is an error, not a run without end', () => {
  const value: { self?: object } = {}
  value.self = value
  expect(() => stringifyExactJson(value)).toThrow(RangeError)
})

test('what is written is read again as it was', () => {
  const value = { id: long, low: -(2n ** 63n), small: 1, list: [0.5, '9007199254740993'] }
  expect(parseExactJson(stringifyExactJson(value, 2))).toEqual(value)
})
