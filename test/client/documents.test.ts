import { expect, test } from 'vitest'
import { gql, parseDocument, readOperation } from '../../src/client/document.js'

test('a document that is sent again is not parsed again', async () => {
  const first = await parseDocument('query Again { id }')
  expect(await parseDocument('query Again { id }')).toBe(first)
  expect(await parseDocument('query Other { id }')).not.toBe(first)
})

test('the oldest make room for others', async () => {
  const first = await parseDocument('query First { id }')
  for (let i = 0; i < 20; i++) await parseDocument(`query Long${i} { id } # ${'x'.repeat(10_000)}`)
  const last = await parseDocument('query Last { id }')

  expect(await parseDocument('query First { id }')).not.toBe(first)
  expect(await parseDocument('query Last { id }')).toBe(last)
})

test('one that is longer than all that is kept is read nevertheless, and drives none out', async () => {
  const first = await parseDocument('query Kept { id }')
  const long = `query Huge { id } # ${'x'.repeat(200_000)}`

  expect(await readOperation(long, undefined)).toMatchObject({ name: 'Huge' })
  expect(await parseDocument(long)).not.toBe(await parseDocument(long))
  expect(await parseDocument('query Kept { id }')).toBe(first)
})

test('a mistake is told every time', async () => {
  for (let i = 0; i < 2; i++) {
    await expect(parseDocument('query { id')).rejects.toMatchObject({ code: 'XDR_QUERY_SYNTAX' })
  }
})

test('a fragment that two others share is defined once', async () => {
  const name = gql`fragment name on TDRUser { given_name }`
  const me = gql`fragment me on TDRUser { id ...name } ${name}`
  const others = gql`fragment others on TDRUser { email ...name } ${name}`
  const { source } = gql`query { currentTDRUser { ...me ...others } } ${me} ${others}`

  const { document } = await parseDocument(source)
  const defined = document.definitions.map((each) =>
    each.kind === 'FragmentDefinition' ? each.name.value : '',
  )
  expect(defined).toEqual(['', 'me', 'name', 'others'])
})
