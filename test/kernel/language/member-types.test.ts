import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type LanguageSession, type Match, openLanguage } from '../../support/language-session.js'

const files = {
  'one.ts': 'export interface Row { value: string }\nexport const madeByOne = { value: "a" } as Row\n',
  'two.ts': 'export interface Row { value: number }\nexport const madeByTwo = { value: 1 } as Row\n',
}

/** An object that TypeScript does not write out whole: `{ key0: number; ... 58 more ...; key59: number }`. */
function long(middle: string): string {
  return `{ ${Array.from({ length: 60 }, (_, n) => `key${n}: ${n === 30 ? middle : n}`).join(', ')} }`
}

const cells = [
  `interface Alert {
     id: string
     /** What a person reads. */
     title?: string
    'two words': number
     close(reason?: string): Promise<void>
   }
   /** Finds it by a \`word\`. */
   function findTitle(word: string) { return alerts.find(({ title }) => title === word) }
   /** How many there are. */
   let notedCount = 1
   /** What it is about. */
   enum Topic { mail, host }
   const alerts: Alert[] = [{ id: 'a', 'two words': 2, async close() {} }]
   let nothingYet: Alert | undefined`,
  `import { madeByOne } from './one'
   import { madeByTwo } from './two'`,
  `const longWithText = ${long("'text'")}
   const longWithNumber = ${long('30')}`,
]

let language: LanguageSession
beforeAll(async () => {
  language = await openLanguage(cells, { files })
}, 60_000)
afterAll(async () => {
  await language[Symbol.asyncDispose]()
})

async function typeOf(marked: string, name: string): Promise<string | undefined> {
  const { matches } = await language.complete(marked)
  return matches.find(({ text }) => text === name)?.signature
}

describe('members', () => {
  test('those that may be missing go by their names, with their types', async () => {
    const { names, matches } = await language.complete('alerts[0]!.|')
    expect(names).toEqual(['close', 'id', 'title'])
    expect(matches.map(({ signature }) => signature)).toEqual([
      '(reason?: string | undefined) => Promise<void>',
      'string',
      'string | undefined',
    ])
  })

  test.each([
    ['nothingYet.|', { start: 10, end: 11 }],
    ['alerts.find(({ id }) => id === "b").|', { start: 35, end: 36 }],
    ['"😀"; alerts.at(0) .\n  |', { start: 18, end: 22 }],
    ['nothingYet.ti|', { start: 10, end: 13, names: ['?.title'] }],
    ['nothingYet?.ti|', { start: 12, end: 14, names: ['title'] }],
  ])('of what may be nothing: %s', async (marked, expected) => {
    const found = await language.complete(marked)
    expect(found).toMatchObject({ names: ['?.close', '?.id', '?.title'], ...expected })
    expect(found.matches.at(-1)).toMatchObject({ type: 'property', signature: 'string | undefined' })
  })

  test('all of a long list have what TypeScript knows', async () => {
    const { matches } = await language.complete('process.get|')
    expect(matches.length).toBeGreaterThan(5)
    expect(matches.filter(({ signature }) => signature === undefined)).toEqual([])
  })
})

describe('comments come with the names', () => {
  const commentOf = async (marked: string, name: string) =>
    (await language.complete(marked)).matches.find(({ text }) => text === name)?.documentation

  test('of methods, members and functions', async () => {
    expect(await commentOf('alerts.fil|', 'filter')).toMatch(/^Returns the elements of an array that meet/)
    expect(await commentOf('alerts[0]!.|', 'title')).toBe('What a person reads.')
    expect(await commentOf('findTit|', 'findTitle')).toBe('Finds it by a `word`.')
    expect(await commentOf('noted|', 'notedCount')).toBe('How many there are.')
    expect(await commentOf('Top|', 'Topic')).toBe('What it is about.')
    expect(await commentOf('alerts[0]!.|', 'id')).toBeUndefined()
  })

  test('but not the secrets in them, nor in types', async () => {
    const token =
      'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U'
    const told = `{\n/** As in ${token}. */\npart: '${token}' }`
    const { matches } = await language.complete(`const held: ${told} = { part: '${token}' }\nheld.|`)
    expect(matches).toMatchObject([
      { text: 'part', documentation: expect.stringMatching(/^As in ‹redacted/) },
    ])
    expect(JSON.stringify(matches)).not.toContain('dozjgNry')
  })

  test('and follow what is written', async () => {
    const noted = (comment: string) => `const noted: {\n/** ${comment} */\npart: number } = { part: 1 }`
    for (const comment of ['first', 'second']) {
      expect(await commentOf(`${noted(comment)}\nnoted.|`, 'part')).toBe(comment)
    }
    // Files of cells are used again: the third is where the first was.
    for (const comment of ['third', 'fourth', 'fifth']) {
      await language.kernel.run(noted(comment))
      expect(await commentOf('noted.|', 'part')).toBe(comment)
    }
  })
})

describe('types of members, asked for again', () => {
  test('are the same', async () => {
    const first = await language.complete('const made = alerts.map(({ id }) => id)\nmade.|')
    const again = await language.complete('const others = alerts.flatMap(({ id }) => [id])\nothers.|')
    const told = (matches: Match[]) => matches.map(({ text, type, signature }) => [text, type, signature])
    expect(told(again.matches)).toEqual(told(first.matches))
    expect(first.matches.find(({ text }) => text === 'at')?.signature).toBe(
      '(index: number) => string | undefined',
    )
  })

  test('are not those of another type of the same name', async () => {
    expect(await typeOf('madeByOne.|', 'value')).toBe('string')
    expect(await typeOf('madeByTwo.|', 'value')).toBe('number')
  })

  test('are not those of another type whose text is cut short', async () => {
    expect(await typeOf('let part!: Partial<typeof longWithText>\npart.key3|', 'key30')).toBe(
      'string | undefined',
    )
    expect(await typeOf('let part!: Partial<typeof longWithNumber>\npart.key3|', 'key30')).toBe(
      'number | undefined',
    )
  })

  test('follow a type of the same cell', async () => {
    const cell = (type: string) => `interface Here { value: ${type} }\nlet here!: Partial<Here>\nhere.|`
    expect(await typeOf(cell('string'), 'value')).toBe('string | undefined')
    expect(await typeOf(cell('number'), 'value')).toBe('number | undefined')
  })

  test('follow a type that is declared again', async () => {
    const declared = (type: string) => `interface Again { value: ${type} }\nlet again: Partial<Again> = {}`
    await language.kernel.run(declared('string'))
    expect(await typeOf('again.|', 'value')).toBe('string | undefined')
    await language.kernel.run(declared('number'))
    expect(await typeOf('again.|', 'value')).toBe('number | undefined')
  })
})
