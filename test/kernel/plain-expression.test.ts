import { parseSync } from 'oxc-parser'
import { transformSync } from 'oxc-transform'
import { expect, test } from 'vitest'
import { isPlainExpression } from '../../kernel/plain-expression.js'
import { openKernel } from '../support/kernel-session.js'

test.each([
  '1 + 2',
  'alerts',
  'alerts.length',
  'alerts.length\n',
  'await rows.toArray()',
  'show(alerts, 10)',
  'a.b(1 + x, y.z)',
  '1.5 * price - 0',
  '$.each(all)',
])('%j is taken as it is', (source) => {
  expect(isPlainExpression(source)).toBe(true)
})

test.each([
  // Statements and declarations.
  'debugger',
  'break',
  'let x',
  'type X',
  'return(1)',
  'a; b',
  // What has to be rewritten.
  'import(x)',
  'import.meta.url',
  'await import(x)',
  '__dirname',
  'show(__filename)',
  'x as any',
  'x!',
  // No expression at all.
  '',
  '\n',
  'a b',
  '1a',
  '012',
  'f(',
  'f(a,)',
  '1 +',
  'await - x',
  'super()',
  'new.target',
  'yield(1)',
  'await',
  'enum',
  // Not worth the rules that they would need.
  '"text"',
  '{ a }',
  'x = 1',
  'a  +  b',
  `f(${'a.'.repeat(200)}a)`,
])('%j takes the long way', (source) => {
  expect(isPlainExpression(source)).toBe(false)
})

test('whatever is taken as it is, the compiler would have taken as one expression, and left as it is', () => {
  const words = [
    ...['a', 'b1', '$', '_x', 'await', 'this', 'null', 'eval', 'of', 'get', 'type', 'using', 'let', 'async'],
    ...[
      'declare',
      'namespace',
      'module',
      'abstract',
      'satisfies',
      'arguments',
      'undefined',
      'static',
      'accessor',
    ],
    ...[
      '0',
      '01',
      '1',
      '2.5',
      '1.',
      '.',
      '.',
      ' + ',
      ' * ',
      ' - ',
      '(',
      ')',
      ', ',
      ',',
      '\n',
      ' ',
      ';',
      '!',
      ':',
    ],
  ]
  let state = 1
  const random = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return (state >>> 8) % below
  }
  let taken = 0
  for (let round = 0; round < 200_000; round++) {
    const source = Array.from({ length: 1 + random(7) }, () => words[random(words.length)]).join('')
    if (!isPlainExpression(source)) continue
    taken++
    const { program, errors, module } = parseSync('cell.ts', source, { lang: 'ts', sourceType: 'module' })
    expect([source, errors, program.body.map(({ type }) => type)]).toEqual([
      source,
      [],
      ['ExpressionStatement'],
    ])
    expect([source, module.dynamicImports, module.importMetas]).toEqual([source, [], []])
    const { code } = transformSync('cell.ts', source, { lang: 'ts', sourceType: 'module' })
    // The compiler writes the same number in its shortest form: 1.0 as 1, 0.5 as .5.
    expect(code.trim()).toBe(`${source.trim().replace(/\b\d+\.\d+/g, shortest)};`)
  }
  expect(taken).toBeGreaterThan(1_000)
})

const shortest = (number: string) => String(Number(number)).replace(/^0\./, '.')

test('such a cell runs, awaits, and speaks of its place, as any other', async () => {
  await using kernel = await openKernel()
  await kernel.run('const alerts = [3, 4, 5]; const later = async (n: number) => n * 2; const wrong = {}')
  expect((await kernel.run('alerts.length')).text).toBe('3')
  expect((await kernel.run('later(4)')).text).toBe('8')
  expect((await kernel.run('await later(alerts.length + 1)')).text).toBe('8')
  const { error, traceback } = await kernel.run('wrong.method()')
  expect(error?.ename).toBe('TypeError')
  expect(traceback).toContain('cell [5]:1:7')
  expect((await kernel.run('missing + 1')).error?.evalue).toBe('missing is not defined')
  expect((await kernel.run('this')).text).toBe((await kernel.run('(this)')).text)
})
