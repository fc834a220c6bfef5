import { describe, expect, test } from 'vitest'
import { CellSyntaxError } from '../../kernel/syntax.js'
import { CellCompiler } from '../../kernel/transform.js'

const compileCell = (source: string) => new CellCompiler().compile(source)

/** The script without its directive, empty lines and indents, for comparing. */
const compiled = (source: string) =>
  compileCell(source)
    .code.replace('"use strict";', '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')

describe('compileCell', () => {
  test.each([
    ['types go', 'const a: number = 1 as any\ninterface B {}', ['let a = 1;']],
    [
      'const becomes let, var a let in front',
      'const a = 1; var b = 2, { d } = 3; let c = 3',
      ['let b, d;', 'let a = 1;', '(b = 2, { d } = 3);', 'let c = 3;'],
    ],
    [
      'a var in a block is one of the cell, one in a function is not',
      'for (var i = 0; i < 1; i++) {}\nfunction f() { var j = 1 }\nfor (var k of []) {}',
      [
        'let i, k;let f = function () {',
        'var j = 1;',
        '};',
        'for ((i = 0); i < 1; i++) {}',
        'for (k of []) {}',
      ],
    ],
    [
      'an assignment to a constant of the cell throws as in Node, unless the name is another one within',
      'const a = 1, b = [];\na++; ({ a } = b); { let a = 0; a = 2 }\nconst f = (a: number) => { a = 1; b = [a] }',
      [
        'let a = 1, b = [];',
        '__xdrlab__.constant(a).value++;',
        '({a: __xdrlab__.constant(a).value} = b);',
        '{',
        'let a = 0;',
        'a = 2;',
        '}',
        'let f = (a) => {',
        'a = 1;',
        '__xdrlab__.constant(b).value = [a];',
        '};',
      ],
    ],
    [
      '__dirname is that of the notebook, but for what is called so here',
      'x.__dirname; (__dirname: string) => __dirname; __dirname',
      [
        'x.__dirname;',
        '(__dirname) => __dirname;',
        "(typeof __dirname === 'undefined' ? __xdrlab__.meta.dirname : __dirname);",
      ],
    ],
    [
      'using is lowered',
      '{ using a = b }',
      [
        'let _usingCtx;',
        'try {',
        '(_usingCtx = babelHelpers.usingCtx());',
        'const a = _usingCtx.u(b);',
        '} catch (_) {',
        '_usingCtx.e = _;',
        '} finally {',
        '_usingCtx.d();',
        '}',
      ],
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
    ['1;', false],
    ['1; // one', false],
    ['1 // one;', true],
    ['1 /* a; */ // b;', true],
    ['{ a: 1 } // one;', true],
    ['using a = b\n1', true],
    ['{ using a = b\n1 }', false],
    ['try { 1 } finally {}', false],
    ["'a;'", true],
    ['`;`\n\n', true],
    ['\ufeff1', true],
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

test('the source map leads back through both rewritings', () => {
  const source =
    'import { a } from "b"\ntype T = {\n  x: string\n}\n\nfunction boom(t: T): never {\n  throw new Error(t.x)\n}\n\n  boom({ x: "" })'
  const map = compileCell(source).sourceMap()
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

test('a var of an earlier cell is kept, unless another declaration came between or V8 refused the cell', () => {
  const compiler = new CellCompiler()
  const declared = (source: string) => compiler.compile(source).code.includes('let a;')
  expect(declared('var a = 1')).toBe(true)
  expect(declared('var a')).toBe(false)
  compiler.compile('let a = 2')
  expect(declared('var a = 3')).toBe(true)
  compiler.compile('let a = 4')
  compiler.compile('var a = 5').discard()
  expect(declared('var a = 6')).toBe(true)
})
