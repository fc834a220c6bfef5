import { describe, expect, test } from 'vitest'
import type { GivenValues } from '../../src/notebook/parameters.js'
import { injectedLines, refusalOf, textsOf, valuesOf } from './parameter-notebook.js'

const problemsOf = (source: string, given: GivenValues) =>
  refusalOf(source, given).message.replace(/^a parameter of n\.ipynb is wrong: /, '')

describe('texts of -p and -r become values of the declared type, declared again with it', () => {
  test.each([
    // Texts are taken as they are.
    ["const x: string = 'a'", ['x=eu'], 'const x: string = "eu"'],
    ["const x: string = 'a'", ['x=007'], 'const x: string = "007"'],
    ["const x: string = 'a'", ['x='], 'const x: string = ""'],
    ["const x: string = 'a'", ['x=a=b'], 'const x: string = "a=b"'],
    ["const x: string = 'a'", ['x="q"'], 'const x: string = "\\"q\\""'],
    ["const x: string = 'a'", ['x=true'], 'const x: string = "true"'],
    ["let x = '-1d'", ['x=-7d'], 'let x: string = "-7d"'],
    ['const x = `a`', ['x=b'], 'const x: string = "b"'],
    ["const x = process.env.REGION ?? 'us'", ['x=5'], 'const x: string = "5"'],
    ["const x = 'a' + 1", ['x=b'], 'const x: string = "b"'],
    // Numbers.
    ['const x: number = 1', ['x=5'], 'const x: number = 5'],
    ['const x = 1', ['x=-2.5e3'], 'const x: number = -2500'],
    ['const x = 7 * 24', ['x=1'], 'const x: number = 1'],
    ['const x = -1', ['x=0'], 'const x: number = 0'],
    ['const x: bigint = 1n', ['x=9007199254740993'], 'const x: bigint = 9007199254740993n'],
    ['const x = 1n', ['x=-4'], 'const x: bigint = -4n'],
    // Yes and no.
    ['const x = false', ['x=true'], 'const x: boolean = true'],
    ['const x: boolean = true', ['x=false'], 'const x: boolean = false'],
    // One of several.
    ["const x: 'us' | 'eu' = 'us'", ['x=eu'], "const x: 'us' | 'eu' = \"eu\""],
    ["const x: 1 | 2 | 'all' = 1", ['x=2'], "const x: 1 | 2 | 'all' = 2"],
    ["const x: 1 | 2 | 'all' = 1", ['x=all'], 'const x: 1 | 2 | \'all\' = "all"'],
    ["const x: '1' | '2' = '1'", ['x=2'], "const x: '1' | '2' = \"2\""],
    ['const x: string | number = 1', ['x=5'], 'const x: string | number = 5'],
    ['const x: string | number = 1', ['!x=5'], 'const x: string | number = "5"'],
    ['const x: string | number = 1', ['x=five'], 'const x: string | number = "five"'],
    ['const x: 1n | 2n = 1n', ['x=2'], 'const x: 1n | 2n = 2n'],
    ['const x: true | "auto" = true', ['x=true'], 'const x: true | "auto" = true'],
    ['const x: `-$\x7bnumber}d` = "-1d"', ['x=5'], 'const x: `-$\x7bnumber}d` = "5"'],
    ['const x:\n  | "us"\n  | "eu"\n  = "us"', ['x=eu'], 'const x: | "us" | "eu" = "eu"'],
    ['const x: string | null = null', ['x=null'], 'const x: string | null = null'],
    ['const x: string | null = null', ['!x=null'], 'const x: string | null = "null"'],
    ['const x: string | null = null', ['x="q"'], 'const x: string | null = "\\"q\\""'],
    ['let x: number | undefined', ['x=undefined'], 'let x: number | undefined = undefined'],
    ['let x: number | undefined', ['x=3'], 'let x: number | undefined = 3'],
    ["const x: string & {} = 'a'", ['x=b'], 'const x: string & {} = "b"'],
    // Names of types that the cell declares.
    ["type Region = 'us' | 'eu'\nconst x: Region = 'us'", ['x=eu'], 'const x: Region = "eu"'],
    ["const x = 'us' as Region\ntype Region = 'us' | 'eu'", ['x=eu'], 'const x: Region = "eu"'],
    ["type A = B\ntype B = 'p' | 'q'\nlet x = 'p' satisfies A", ['x=q'], 'let x: A = "q"'],
    ['export type R = 1 | 2\nexport const x: R = 1', ['x=2'], 'const x: R = 2'],
    // Arrays: again and again, or as JSON, or one.
    ['const x: string[] = []', ['x=a', 'x=b'], 'const x: string[] = ["a", "b"]'],
    ['const x: string[] = []', ['x=a'], 'const x: string[] = ["a"]'],
    ['const x: string[] = []', ['x=["a","b"]'], 'const x: string[] = ["a", "b"]'],
    ['const x: string[] = []', ['x=[]'], 'const x: string[] = []'],
    ['const x: string[] = []', ['x=5'], 'const x: string[] = ["5"]'],
    ['const x: string[] = []', ['!x=["a"]'], 'const x: string[] = ["[\\"a\\"]"]'],
    ['const x: string[] = []', ['x=[::1]'], 'const x: string[] = ["[::1]"]'],
    ['const x: string[] = []', ['x=a', '!x=["b"]'], 'const x: string[] = ["a", "[\\"b\\"]"]'],
    ['const x: readonly number[] = []', ['x=1', 'x=2'], 'const x: readonly number[] = [1, 2]'],
    ["const x: Array<'a' | 'b'> = []", ['x=b'], "const x: Array<'a' | 'b'> = [\"b\"]"],
    ["const x = ['a', 'b']", ['x=c'], 'const x: string[] = ["c"]'],
    ["const x = ['a', 1]", ['x=c', 'x=2'], 'const x: (string | number)[] = ["c", 2]'],
    ["const x = ['a'] as const", ['x=c'], 'const x: string[] = ["c"]'],
    ['const x: string[] | null = null', ['x=a'], 'const x: string[] | null = ["a"]'],
    ['const x: string | string[] = []', ['x=a', 'x=b'], 'const x: string | string[] = ["a", "b"]'],
    ['const x: [string, number] = ["a", 1]', ['x=5', 'x=6'], 'const x: [string, number] = ["5", 6]'],
    [
      'const x: [from: number, to: number] = [1, 2]',
      ['x=[3,4]'],
      'const x: [from: number, to: number] = [3, 4]',
    ],
    ['const x = []', ['x=a', 'x=b'], 'const x: string[] = ["a", "b"]'],
    // Objects as JSON.
    [
      'const x: { a: number; b?: string } = { a: 1 }',
      ['x={"a":2}'],
      'const x: { a: number; b?: string } = { a: 2 }',
    ],
    ['interface F { a: number }\nconst x: F = { a: 1 }', ['x={"a":2}'], 'const x: F = { a: 2 }'],
    [
      'const x: Record<string, number> = {}',
      ['x={"a b":2}'],
      'const x: Record<string, number> = { "a b": 2 }',
    ],
    [
      "const x: Record<'a', boolean> = { a: true }",
      ['x={"a":false}'],
      "const x: Record<'a', boolean> = { a: false }",
    ],
    [
      "const x = { a: 'b', 'c-d': 1 }",
      ['x={"c-d":2,"a":"e"}'],
      'const x: { a: string; "c-d": number } = { "c-d": 2, a: "e" }',
    ],
    ['const x: object = {}', ['x={"a":[1]}'], 'const x: object = { a: [1] }'],
    // Dates, and texts that only look like them.
    [
      "const x: Date = new Date('2026-01-01')",
      ['x=2026-02-03'],
      'const x: Date = new Date("2026-02-03T00:00:00.000Z")',
    ],
    ['const x = new Date()', ['x=2026-02-03T04:05Z'], 'const x: Date = new Date("2026-02-03T04:05:00.000Z")'],
    ["const x: string = '2026-01-01'", ['x=2026-02-03'], 'const x: string = "2026-02-03"'],
    // What is not understood takes any JSON, and what is no JSON as a text.
    ['const x: Map<string, number> = new Map()', ['x={"a":1}'], 'const x: Map<string, number> = { a: 1 }'],
    ['const x = compute()', ['x=5'], 'const x: number = 5'],
    ['const x = compute()', ['x=five'], 'const x: string = "five"'],
    ['const x = compute()', ['x=a', 'x=2'], 'const x: (string | number)[] = ["a", 2]'],
    ['const x: unknown = 1', ['x={"a":[true,null]}'], 'const x: unknown = { a: [true, null] }'],
    [
      'type T = { next?: T }\nconst x: T = {}',
      ['x={"next":{"next":{}}}'],
      'const x: T = { next: { next: {} } }',
    ],
  ])('%s with %j', (source, written, line) => {
    expect(injectedLines(source, textsOf(written))).toEqual([line])
  })
})

describe('values of a file are taken as what they are', () => {
  test.each([
    ["const x: string = 'a'", { x: 'b' }, 'const x: string = "b"'],
    ['const x: number = 1', { x: 2 }, 'const x: number = 2'],
    ['const x: bigint = 1n', { x: 2n ** 64n }, 'const x: bigint = 18446744073709551616n'],
    ['const x: string | null = null', { x: null }, 'const x: string | null = null'],
    ["const x: 'us' | 'eu' = 'us'", { x: 'eu' }, "const x: 'us' | 'eu' = \"eu\""],
    ['const x: string[] = []', { x: ['a'] }, 'const x: string[] = ["a"]'],
    [
      'const x: { a: Date }[] = []',
      { x: [{ a: '2026-01-02' }] },
      'const x: { a: Date }[] = [{ a: new Date("2026-01-02T00:00:00.000Z") }]',
    ],
    ['const x: any = 1', { x: [-0, { a: 1 }] }, 'const x: any = [-0, { a: 1 }]'],
  ])('%s with %o', (source, values, line) => {
    expect(injectedLines(source, valuesOf(values))).toEqual([line])
  })
})

describe('what does not fit is refused, in words that name the place', () => {
  test.each([
    ['const x = 1', ['x=abc'], 'x: "abc" is not a number'],
    ['const x = 1', ['x='], 'x: "" is not a number'],
    ['const x = 1', ['x=0x10'], 'x: "0x10" is not a number'],
    ['const x = 1', ['x=NaN'], 'x: "NaN" is not a number'],
    ['const x = 1', ['x=true'], 'x: "true" is not a number'],
    ['const x = 1', ['x=1', 'x=2'], 'x: was given 2 times, and takes one value'],
    [
      'const x = 1',
      ['x=9007199254740993'],
      'x: 9007199254740993 is too large for a number; declare it as bigint or string',
    ],
    ['const x = 1n', ['x=1.5'], 'x: "1.5" is not a whole number'],
    ['const x = true', ['x=yes'], 'x: "yes" is not true or false'],
    ['const x = true', ['!x=true'], 'x: "true" is not true or false'],
    ["const x: 'us' | 'eu' = 'us'", ['x=mars'], 'x: "mars" is not one of "us", "eu"'],
    ["type R = 'us' | 'eu'\nconst x: R[] = []", ['x=us', 'x=mars'], 'x[1]: "mars" is not one of "us", "eu"'],
    ['const x: number | null = 1', ['x=abc'], 'x: "abc" is not number | null'],
    ['const x: string[] = []', ['x=["a",1]'], 'x[1]: 1 is not a text'],
    ['const x: number[] = []', ['x=1', 'x=b'], 'x[1]: "b" is not a number'],
    ['const x: number[] = []', ['x=b'], 'x: "b" is not a number'],
    ['const x: [string, number] = ["a", 1]', ['x=["a"]'], 'x: ["a"] is not [string, number]'],
    ['const x: { a: number } = { a: 1 }', ['x={}'], 'x: lacks a (number)'],
    ['const x: { a: number } = { a: 1 }', ['x={"a":"b"}'], 'x.a: "b" is not a number'],
    ['const x: { a: number } = { a: 1 }', ['x={"a":1,"b":2}'], 'x.b: is not a field of { a: number }'],
    [
      'const x: { a: { b: boolean }[] } = { a: [] }',
      ['x={"a":[{"b":1}]}'],
      'x.a[0].b: 1 is not true or false',
    ],
    ['const x: { a: number } = { a: 1 }', ['x=a'], 'x: "a" is not { a: number }'],
    ['const x: { a: number } | null = null', ['x={"a":"b"}'], 'x.a: "b" is not a number'],
    ['const x: Record<string, number> = {}', ['x={"a":"b"}'], 'x.a: "b" is not a number'],
    ['const x: Date = new Date()', ['x=-7d'], 'x: "-7d" is not a date as 2026-01-31 or 2026-01-31T08:00Z'],
    [
      'const x: Date = new Date()',
      ['x=2026-13-45'],
      'x: "2026-13-45" is not a date as 2026-01-31 or 2026-01-31T08:00Z',
    ],
    ['const x: Date = new Date()', ['x=5'], 'x: "5" is not a date as 2026-01-31 or 2026-01-31T08:00Z'],
    ['let x: string\nconst limit = 1', ['limit=2'], 'x: is needed, and has no default (string)'],
    ['const limit = 1, region = "us"', ['limt=2'], 'limt: there is no such parameter; the nearest is limit'],
    ['console.log(1)', ['limit=2'], 'limit: the notebook declares no parameters'],
    ['const { limit } = { limit: 1 }\nfunction f() {}', ['f=2'], 'f: the notebook declares no parameters'],
  ])('%s with %j', (source, written, problem) => {
    expect(problemsOf(source, textsOf(written))).toBe(problem)
  })

  test.each([
    ["const x: string = 'a'", { x: 1.1 }, 'x: 1.1 is not a text'],
    ["const x: string = 'a'", { x: null }, 'x: null is not a text'],
    ['const x: number = 1', { x: '5' }, 'x: "5" is not a number'],
    ['const x: number = 1', { x: Number.NaN }, 'x: NaN is not a number'],
    ['const x: string[] = []', { x: 'a' }, 'x: "a" is not string[]'],
    [
      'const x: boolean = true',
      { x: { a: 2n ** 64n } },
      'x: {"a":"18446744073709551616"} is not true or false',
    ],
    ['const x: { a: number } = { a: 1 }', { x: [1] }, 'x: [1] is not { a: number }'],
  ])('%s with %o of a file', (source, values, problem) => {
    expect(problemsOf(source, valuesOf(values))).toBe(problem)
  })

  test('all at once, with where the parameters are listed', () => {
    const source = "let tenant: string\nconst limit = 1\nconst region: 'us' | 'eu' = 'us'"
    const { message, hint } = refusalOf(source, textsOf(['limit=x', 'regio=eu', 'region=mars']))
    expect(message.split('\n').map((line) => line.trim())).toEqual([
      '4 parameters of n.ipynb are wrong:',
      'regio: there is no such parameter; the nearest is region',
      'tenant: is needed, and has no default (string)',
      'limit: "x" is not a number',
      'region: "mars" is not one of "us", "eu"',
    ])
    expect(hint).toBe('xdrlab run n.ipynb --help lists the parameters')
  })

  test('a long value is cut, and marks that rewrite a terminal are taken out of it', () => {
    const problem = problemsOf('const x = 1', textsOf([`x=\u001b[31m\u202e${'a'.repeat(500)}`]))
    expect(problem).not.toMatch(/[\u001b\u202e]/)
    expect(problem.length).toBeLessThan(100)
  })

  test('a value that is needed is missed also where nothing is given', () => {
    expect(problemsOf('let tenant: string', textsOf([]))).toBe(
      'tenant: is needed, and has no default (string)',
    )
    expect(injectedLines('let tenant: string | undefined\nlet other', textsOf([]))).toEqual([])
  })
})
