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
  ['one of several', 'const first: boolean = !true, isDry: boolean = true // not yet'],
  ['one in brackets', 'const isDry: boolean = (true)\n;[1].map(String)'],
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

test('a value of a type keeps what it is told by it', async () => {
  await using own = await openLanguage(['type Told = (line: string) => number'])
  expect(await own.problems('const lengthOf: Told = (line) => line.length')).toEqual([])
  expect(await own.problems("const wrong: string = lengthOf('four')")).toMatchObject([{ code: 'ts(2322)' }])
})

test('many constants of named types are known at the cursor', async () => {
  const cells = Array.from({ length: 100 }, (_, n) => `const row${n}: Row = { id: ${n}, host: 'h' }`)
  await using own = await openLanguage(['interface Row { id: number; host: string }', ...cells])
  expect((await own.complete('row99.|')).names).toEqual(expect.arrayContaining(['id', 'host']))
})
