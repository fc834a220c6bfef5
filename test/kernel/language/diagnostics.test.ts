// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the text of cells
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type LanguageSession, openLanguage } from '../../support/language-session.js'

const files = {
  'helper.ts': 'export function helpMe(name: string): number { return name.length }\n',
  'old.js': 'exports.half = (n) => n / 2\n',
  'node_modules/mapped/package.json': JSON.stringify({
    name: 'mapped',
    type: 'module',
    exports: { '.': { types: './types/index.d.ts', default: './index.js' } },
  }),
  'node_modules/mapped/index.js': 'export const mappedValue = { inner: 1 }\n',
  'node_modules/mapped/types/index.d.ts': 'export declare const mappedValue: { inner: number }\n',
}

const cells = [
  `interface Alert { id: string; severity: number; tags?: string[] }
   const alerts: Alert[] = [{ id: 'a', severity: 0.5, tags: ['x'] }]
   function findAlert(id: string): Alert | undefined { return alerts.find((alert) => alert.id === id) }
   let count = 1
   let name = 'not the global one'
   class Watcher { start(at: number) { return at } }
   enum Level { low, high }`,
  'let count = "now a text"',
  "import { mappedValue } from 'mapped'",
]

let language: LanguageSession
beforeAll(async () => {
  language = await openLanguage(cells, { files })
}, 60_000)
afterAll(async () => {
  await language[Symbol.asyncDispose]()
})

describe('is a problem', () => {
  test.each<[title: string, code: string, problems: string[]]>([
    ['a wrong type', 'const wrong: number = "text"', ['1:7 ts(2322)']],
    [
      'two of them, in order',
      'const a1: number = ""\n\nconst b1: string = 1',
      ['1:7 ts(2322)', '3:7 ts(2322)'],
    ],
    ['an unknown member', 'alerts[0]!.severty', ['1:12 ts(2551)']],
    ['an unknown member behind an emoji', '"😀"; alerts[0]!.nothing', ['1:18 ts(2339)']],
    [
      'an unknown member in a nested template',
      '`a ${alerts.map((each) => `${each.nothing}`)}`',
      ['1:35 ts(2339)'],
    ],
    ['an unknown name', 'neverDeclared', ['1:1 ts(2304)']],
    ['a wrong argument', 'findAlert(5)', ['1:11 ts(2345)']],
    ['a missing argument', 'findAlert()', ['1:1 ts(2554)']],
    ['what may be undefined', 'findAlert("a").id', ['1:1 ts(2532)']],
    ['a missing property', 'const one: Alert = { id: "a" }', ['1:7 ts(2741)']],
    ['a property too many', 'const two: Alert = { id: "a", severity: 1, sevrity: 2 }', ['1:44 ts(2561)']],
    ['a value of a redeclared name', 'count.toFixed()', ['1:7 ts(2551)']],
    ['a wrong assignment to an earlier variable', 'count = 5', ['1:1 ts(2322)']],
    ['an unknown export', "import { nothing } from 'mapped'", ['1:10 ts(2305)']],
    ['an unknown export of xdrlab', "import { conect } from 'xdrlab'", ['1:10 ts(2724)']],
    ['an unknown export of Node', "import { readFil } from 'node:fs'", ['1:10 ts(2724)']],
    ['a wrong use of a file of the folder', "import { helpMe } from './helper'\nhelpMe(1)", ['2:8 ts(2345)']],
    ['a wrong use of a class', 'new Watcher().start("now")', ['1:21 ts(2345)']],
    ['an unknown member of an enum', 'Level.middle', ['1:7 ts(2339)']],
    ['a wrong option of display', 'display.html("a", { nothing: 1 })', ['1:21 ts(2353)']],
    ['a wrong level', 'checkTypes("loud")', ['1:12 ts(2345)']],
    ['a parameter without a type', 'function untyped(a) { return a }', ['1:18 ts(7006)']],
    ['a wrong type in an object alone', '{ one: alerts[0]!.nothing }', ['1:19 ts(2339)']],
  ])('%s: %s', async (_title, code, expected) => {
    const problems = await language.problems(code)
    expect(problems.map(({ place, code: number }) => `${place} ${number}`)).toEqual(expected)
  })
})

describe('is none', () => {
  test.each<[title: string, code: string]>([
    ['a declaration again', 'let count = 1'],
    ['the same once more, otherwise', 'const count = [1]'],
    ['a class again', 'class Watcher { stop() {} }\nnew Watcher().stop()'],
    ['an interface again, otherwise', 'interface Alert { other: number }\nconst x1: Alert = { other: 1 }'],
    ['what is never read', 'const neverRead = 1; function neverCalled(unused: string) {}'],
    ['an import that is not used', "import { readFileSync } from 'node:fs'"],
    ['an expression alone', 'alerts'],
    ['an expression alone, with a dot', 'alerts.length'],
    ['an object alone', '{ a: 1, b: [2] }'],
    ['top-level await', 'await Promise.resolve(1)'],
    ['top-level for await', 'for await (const each of [1]) each'],
    ['an awaited function', 'await (async () => 1)()'],
    ['using', 'using held = { [Symbol.dispose]() {} }'],
    ['await using', 'await using held2 = { async [Symbol.asyncDispose]() {} }'],
    [
      'a decorator as the kernel lowers it',
      'const seen = (target: unknown, key: string) => {}\nclass Seen { @seen part = 1 }',
    ],
    ['a name of the browser’s', 'name.length'],
    ['globals of Node', 'process.version + Buffer.from("a").length + __dirname + require("node:os").EOL'],
    [
      'globals of the kernel',
      'display.text; table; sql; comm; page; setNextInput; input; password; newDisplay',
    ],
    ['import.meta', 'import.meta.url'],
    ['an exports map', 'mappedValue.inner.toFixed()'],
    ['a path with an ending', "import { helpMe as help2 } from './helper.ts'\nhelp2('a')"],
    ['a CommonJS file', "const { half } = require('./old.js')\nhalf(2)"],
    ['a package that comes with xdrlab', "import { parse } from 'graphql'\nparse('{ a }').kind"],
    ['xdrlab itself', "import { connect, taegis, gql } from 'xdrlab'\ntypeof connect"],
    ['tslab', "import { display as shown } from 'tslab'\nshown.text"],
    ['an assignment to what an earlier cell declared constant', 'mappedValue'],
    ['exports', 'export const shared = 1\nexport default shared'],
    ['enums', 'enum Kind { a = 1, b }\nKind.a'],
    ['a nocheck comment', '// @ts-nocheck\nconst x2: number = ""'],
  ])('%s: %s', async (_title, code) => {
    expect(await language.problems(code)).toEqual([])
  })
})

test('a name of xdrlab that is not imported is told with its import', async () => {
  const [problem] = await language.problems('secureEndpoint.name')
  expect(problem?.message).toBe(
    "Cannot find name 'secureEndpoint'. Add: import { secureEndpoint } from 'xdrlab'",
  )
})

describe('across cells', () => {
  test('a function of an earlier cell knows what later cells declare', async () => {
    await using fresh = await openLanguage()
    await fresh.kernel.run('// @types off\nfunction later() { return declaredLater.length }')
    await fresh.kernel.run('// @types off\nconst declaredLater = "text"')
    expect(await fresh.problems('const size: string = later()')).toEqual([
      { place: '1:7', code: 'ts(2322)', message: "Type 'number' is not assignable to type 'string'." },
    ])
  })

  test('a cell that has failed has declared what it declares', async () => {
    await using fresh = await openLanguage()
    await fresh.kernel.run('const before = 1; throw new Error("failed")')
    expect(await fresh.problems('before.toFixed()')).toEqual([])
    await fresh.kernel.run('let broken = (')
    expect((await fresh.problems('broken'))[0]?.code).toBe('ts(2304)')
  })

  test('a variable that an earlier cell has given its value is not said to lack one', async () => {
    await using fresh = await openLanguage()
    await fresh.kernel.run('// @types off\nlet token: string | undefined')
    await fresh.kernel.run('// @types off\ntoken = "text"')
    expect(await fresh.problems('token.length')).toEqual([])
    expect((await fresh.problems('let own: string | undefined = [""].at(5)\nown.length'))[0]?.place).toBe(
      '2:1',
    )
  })

  test('a cell that is run again and again means its last run', async () => {
    await using fresh = await openLanguage()
    for (let n = 0; n < 30; n++)
      await fresh.kernel.run(`// @types off\nlet again = ${n % 2 === 0 ? n : `"${n}"`}`)
    expect((await fresh.complete('again.to|')).names).toEqual(expect.arrayContaining(['toUpperCase']))
    await fresh.kernel.run('// @types off\nlet again = [1]')
    expect(await fresh.problems('again.map((n) => n.toFixed())')).toEqual([])
  })
})
