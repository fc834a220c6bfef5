// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the text of cells
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { GraphQLIntelligence } from '../../../kernel/language/graphql/intelligence.js'

const sdl = readFileSync('src/sandbox/schema.graphql', 'utf8')
const graphql = new GraphQLIntelligence()
graphql.useSchema(sdl.replace('# xdrlab: snapshot\n', ''))

/** `error FieldsOnCorrectType «idd»`, one a problem. */
function problems(code: string, ...earlier: string[]): string[] {
  return graphql
    .diagnose({ code, earlier })
    .map(({ severity, code: rule, start, end }) => `${severity} ${rule} «${code.slice(start, end)}»`)
}

function messages(code: string, ...earlier: string[]): string[] {
  return graphql.diagnose({ code, earlier }).map(({ message }) => message)
}

describe('what is wrong', () => {
  test.each<[string, string, string[]]>([
    ['nothing', 'gql`{ tenant(id: 1) { name } }`', []],
    ['an unknown field', 'gql`{ tenant(id: 1) { nmae } }`', ['error FieldsOnCorrectType «nmae»']],
    [
      'an unknown field behind an alias',
      'gql`{ t: tennant(id: 1) { id } }`',
      ['error FieldsOnCorrectType «tennant»'],
    ],
    ['an unknown argument', 'gql`{ tenant(id: 1, nam: 2) { id } }`', ['error KnownArgumentNames «nam»']],
    ['a missing argument', 'gql`{ tenant { id } }`', ['error ProvidedRequiredArguments «tenant»']],
    [
      'a missing input field',
      'gql`{ investigationV2(arguments: {}) { id } }`',
      ['error ValuesOfCorrectType «{}»'],
    ],
    [
      'an unknown input field',
      'gql`{ alertsServiceSearch(in: { limt: 1 }) { reason } }`',
      ['error ValuesOfCorrectType «limt»'],
    ],
    [
      'a value of the wrong type',
      'gql`{ assetsV2(first: "many") { totalCount } }`',
      ['error ValuesOfCorrectType «"many"»'],
    ],
    [
      'an unknown value of an enumeration',
      'gql`{ alertsServiceSearch(in: { locale: xx }) { reason } }`',
      ['error ValuesOfCorrectType «xx»'],
    ],
    [
      'a variable of the wrong type',
      'gql`query($n: String) { assetsV2(first: $n) { totalCount } }`',
      ['error VariablesInAllowedPosition «$n»'],
    ],
    [
      'a variable of an unknown type',
      'gql`query($n: Integer) { assetsV2(first: $n) { totalCount } }`',
      ['error KnownTypeNames «Integer»'],
    ],
    [
      'a variable that is nowhere declared',
      'gql`{ assetsV2(first: $n) { totalCount } }`',
      ['error NoUndefinedVariables «$n»'],
    ],
    [
      'a variable that is nowhere used',
      'gql`query($n: Int) { notebook { id } }`',
      ['error NoUnusedVariables «$n»'],
    ],
    ['an object without fields', 'gql`{ notebook }`', ['error ScalarLeafs «notebook»']],
    ['a scalar with fields', 'gql`{ notebook { id { name } } }`', ['error ScalarLeafs «{ name }»']],
    [
      'a fragment of a type that does not fit',
      'gql`{ notebook { ... on Rule { id } } }`',
      ['error PossibleFragmentSpreads «... on Rule { id }»'],
    ],
    [
      'a fragment of an unknown type',
      'gql`fragment f on Nothing { id }`',
      ['error KnownTypeNames «Nothing»'],
    ],
    ['an unknown fragment', 'gql`{ notebook { ...f } }`', ['error KnownFragmentNames «f»']],
    ['an unknown directive', 'gql`{ notebook @maybe { id } }`', ['error KnownDirectives «maybe»']],
    [
      'the same fields with other arguments',
      'gql`{ tenant(id: 1) { id } tenant(id: 2) { id } }`',
      ['error OverlappingFieldsCanBeMerged «tenant»'],
    ],
    ['what is deprecated', 'gql`{ clients { id } }`', ['hint NoDeprecated «clients»']],
    [
      'a deprecated input field',
      'gql`{ alertsServicePoll(in: { part_id: 1 }) { reason } }`',
      ['hint NoDeprecated «part_id»'],
    ],
    [
      'two in a document',
      'gql`{ notebook { idd } rule(id: 1) { nam } }`',
      ['error FieldsOnCorrectType «idd»', 'error FieldsOnCorrectType «nam»'],
    ],
    [
      'one in the second literal',
      'gql`{ notebook { id } }`; gql`{ notebook { idd } }`',
      ['error FieldsOnCorrectType «idd»'],
    ],
    ['a syntax error', 'gql`{ notebook { ) } }`', ['error Syntax «)»']],
    ['a syntax error of a word', 'gql`quary { notebook { id } }`', ['error Syntax «quary»']],
    ['an empty literal: nothing', 'gql`  \n # later\n `', []],
    ['a literal without an end: TypeScript says it', 'gql`{ notebook { idd }', []],
    ['with emoji before', 'const s = "🚨🚨"; gql`{ notebook { idd } }`', ['error FieldsOnCorrectType «idd»']],
    ['with emoji in the document', 'gql`{ tenant(id: "🚨") { idd } }`', ['error FieldsOnCorrectType «idd»']],
    [
      'with CRLF',
      'let a\r\ngql`{\r\n  notebook {\r\n    idd\r\n  }\r\n}`',
      ['error FieldsOnCorrectType «idd»'],
    ],
    [
      'with syntax errors elsewhere',
      'const = {{{ ; gql`{ notebook { idd } }`',
      ['error FieldsOnCorrectType «idd»'],
    ],
    ['in a nested template', 'print(`${gql`{ notebook { idd } }`}`)', ['error FieldsOnCorrectType «idd»']],
  ])('%s', (_, code, expected) => {
    expect(problems(code)).toEqual(expected)
  })

  test.each([
    ['gql`{ tenant(id: 1) { nmae } }`', 'Cannot query field "nmae" on type "TenantV4". Did you mean "name"?'],
    ['gql`{ notebook { ...f } }`', 'Unknown fragment "f".'],
    ['gql`{ clients { id } }`', 'The field Query.clients is deprecated. No longer supported'],
    ['gql`{ notebook { ) } }`', 'Expected Name, found ")".'],
  ])('%s is told as a person reads it', (code, message) => {
    expect(messages(code)).toEqual([message])
  })
})

describe('over the holes of a literal', () => {
  const fine = 'const fields = gql`fragment f on Notebook { id }`'
  const wrong = 'const fields = gql`fragment f on Notebook { idd }`'
  const use = 'gql`{ notebook { ...f } } ${fields}`'

  test.each<[string, string, string[], string[]]>([
    ['a fragment of an earlier cell', use, [fine], []],
    ['what is wrong in it is said in its cell', use, [wrong], []],
    ['as there', wrong, [], ['error FieldsOnCorrectType «idd»']],
    ['a fragment put in twice', 'gql`{ notebook { ...f } } ${fields} ${fields}`', [fine], []],
    ['a fragment alone', 'gql`fragment f on Notebook { id }`', [], []],
    ['a fragment that needs another', 'gql`fragment f on Rule { ...g }`', [], []],
    ['a fragment nobody knows yet', 'gql`{ notebook { ...f } } ${make()}`', [], []],
    [
      'what is sure beside it',
      'gql`{ notebook { ...f idd } } ${make()}`',
      [],
      ['error FieldsOnCorrectType «idd»'],
    ],
    ['a variable that it may use', 'gql`query($id: ID!) { notebook { ...f } } ${make()}`', [], []],
    [
      'a variable of an earlier fragment',
      'gql`{ ...f } ${fields}`',
      ['const fields = gql`fragment f on Query { tenant(id: $id) { id } }`'],
      ['error NoUndefinedVariables «{»'],
    ],
    ['fields nobody knows yet', 'gql`{ notebook { ${fields} } }`', [], []],
    ['a part that is no document', 'const fields = gql`id status`\ngql`{ notebook { ${fields} } }`', [], []],
    [
      'what is wrong in such a part',
      'const fields = gql`id idd`\ngql`{ notebook { ${fields} } }`',
      [],
      ['error FieldsOnCorrectType «${fields}»'],
    ],
    ['a syntax error before what nobody knows', 'gql`{ ) } ${make()}`', [], ['error Syntax «)»']],
    ['a name that now stands for something else', use, [fine, 'let fields = make()'], []],
    [
      'a name in text only',
      'gql`{ notebook { ...f } }`',
      ['// const fields = gql`fragment f on Notebook { id }`'],
      ['error KnownFragmentNames «f»'],
    ],
  ])('%s', (_, code, earlier, expected) => {
    expect(problems(code, ...earlier)).toEqual(expected)
  })

  test('a fragment that was left out is named', () => {
    expect(messages('gql`{ notebook { ...f } }`', fine)).toEqual([
      'Unknown fragment "f". Put it into the document: ${fields}',
    ])
  })
})

test('what the snapshot lacks may be there: it is a warning', () => {
  const snapshot = new GraphQLIntelligence()
  snapshot.useSchema(sdl)
  const severities = (code: string) =>
    snapshot.diagnose({ code, earlier: [] }).map(({ severity }) => severity)
  expect(severities('gql`{ notebook { idd } }`')).toEqual(['warning'])
  expect(severities('gql`{ notebook { ...f } }`')).toEqual(['error'])
})
