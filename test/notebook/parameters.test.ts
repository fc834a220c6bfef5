import { transformSync } from 'oxc-transform'
import { describe, expect, test } from 'vitest'
import { sourceOf } from '../../src/notebook/notebook-file.js'
import { type Parameter, parametersOf } from '../../src/notebook/parameter-cell.js'
import { typeText } from '../../src/notebook/parameter-types.js'
import { withParameters } from '../../src/notebook/parameters.js'
import { findProblems } from './nbformat.js'
import {
  injectedCells,
  injectedLines,
  notebookWith,
  refusalOf,
  textsOf,
  valuesOf,
} from './parameter-notebook.js'

/** The value that a cell gives a name, by running it. */
function valueIn(code: string, name: string): unknown {
  const { code: plainCode } = transformSync('cell.ts', code)
  return new Function(`${plainCode}\nreturn ${name}`)()
}

describe('a secret is never written into a notebook', () => {
  const githubToken = `ghp_${'aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hI6'}`
  test.each([
    ...['token', 'accessToken', 'ACCESS_TOKEN', 'password', 'dbPassword', 'passwd', 'clientSecret', 'secret'],
    ...[
      'apiKey',
      'api_key',
      'API_KEY',
      'apikey',
      'privateKey',
      'key',
      'credentials',
      'sessionCookie',
      'bearer',
    ],
  ])('%s is called like one: refused, not quoted, with where it belongs', (name) => {
    const { message, hint } = refusalOf(`const ${name}: string = ''`, textsOf([`${name}=hunter2`]))
    expect(message).toContain(`${name}: is called like a secret`)
    expect(message).not.toContain('hunter2')
    expect(hint).toMatch(/process\.env\.NAME.*xdrlab login/)
  })

  test.each([
    ...['tokenType', 'secretName', 'passwordFile', 'registryKey', 'keyword', 'groupKey', 'monkey'],
    ...['credentialAccess', 'tokenizer', 'keys_url', 'compassword'],
  ])('%s is not', (name) => {
    expect(injectedLines(`const ${name}: string = ''`, textsOf([`${name}=a`]))).toEqual([
      `const ${name}: string = "a"`,
    ])
  })

  test('a number, or yes or no, is none, whatever it is called', () => {
    expect(
      injectedLines('const maxTokens = 1, rotateKeys = false', textsOf(['maxTokens=5', 'rotateKeys=true'])),
    ).toEqual(['const maxTokens: number = 5', 'const rotateKeys: boolean = true'])
  })

  test.each([
    ['const x: string = ""', textsOf([`x=${githubToken}`])],
    ['const x: string[] = []', textsOf(['x=a', `x=${githubToken}`])],
    ['const x: object = {}', textsOf([`x={"a":[{"b":"${githubToken}"}]}`])],
    ['const x: object = {}', valuesOf({ x: { a: { b: githubToken } } })],
    ['const x: number = 1', textsOf([`x=${githubToken}`])],
  ])('what has the shape of one is refused and not quoted: %s', (source, given) => {
    const { message, hint } = refusalOf(source, given)
    expect(message).toMatch(/x: holds what looks like a secret \(GitHub/)
    expect(message).not.toContain(githubToken.slice(4))
    expect(hint).toMatch(/process\.env\.NAME/)
  })
})

describe('code of the injected cell makes the value and does nothing else', () => {
  const hostile = [
    ...[
      '"',
      "'",
      '`',
      '\\',
      '\\"',
      '$\x7bprocess.exit()}',
      '`$\x7b1}`',
      '"+evil()+"',
      '*/',
      '//',
      '</script>',
      '<!--',
    ],
    ...[
      '\n',
      '\r\n',
      '\u2028',
      '\u2029',
      '\u0000',
      '\u001b[31m',
      '\u202e',
      '\u200b',
      '\ufeff',
      '\ud800',
      '😀',
    ],
    ...[
      '%magic',
      '!shell',
      '@decorator',
      '__proto__',
      'a\\u0022b',
      "');evil();//",
      '{{jinja}}',
      '$&',
      '\u007f',
    ],
  ]

  test.each(hostile)('the text %j', (text) => {
    const values = { x: text, list: [text], map: { [text]: text }, any: { deep: [{ [text]: text }] } }
    const source =
      'const x = "", list: string[] = []\nconst map: Record<string, string> = {}\nlet any: unknown'
    const lines = injectedLines(source, valuesOf(values))
    expect(lines).toHaveLength(4)
    const code = lines.join('\n')
    expect(code).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f\u200b\u2028\u2029\u202e\ufeff]/)
    expect(code).not.toMatch(/\p{Surrogate}/u)
    for (const [name, value] of Object.entries(values)) expect(valueIn(code, name)).toEqual(value)
    // A name that sets the prototype would leave no name behind.
    expect(Object.keys(valueIn(code, 'map') as object)).toEqual([text])
    expect(injectedLines("const x = ''", textsOf([`x=${text}`]))).toEqual([lines[0]])
  })

  test('a long list has a line for each item', () => {
    const hashes = Array.from({ length: 20 }, (_, i) => `${i}`.padStart(40, '0'))
    const lines = injectedLines('const x: string[] = []', valuesOf({ x: hashes }))
    expect(lines).toEqual(['const x: string[] = [', ...hashes.map((hash) => `  "${hash}",`), ']'])
    expect(valueIn(lines.join('\n'), 'x')).toEqual(hashes)
  })
})

describe('the notebook that runs', () => {
  const source = 'const limit = 1'

  test('has the injected cell after the one with the parameters, and is valid; the one given is as it was', () => {
    const notebook = notebookWith(source)
    const before = structuredClone(notebook)
    const changed = withParameters(notebook, textsOf(['limit=2']), 'n.ipynb')
    expect(notebook).toEqual(before)
    expect(changed.cells.map(sourceOf)).toEqual(['1', source, '// Parameters\nconst limit: number = 2', '2'])
    expect(findProblems({ ...changed })).toEqual([])
    const ids = changed.cells.map(({ id }) => id)
    expect(new Set(ids).size).toBe(4)
  })

  test('without values it is the same', () => {
    const notebook = notebookWith(source)
    expect(withParameters(notebook, textsOf([]), 'n.ipynb')).toBe(notebook)
  })

  test('an earlier injected cell is replaced, and its values are gone', () => {
    const two = 'const limit = 1, days = 2'
    const once = withParameters(notebookWith(two), textsOf(['limit=2']), 'n.ipynb')
    const twice = withParameters(once, textsOf(['days=5']), 'n.ipynb')
    expect(twice.cells.map(sourceOf)).toEqual(['1', two, '// Parameters\nconst days: number = 5', '2'])
    expect(injectedCells(twice)[0]?.id).toBe(injectedCells(once)[0]?.id)
    expect(twice.metadata.papermill).toEqual({ parameters: { days: 5 } })
  })

  test('one that papermill put elsewhere is replaced as well, in its place', () => {
    const notebook = withParameters(notebookWith(source), textsOf(['limit=2']), 'n.ipynb')
    const [first, declared, injected, last] = notebook.cells
    if (!first || !declared || !injected || !last) throw new Error('a cell is missing')
    const moved = { ...notebook, cells: [injected, first, declared, last] }
    const changed = withParameters(moved, textsOf(['limit=3']), 'n.ipynb')
    expect(changed.cells.map(sourceOf)).toEqual(['1', source, '// Parameters\nconst limit: number = 3', '2'])
  })

  test('records the values as papermill does, beside what papermill has there', () => {
    const notebook = {
      ...notebookWith('const a = 1n, b = new Date(), c = "", d: unknown = 1'),
      metadata: { kept: 1, papermill: { version: '2.7.0', parameters: { old: 1 } } },
    }
    const given = textsOf(['a=9007199254740993', 'b=2026-01-02', 'c=x', 'd={"e":null}'])
    expect(withParameters(notebook, given, 'n.ipynb').metadata).toEqual({
      kept: 1,
      papermill: {
        version: '2.7.0',
        parameters: { a: '9007199254740993', b: '2026-01-02T00:00:00.000Z', c: 'x', d: { e: null } },
      },
    })
  })

  test('before nbformat 4.5 cells have no ids', () => {
    const changed = withParameters(notebookWith(source, { minor: 4 }), textsOf(['limit=2']), 'n.ipynb')
    expect(injectedCells(changed)[0]).toEqual({
      cell_type: 'code',
      metadata: { tags: ['injected-parameters'] },
      execution_count: null,
      outputs: [],
      source: '// Parameters\nconst limit: number = 2',
    })
  })

  test('without a cell tagged parameters any value is refused, and none is fine', () => {
    const notebook = notebookWith(source)
    const untagged = {
      ...notebook,
      cells: notebook.cells.map((cell) => ({ ...cell, metadata: { tags: 'parameters' } })),
    }
    expect(withParameters(untagged, textsOf([]), 'n.ipynb')).toBe(untagged)
    expect(() => withParameters(untagged, textsOf(['limit=2']), 'n.ipynb')).toThrow(
      expect.objectContaining({
        code: 'XDR_BAD_OPTION',
        message: 'n.ipynb takes no parameters: none of its code cells is tagged “parameters”',
        hint: expect.stringContaining('tag the cell'),
      }),
    )
  })

  test('a cell that is no TypeScript is told with its line; without values the kernel is left to say so', () => {
    const broken = notebookWith('const a = 1\nconst b: = 2')
    expect(() => withParameters(broken, textsOf(['a=2']), 'n.ipynb')).toThrow(
      expect.objectContaining({
        code: 'XDR_NOTEBOOK',
        message: expect.stringMatching(/n\.ipynb.*\(line 2 of the cell\)/),
      }),
    )
    expect(withParameters(broken, textsOf([]), 'n.ipynb')).toBe(broken)
  })
})

describe('what a cell says about its parameters', () => {
  const declaredBy = (source: string) => parametersOf(notebookWith(source), 'n.ipynb') ?? []
  const helpOf = (source: string) => declaredBy(source).map(({ name, help }) => `${name}: ${help}`)

  test('the comment beside one is its help, else the comment above it', () => {
    expect(
      helpOf(`// This heading belongs to nothing.

const a = 1 // beside
// A line above a block is not of it.
/* above, in a block */
const b = 2
// above, on
// two lines
const c = 3
/**
 * Of JSDoc.
 * More of it.
 * @default 4
 */
const d = 4
const e = 5; /* beside, in a block */
// above, but beside counts
const f = 6 // this
const g = [
  1, // within
] // behind all of it
const h = 8`),
    ).toEqual([
      ...['a: beside', 'b: above, in a block', 'c: above, on two lines', 'd: Of JSDoc. More of it.'],
      ...['e: beside, in a block', 'f: this', 'g: behind all of it', 'h: '],
    ])
  })

  test('several in one statement have each its own', () => {
    expect(helpOf('const a = 1, // first\n  b = 2, // second\n  // third\n  c = 3')).toEqual([
      ...['a: first', 'b: second', 'c: third'],
    ])
  })

  test('only variables with one name are parameters, in order, with type and default', () => {
    const told = declaredBy(`import { taegis } from 'xdrlab'
type Region = 'us' | 'eu'
declare const outside: string
let tenant: string
const region: Region = 'us',
  days = 7
var deep = false
const [p, q] = [1, 2]
function helper() { const inner = 1 }
if (deep) { const block = 1 }
export const since = new Date('2026-01-01')
const filter: Filter<Alert>[] = []`)
    const shortly = ({ keyword, name, type, annotation, defaultText, isNeeded }: Parameter) =>
      [keyword, name, typeText(type), annotation, defaultText, isNeeded].join(' ; ')
    expect(told.map(shortly)).toEqual([
      'let ; tenant ; string ; string ;  ; true',
      `const ; region ; "us" | "eu" ; Region ; 'us' ; false`,
      'const ; days ; number ;  ; 7 ; false',
      'var ; deep ; boolean ;  ; false ; false',
      `const ; since ; Date ;  ; new Date('2026-01-01') ; false`,
      'const ; filter ; any[] ; Filter<Alert>[] ; [] ; false',
    ])
  })

  test('reading them runs nothing', () => {
    const source = 'globalThis.ran = true\nconst a = (() => { throw new Error("ran") })()'
    expect(declaredBy(source).map(({ name }) => name)).toEqual(['a'])
    expect('ran' in globalThis).toBe(false)
  })
})
