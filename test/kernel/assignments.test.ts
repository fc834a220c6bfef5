import { describe, expect, test } from 'vitest'
import { CellCompiler } from '../../kernel/transform.js'

/** The script of a cell whose first line declares `a`, `b` and `rows` for good. */
function compiled(code: string): string {
  return new CellCompiler().compile(`const a = { a: 1 }, [b] = [2], { rows } = { rows: [1] };\n${code}`).code
}

describe('an assignment to a constant of the cell is found', () => {
  test.each([
    'a = 1',
    'a\n=\n1',
    'a /* the first */ = 1',
    'a // the first\n = 1',
    '(a) = 1',
    '((b)) += 1',
    'a ||= 1',
    'a ??= 1',
    'a &&= 1',
    'a **= 2',
    'a >>>= 2',
    'a <<= 2',
    'a %= 2',
    'a++',
    'b --',
    '++a',
    '-- /* b */ b',
    '++(a)',
    '[a] = [1]',
    '[{ x: [b = 3] }] = []',
    '({ a } = {})',
    '({ x: rows } = {})',
    '[...rows] = [1]',
    'for (a of []) {}',
    'for (a in {}) {}',
    'for await (b of []) {}',
    'for ([a] of []) {}',
    'for (\n  /* all */ a of []) {}',
    'for ((a) of []) {}',
    'function f() { a = 1 }',
    'const g = () => (b = 1)',
    '"/*"; a = 1; /* */',
    '"b /*"; a = 1; "x /* */ = 5"',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the cell has the template
    '`${(a = 1)}`',
    '\\u0061 = 1',
    'if (true) rows = []',
  ])('%s', (code) => {
    expect(compiled(code)).toContain('__xdrlab__.constant(')
  })
})

describe('what assigns to something else stays as it is', () => {
  test.each([
    'let c = a; c = b; c += 1; c++',
    'a.a = 1; rows[0] = 2; rows.length++',
    'a == 1; a === b; a <= b; a >= b; a != b; (a) => 1; [a].map((a) => a)',
    'function f(a = 1) { a = 2; return a }',
    '{ let a = 1; a = 2 }',
    'for (const a of rows) {}',
    'for (let a = 0; a < 2; a++) {}',
    'class C { a = 1; rows }',
    'const text = "a = 1"; // b = 2',
    'const o = { a, b: [rows] }',
  ])('%s', (code) => {
    expect(compiled(code)).not.toContain('constant(')
  })
})

describe('a cell with much in it is looked at once', () => {
  test.each([
    ['a text without a space', `const data = '${'x'.repeat(3_000_000)}'`],
    ['a row of comments', `rows.map((row) => { row }${'/* one */ '.repeat(100_000)})`],
    ['a long comment', `const c = { d: 1 } /*${'* '.repeat(1_000_000)}*/`],
  ])('%s', (_name, code) => {
    expect(compiled(code)).not.toContain('__xdrlab__.constant(')
    expect(compiled(`${code}\na = 2`)).toContain('__xdrlab__.constant(')
  })
})
