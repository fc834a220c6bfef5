import { describe, expect, test } from 'vitest'
import { checkComplete } from '../../kernel/is-complete.js'

const template = (text: string) => text.replaceAll('§', '`').replaceAll('€', '$')

describe('complete', () => {
  test.each(
    [
      '',
      '  ',
      '// a comment',
      '/** a */',
      '1',
      'if (x) y()',
      'let a',
      'await x',
      'return_',
      '/re/',
      '§a§',
      '"a"',
      'const a: number = 1',
      'if (x) {\n  y()\n}',
      '@dec class A {}',
      "import a from 'b'",
      'f<string>()',
      'enum E { A }',
      'interface A { b: number }',
      'declare function f(): void',
      '{ a: 1 }',
      'gql§query { a }§',
      'for await (const x of y) {}',
      'x satisfies Y',
      'using a = b',
      'const s = §😀€{1}§',
    ].map(template),
  )('%j', (code) => {
    expect(checkComplete(code)).toEqual({ status: 'complete' })
  })
})

describe('incomplete, and how the next line is indented', () => {
  test.each(
    [
      ['1 +', ''],
      ['a &&', ''],
      ['a ?', ''],
      ['a ? b :', ''],
      ['x =', ''],
      ['a.', ''],
      ['a?.', ''],
      ['a,', ''],
      ['foo(', '  '],
      ['foo(1,', ''],
      ['[1,', ''],
      ['({', '  '],
      ['const a = {', '  '],
      ['if (x) {', '  '],
      ['if (x)', ''],
      ['if (x) {\n} else', ''],
      ['if (x) {\n  y()\n} else {', '  '],
      ['for (;;) {', '  '],
      ['do {} ', ''],
      ['try {}', ''],
      ['switch (x) {\n  case 1:', '  '],
      ['class A {\n  m() {', '    '],
      ['function f(', '  '],
      ['function f()', ''],
      ['function f(a: number): string', ''],
      ['const f = () =>', ''],
      ['@dec', ''],
      ['@dec()\nclass A {', '  '],
      ['class A {\n  @dec', '  '],
      ['§a', ''],
      ['§a€{', '  '],
      ['§a€{b}', ''],
      ['§a€{§b', ''],
      ['/* a', ''],
      ['"a\\', ''],
      ['let', ''],
      ['const a', ''],
      ['const a: number', ''],
      ['const a =', ''],
      ['type A =', ''],
      ['type A = string |', ''],
      ['interface A {', '  '],
      ['enum E {', '  '],
      ['import {', '  '],
      ['import { a } from', ''],
      ['export default', ''],
      ['await', ''],
      ['x as', ''],
      ['new', ''],
      ['f<', ''],
      ['let a: Array<', ''],
      ['gql§\n  query {\n    a', '    '],
      ['const s = §😀€{', '  '],
      ['"😀" +', ''],
    ].map(([code = '', indent]) => [template(code), indent] as const),
  )('%j', (code, indent) => {
    expect(checkComplete(code)).toEqual({ status: 'incomplete', indent })
  })
})

describe('invalid', () => {
  test.each([
    'let let = 1',
    '}',
    ')',
    'a b',
    'const 1 = 2',
    'foo(]',
    'f(}',
    '"a',
    "'a",
    '/re',
    'else',
    'case 1:',
    '0x',
    '1e',
    '\\',
    '😀',
    'import 7',
    "'it''s'",
  ])('%j', (code) => {
    expect(checkComplete(code)).toEqual({ status: 'invalid' })
  })
})
