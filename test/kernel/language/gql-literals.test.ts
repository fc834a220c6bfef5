// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the text of cells
import { describe, expect, test } from 'vitest'
import { findGqlLiterals } from '../../../kernel/language/gql-literals.js'

/** The text of each literal of a cell. */
function textsOf(code: string): string[] {
  return findGqlLiterals(code).map(({ start, end }) => code.slice(start, end))
}

describe('which templates are GraphQL', () => {
  test.each<[string, string, string[]]>([
    ['a tag', 'gql`{ a }`', ['{ a }']],
    ['white space before the backtick', 'gql\n  `{ a }`', ['{ a }']],
    ['a comment before the backtick', 'gql /* why */ `{ a }`', ['{ a }']],
    ['the tag of a namespace', 'xdrlab.gql`{ a }`', ['{ a }']],
    ['type arguments', 'gql<Result, { id: string }>`{ a }`', ['{ a }']],
    ['nested type arguments', 'gql<Map<string, Array<"a>b">>, (id: string) => void>`{ a }`', ['{ a }']],
    ['type arguments over lines', 'gql<{\n  a: string;\n  b: number\n}>`{ a }`', ['{ a }']],
    ['the comment that others use', 'const a = /* GraphQL */ `{ a }`', ['{ a }']],
    ['another tag', 'sql`SELECT 1`', []],
    ['a tag that only ends so', 'notgql`{ a }`; gql2`{ b }`', []],
    ['no template', 'gql("{ a }"); const gql = 1', []],
    ['a comparison and a template', 'gql < 2 && b > 1; `{ a }`', []],
    ['within a string', '"gql`{ a }`"', []],
    ['within a comment', '// gql`{ a }`\n/* gql`{ b }` */', []],
    ['within the text of a template', '`gql\\`{ a }\\``', []],
    ['within a regular expression', 'x = /gql`{ a }`/', []],
    ['an escaped backtick', 'gql`{ a(text: "\\`") }`', ['{ a(text: "\\`") }']],
    ['two in a cell', 'f(gql`{ a }`, gql`{ b }`)', ['{ a }', '{ b }']],
    ['within the hole of another template', '`${f(gql`{ a }`)}`', ['{ a }']],
    [
      'within a hole of its own',
      'gql`{ a } ${gql`fragment f on A { b }`}`',
      ['{ a } ${gql`fragment f on A { b }`}', 'fragment f on A { b }'],
    ],
    ['emoji before it', 'const siren = "🚨"; gql`{ a }`', ['{ a }']],
    ['CRLF', 'let a = 1\r\ngql`{\r\n a }`\r\n', ['{\r\n a }']],
    ['an empty one', 'gql``', ['']],
  ])('%s', (_, code, texts) => {
    expect(textsOf(code)).toEqual(texts)
  })
})

describe('what may stand before', () => {
  test.each([
    ['a division', 'const half = a / b; '],
    ['two divisions', 'const x = f(1) / 2 / g[0] / 3; '],
    ['a division behind ++', 'i++ / 2; '],
    ['a regular expression with a backtick', 'const tick = /`/g; '],
    ['a regular expression with a class', 'x.split(/[/`"]/); '],
    ['a regular expression behind a condition', "if (x) /`'/.test(y)\n"],
    ['a regular expression behind return', 'const f = () => { return /"/ }; '],
    ['a regular expression behind a block', 'if (a) { b() }\n/`/.test(c)\n'],
    ['an object divided', 'const n = {a: 1}.a / 2; '],
    ['a string without an end', "const broken = 'abc\n"],
    ['a syntax error', 'const = = ( [ } ; function {{ \n'],
    ['an escaped quote', "const it = 'it\\'s `'; "],
    ['a string over two lines', "const two = 'a\\\r\n`b'; "],
    ['nested templates', 'const t = `a ${`b ${"}"} c`} d`; '],
    ['an object within a hole', 'const t = `${{ a: { b: 1 } }}`; '],
    ['a comment with a backtick', '// it`s\n'],
    ['a comment with a quote', "/* don't */ "],
    ['a decorated generic', 'const m = new Map<string, number>(); '],
    ['a comparison', 'if (a < b && c > d) { } '],
    ['a surrogate pair as a name', 'const 𝒳 = 1; '],
  ])('%s', (_, before) => {
    const code = `${before}gql\`{ a }\`; "behind"`
    const [literal] = findGqlLiterals(code)
    expect(literal).toMatchObject({
      tag: before.length,
      tagEnd: before.length + 3,
      start: before.length + 4,
      end: before.length + 9,
      isClosed: true,
      hasTypeArguments: false,
    })
  })
})

describe('what is known of one', () => {
  test.each<[string, string | undefined]>([
    ['const fields = gql`{ a }`', 'fields'],
    ['let fields=gql`{ a }`', 'fields'],
    ['export const fields = gql`{ a }`', 'fields'],
    ['const fields: GraphQLDocument<{ a: string }> = gql`{ a }`', 'fields'],
    ['const fields = gql<A, B>`{ a }`', 'fields'],
    ['const fields = xdrlab.gql`{ a }`', 'fields'],
    ['fields = gql`{ a }`', 'fields'],
    ['let a = 1, fields = gql`{ a }`', 'fields'],
    ['const $été = gql`{ a }`', '$été'],
    ['await xdr.query(gql`{ a }`)', undefined],
    ['const data = await xdr.query(gql`{ a }`)', undefined],
    ['all.fields = gql`{ a }`', undefined],
    ['const all = { fields: gql`{ a }` }', undefined],
    ['a == gql`{ a }`', undefined],
  ])('the name of %s', (code, name) => {
    expect(findGqlLiterals(code)[0]?.name).toBe(name)
  })

  test('its type arguments', () => {
    const code = 'const a = gql<A>`{ a }`'
    expect(findGqlLiterals(code)[0]).toMatchObject({ tag: 10, tagEnd: 13, hasTypeArguments: true, start: 17 })
  })

  test('a comment takes no type arguments', () => {
    expect(findGqlLiterals('const a = /* GraphQL */ `{ a }`')[0]?.hasTypeArguments).toBe(true)
  })

  test('its holes, with what stands in them', () => {
    const code = 'gql`{ a ${ fields } b ${f({ c: `}` })} }`'
    expect(findGqlLiterals(code)[0]?.holes).toEqual([
      { start: 8, end: 19, expression: 'fields' },
      { start: 22, end: 38, expression: 'f({ c: `}` })' },
    ])
  })

  test('an escaped dollar makes no hole', () => {
    expect(findGqlLiterals('gql`{ a(b: "\\${c}") }`')[0]?.holes).toEqual([])
  })

  test('without an end it reaches to the end of the cell', () => {
    const code = 'const a = gql`{ a { b'
    expect(findGqlLiterals(code)).toMatchObject([{ start: 14, end: code.length, isClosed: false }])
  })

  test('a hole without an end reaches there as well', () => {
    const code = 'gql`{ a } ${fie'
    expect(findGqlLiterals(code)).toMatchObject([
      { end: code.length, isClosed: false, holes: [{ start: 10, end: code.length, expression: 'fie' }] },
    ])
  })

  test('a backslash at the end of the cell is no way out of it', () => {
    const code = 'gql`{ a \\'
    expect(findGqlLiterals(code)).toMatchObject([{ end: code.length, isClosed: false }])
  })
})

test('text that nests deeply or never closes costs no more than its length', () => {
  const hostile = ['`${'.repeat(3000), 'gql<'.repeat(2000), '/'.repeat(50_000), 'gql`${'.repeat(2000)]
  for (const code of hostile) expect(() => findGqlLiterals(`gql ${code}`)).not.toThrow()
})
