import { parse, print } from 'graphql'
import { expect, test } from 'vitest'
import { gql } from '../../src/client/document.js'

test('a text in parentheses is a document, with the fragments that follow it, each once', () => {
  const id = gql`fragment id on TDRUser { id }`
  const all = gql('fragment all on TDRUser { ...id email }', id)
  expect(gql('{ currentTDRUser { email } }').source).toBe('{ currentTDRUser { email } }')
  expect(all.source.trim()).toBe('fragment all on TDRUser { ...id email }\nfragment id on TDRUser { id }')
  const commented = gql('{ currentTDRUser { ...id } } # who', id, id).source
  expect(print(parse(commented))).toBe(
    print(parse('{ currentTDRUser { ...id } } fragment id on TDRUser { id }')),
  )
})

test.each([
  ['a value', () => Reflect.apply(gql, undefined, ['{ a }', 'value'])],
  ['nothing', () => Reflect.apply(gql, undefined, ['{ a }', undefined])],
  ['a number in place of the text', () => Reflect.apply(gql, undefined, [5])],
  ['no text at all', () => Reflect.apply(gql, undefined, [])],
])('%s is refused', (_, make) => {
  expect(make).toThrow(expect.objectContaining({ code: 'XDR_BAD_OPTION', hint: expect.any(String) }))
})
