import { expect, test } from 'vitest'
import { openLanguage } from '../../support/language-session.js'

const overloads = `
declare global { function told(value: true): 'yes'; function told(value: boolean): 'either' }
Reflect.set(globalThis, 'told', () => 'either')`

test.each([
  ['a constant of a wider type', 'const isDry: boolean = true'],
  ['a variable', 'let isDry: boolean = true'],
  ['a union by its name', 'type Truth = true | false\nconst isDry: Truth = true'],
  ['an exported one', 'export const isDry: true | false = true'],
])('%s is of its type in later cells, and in what they make of it', async (_what, declaration) => {
  await using own = await openLanguage([overloads])
  expect(await own.problems(declaration)).toEqual([])
  expect(await own.problems('const answer = told(isDry)')).toEqual([])
  // What the cell that is open sees is one thing; what the session has made of earlier ones another.
  expect(await own.problems("const said: 'either' = answer")).toEqual([])
  expect(await own.problems("const wrong: 'yes' = answer")).toMatchObject([{ code: 'ts(2322)' }])
})

test('a constant without a type is of that of its value', async () => {
  await using own = await openLanguage([overloads])
  expect(await own.problems('const isDry = true')).toEqual([])
  expect(await own.problems('const answer = told(isDry)')).toEqual([])
  expect(await own.problems("const said: 'yes' = answer")).toEqual([])
})
