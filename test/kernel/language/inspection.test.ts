// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the text of cells
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type LanguageSession, openLanguage } from '../../support/language-session.js'

const cells = [
  `interface Alert {
     /** As the platform knows it. */
     id: string
     severity: number
   }
   /** The open alerts. */
   const alerts: Alert[] = [{ id: 'first one', severity: 0.5 }]
   /**
    * Finds one alert.
    *
    * @param id of the alert
    * @example
    * findAlert('a')
    */
   function findAlert(id: string, limit = 10): Alert | undefined {
     // the body
     return alerts.find((alert) => alert.id === id)
   }
   class Watcher<T> {
     rows: T[] = []
     /** Begins. */
     start(at: Date): this { return this }
   }
   let changing = 1`,
  `import { createHash } from 'node:crypto'
   import { connect } from 'xdrlab'
   /**
    * Changes.
    * @see alerts
    */
   let changing = 'now a text'
   let loose: any = { only: 'live' }
   function over(a: string): string
   function over(a: number, b: boolean): number
   function over(a: unknown): unknown { return a }`,
]

let language: LanguageSession
beforeAll(async () => {
  language = await openLanguage(cells, {
    files: { 'helper.ts': '/** Helps. */\nexport function help() {\n  return "the file"\n}\n' },
  })
}, 60_000)
afterAll(async () => {
  await language[Symbol.asyncDispose]()
})

describe('a tooltip', () => {
  test.each([
    ['the type of a value', 'alert|s', ['const alerts: Alert[]']],
    ['its documentation', 'alert|s', ['The open alerts.']],
    ['its value now', 'alert|s', ['alerts: Array', '(1) [']],
    [
      'the signature of a function',
      'findAler|t',
      ['function findAlert(id: string, limit?: number): Alert | undefined'],
    ],
    ['behind the name as well', 'findAlert|', ['function findAlert(']],
    ['documentation of a function', 'findAler|t', ['Finds one alert.', 'of the alert', "findAlert('a')"]],
    ['members of a type', 'alerts[0].i|d', ['id: string', 'As the platform knows it.', '"first one"']],
    ['a type', 'let x: Aler|t', ['interface Alert']],
    ['a class', 'new Watch|er()', ['Watcher<']],
    ['a method', 'new Watcher<Alert>().sta|rt', ['start(at: Date)', 'Begins.']],
    ['what was redeclared', 'chan|ging', ['let changing: string', '"now a text"', 'Changes.']],
    ['what this cell declares', 'const fre|sh = alerts.map(({ id }) => id)', ['const fresh: string[]']],
    ['parameters by what they are given', 'alerts.map((on|e) => one)', ['one: Alert']],
    ['names of Node', 'createHa|sh', ['function createHash(algorithm: string']],
    ['names of xdrlab', 'conn|ect', ['function connect', 'Signs in to a platform']],
    ['globals of the kernel', 'displ|ay', ['const display: Display']],
    ['behind an emoji', '"😀😀"; alert|s', ['const alerts: Alert[]']],
    ['with a syntax error below', 'alert|s\nconst = 1', ['const alerts: Alert[]']],
    ['in a nested template', 'const t = `a ${`b ${aler|ts}`}`', ['const alerts: Alert[]']],
    ['live values of any', 'loo|se', ['let loose: any', 'only: "live"']],
    ['a keyword’s place has none', 'ret|urn', []],
  ])('says %s: %s', async (_title, marked, parts) => {
    const told = await language.inspect(marked)
    if (parts.length === 0) expect(told).toBeUndefined()
    for (const part of parts) expect(told?.text).toContain(part)
  })

  test('of a name of xdrlab that is not imported says what is needed', async () => {
    const told = await language.inspect('explainSig|nIn')
    expect(told?.text).toContain('function explainSignIn(')
    expect(told?.text).toContain("Needs import { explainSignIn } from 'xdrlab'")
  })

  test('has Markdown with the signature as code, and text without any', async () => {
    const told = await language.inspect('findAler|t')
    expect(told?.markdown).toContain('```typescript\nfunction findAlert(')
    expect(told?.text).not.toContain('```')
    expect(told?.text).not.toMatch(/xdrlab-cells|\(alias\)/)
  })
})

describe('within the parentheses of a call', () => {
  test.each([
    [
      'the first parameter',
      'findAlert(|)',
      ['findAlert(id: string, limit?: number)', 'id: string', 'of the alert'],
    ],
    [
      'the second parameter',
      "findAlert('a', |)",
      ['findAlert(id: string, limit?: number)', 'limit?: number'],
    ],
    ['a call that is not closed', 'findAlert(', ['findAlert(id: string']],
    ['overloads', 'over(|)', ['over(a: string): string', '1 more way to call it']],
    ['the overload that fits', 'over(1, |)', ['over(a: number, b: boolean): number']],
    ['methods', "'a'.slice(|)", ['slice(start?: number, end?: number)']],
    ['constructors', 'new Date(|)', ['Date(']],
  ])('%s: %s', async (_title, marked, parts) => {
    const told = await language.inspect(marked.includes('|') ? marked : `${marked}|`)
    for (const part of parts) expect(told?.text).toContain(part)
  })
})

describe('detail level 1 shows the source', () => {
  test.each([
    ['of a cell', 'findAler|t', 'return alerts.find((alert) => alert.id === id)'],
    ['of a class', 'Watch|er', 'rows: T[] = []'],
    ['of an interface', 'let x: Aler|t', 'severity: number'],
    ['of this cell', 'function mine() {\n  return 42\n}\nmin|e', 'return 42'],
    ['of a file', "import { help } from './helper'\nhel|p()", 'return "the file"'],
    [
      'of Node’s types',
      'createHa|sh',
      'function createHash(algorithm: string, options?: HashOptions): Hash;',
    ],
  ])('%s: %s', async (_title, marked, part) => {
    expect((await language.inspect(marked, 1))?.text).toContain(part)
    expect((await language.inspect(marked, 0))?.text.split(part).length ?? 1).toBeLessThanOrEqual(
      part.includes('createHash') ? 2 : 1,
    )
  })
})
