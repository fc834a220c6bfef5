// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the text of cells
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LanguageWorker } from '../../../kernel/language/client.js'
import { type LanguageSession, openLanguage } from '../../support/language-session.js'
import { largeSchema } from '../../support/large-schema.mjs'
import { removeFolder } from '../../support/temp-home.js'

const cells = [
  `import { connect, gql, taegis } from 'xdrlab'
   type Client = Awaited<ReturnType<typeof connect<typeof taegis>>>
   const fields = gql\`fragment fields on Alert2 { id metadata { title } }\``,
  `const listing = gql\`query($in: SearchRequestInput) {
     alertsServiceSearch(in: $in) { status alerts { list { ...fields metadata { severity } } } }
   } \${fields}\`
   async function search(xdr: Client) { return await xdr.query(listing, { in: { limit: 10 } }) }
   function clientOf(): Client { throw new Error('not signed in') }`,
]

let language: LanguageSession
beforeAll(async () => {
  language = await openLanguage(cells)
}, 60_000)
afterAll(async () => {
  await language[Symbol.asyncDispose]()
})

const searchInCell =
  'const found = await clientOf().query(gql`{ alertsServiceSearch { reason alerts { list { id } } } }`)\n'

describe('completion', () => {
  test.each<[title: string, marked: string, present: string[], absent?: string[]]>([
    ['fields of the query', 'gql`{ alertsS| }`', ['alertsServiceSearch']],
    ['nested fields', 'gql`{ alertsServiceSearch { | } }`', ['status', 'alerts'], ['alertsServiceSearch']],
    ['arguments', 'gql`{ alertsServiceSearch(| ) { status } }`', ['in']],
    ['fields behind an emoji', '"😀😀"; gql`{ alertsServiceSearch { stat| } }`', ['status']],
    ['fields with a syntax error above', 'const = 5\ngql`{ alertsServiceSearch { stat| } }`', ['status']],
    [
      'fragments of an earlier cell',
      'gql`{ alertsServiceSearch { alerts { list { ...fie| } } } } ${fields}`',
      ['fields'],
    ],
    ['TypeScript in a hole', 'gql`{ alertsServiceSearch { status } } ${fiel|}`', ['fields'], ['status']],
    ['members of what a query gives', `${searchInCell}found.|`, ['alertsServiceSearch']],
    ['what was asked for', `${searchInCell}found.alertsServiceSearch!.|`, ['reason', 'alerts'], ['status']],
    [
      'what a document of an earlier cell gives',
      'const told = await search(clientOf())\ntold.alertsServiceSearch!.alerts!.list![0]!.metadata!.|',
      ['title', 'severity'],
    ],
    ['variables of a document', 'await clientOf().query(listing, { | })', ['in']],
  ])('%s: %s', async (_title, marked, present, absent = []) => {
    const { names } = await language.complete(marked)
    expect(names).toEqual(expect.arrayContaining(present))
    expect(names.filter((name) => absent.includes(name))).toEqual([])
  })
})

describe('a tooltip', () => {
  test.each([
    ['of a field', 'gql`{ alertsServ|iceSearch { status } }`', 'alertsServiceSearch(in: SearchRequestInput)'],
    ['of a document', 'list|ing', 'const listing: GraphQLDocument<'],
    ['of the tag', 'g|ql`{ alertsServiceSearch { status } }`', 'gql'],
    ['behind a document', 'gql`{ alertsServiceSearch { status } }`; sear|ch', 'function search(xdr: '],
  ])('%s: %s', async (_title, marked, part) => {
    expect((await language.inspect(marked))?.text).toContain(part)
  })
})

describe('diagnostics', () => {
  test.each<[title: string, code: string, problems: string[]]>([
    ['nothing wrong', `${searchInCell}found.alertsServiceSearch?.reason`, []],
    ['a field that was not asked for', `${searchInCell}found.alertsServiceSearch?.status`, ['2:28 ts(2339)']],
    [
      'a wrong type of a variable',
      'await clientOf().query(listing, { in: { limit: "ten" } })',
      ['1:41 ts(2769)'],
    ],
    [
      'places behind the type arguments',
      'const a = gql`{ alertsServiceSearch { status } }`; const wrong: number = "text"',
      ['1:58 ts(2322)'],
    ],
    [
      'places on the line of a document that goes over lines',
      'const a = gql`{\n  alertsServiceSearch { status }\n}`; const wrong: number = "text"',
      ['3:11 ts(2322)'],
    ],
  ])('%s: %s', async (_title, code, expected) => {
    const problems = await language.problems(code)
    expect(problems.map(({ place, code: number }) => `${place} ${number}`)).toEqual(expected)
  })

  test('a tag of another library is left alone', async () => {
    await using fresh = await openLanguage([], {
      files: { 'tag.ts': 'export function gql(text: TemplateStringsArray): string { return text.join() }\n' },
    })
    const code = "import { gql } from './tag'\nconst text: string = gql`{ alertsServiceSearch { status } }`"
    expect(await fresh.problems(code)).toEqual([])
  })
})

test('what the schema that ships may only lack is a warning, with its place in the cell', async () => {
  const problems = await language.warnings('"😀"; gql`{\n  alertsServiceSearch(nothing: 1) { status }\n}`')
  expect(problems.map(({ place, code }) => `${place} ${code}`)).toEqual(['2:23 graphql(KnownArgumentNames)'])
})

describe('another schema', () => {
  test.each([
    ['of a few types', 'type Query { onlyHere: Int }', 'only', ['onlyHere']],
    ['of ten megabytes', largeSchema(18_000), 'thing1234', ['thing1234']],
    ['that is none leaves the names of the cells', 'type Query {', 'x', []],
  ])(
    '%s',
    async (_title, sdl, typed, present) => {
      const folder = mkdtempSync(join(tmpdir(), 'xdrlab-schema-'))
      const worker = new LanguageWorker(folder)
      try {
        writeFileSync(join(folder, 'other.graphql'), sdl)
        worker.start()
        worker.useSchema(join(folder, 'other.graphql'))
        const code = `import { gql } from 'xdrlab'\ngql\`{ ${typed}\``
        const found = await worker.complete(code, code.length - 1, 120_000)
        const names = found?.proposals.map(({ text }) => text) ?? []
        expect(names.slice(0, 1)).toEqual(present)
        const plain = 'const rows = [1]\nrows.ma'
        const rows = await worker.complete(plain, plain.length, 60_000)
        expect(rows?.proposals.map(({ text }) => text)).toEqual(['map'])
      } finally {
        worker.close()
        removeFolder(folder)
      }
    },
    120_000,
  )
})
