import { describe, expect, test } from 'vitest'
import { CellSyntaxError, compileCell, sourceMapOf } from '../../kernel/transform.js'

/** The script without empty lines and indents, for comparing. */
const compiled = (source: string) =>
  compileCell(source)
    .code.split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')

describe('compileCell', () => {
  test.each([
    ['types go', 'const a: number = 1 as any\ninterface B {}', ['let a = 1;']],
    [
      'const and var become let',
      'const a = 1; var b = 2; let c = 3',
      ['let a = 1;', 'let b = 2;', 'let c = 3;'],
    ],
    [
      'but not in inner scopes',
      'for (const a of []) { const b = a }',
      ['for (const a of []) {', 'const b = a;', '}'],
    ],
    ['functions come first', 'f()\nasync function* f() {}', ['let f = async function* () {};', 'f();']],
    [
      'imports come before functions',
      'function f() {}\nimport "x"',
      ['await __xdrlab__.import("x", undefined);', 'let f = function () {};'],
    ],
    [
      'names are asked for with their use',
      'import d, { type T, a, b as c, "odd name" as o } from "x"\na; d',
      [
        'let { "default": d, "a": a, "b": c, "odd name": o } = await __xdrlab__.names("x", undefined, [["default", true], ["a", true], ["b", false], ["odd name", false]]);',
        'a;',
        'd;',
      ],
    ],
    [
      'attributes stay',
      'import data from "./a.json" with { type: "json" }',
      [
        'let { "default": data } = await __xdrlab__.names("./a.json", { with: { "type": "json" } }, [["default", false]]);',
      ],
    ],
    [
      'import() and import.meta are ours, in functions too',
      'const f = () => import("x")\nfunction g() { return import.meta.url }',
      ['let g = function () {', 'return __xdrlab__.meta.url;', '};', 'let f = () => __xdrlab__.import("x");'],
    ],
    [
      'exports are stripped',
      'export const a = 1\nexport { a as b }\nexport class C {}',
      ['let a = 1;', 'class C {}'],
    ],
    ['text that looks like an import stays', '`import x from "y"`', ['`import x from "y"`;']],
  ])('%s', (_name, source, expected) => {
    expect(compiled(source)).toEqual(expected)
  })

  test.each([
    ['1', true],
    ['1; let a = 2', false],
    ['await x', true],
    ['if (a) b', false],
    ['export default 1', true],
    ['export default function () {}', true],
    ['export default class Named {}', false],
    ['', false],
  ])('%j has a result: %s', (source, expected) => {
    expect(compileCell(source).hasResult).toBe(expected)
  })

  test('a syntax error has its place in UTF-16 units', () => {
    expect(() => compileCell('const ü = 1\n"😀" 1')).toThrow(CellSyntaxError)
    try {
      compileCell('const ü = 1\n"😀" 1')
    } catch (error) {
      expect(error).toMatchObject({ line: 2, column: 5 })
    }
  })
})

test('sourceMapOf leads back through both rewritings', () => {
  const source =
    'import { a } from "b"\ntype T = {\n  x: string\n}\n\nfunction boom(t: T): never {\n  throw new Error(t.x)\n}\n\n  boom({ x: "" })'
  const map = sourceMapOf(source)
  const lines = compileCell(source).code.split('\n')
  const backFrom = (text: string) => {
    const line = lines.findIndex((candidate) => candidate.includes(text))
    const entry = map.findEntry(line, lines[line]?.indexOf(text) ?? 0)
    return 'originalLine' in entry ? [entry.originalLine + 1, entry.originalColumn + 1] : undefined
  }
  expect(backFrom('new Error')).toEqual([7, 9])
  expect(backFrom('boom({')).toEqual([10, 3])
  expect(backFrom('await')).toEqual([1, 1])
})
