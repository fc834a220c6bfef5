// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the text of cells
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type LanguageSession, openLanguage } from '../../support/language-session.js'

const files = {
  'helper.ts':
    'export function helpMe(name: string): number { return name.length }\nexport const helperRows = [{ host: "a" }]\n',
  'data.json': '{ "hosts": 3 }',
  'node_modules/mapped/package.json': JSON.stringify({
    name: 'mapped',
    version: '1.0.0',
    type: 'module',
    exports: {
      '.': { types: './types/index.d.ts', default: './index.js' },
      './deep': { types: './types/deep.d.ts', default: './deep.js' },
    },
  }),
  'node_modules/mapped/index.js': 'export const mappedValue = { inner: 1 }\n',
  'node_modules/mapped/types/index.d.ts': 'export declare const mappedValue: { inner: number }\n',
  'node_modules/mapped/deep.js': 'export const deepValue = "text"\n',
  'node_modules/mapped/types/deep.d.ts': 'export declare const deepValue: string\n',
}

const cells = [
  `interface Alert { id: string; metadata: { title: string; severity: number }; tags?: string[] }
   /** The open alerts. */
   const alerts: Alert[] = [{ id: 'a', metadata: { title: 't', severity: 0.5 } }]
   /** Finds one alert.
    * @param id its id
    * @deprecated use \`findAll\` */
   function findAlert(id: string, options: { deep?: boolean; limit?: number } = {}) { return alerts.find((alert) => alert.id === id) }`,
  `enum Level { low, high }
   class Watcher<T> { #hidden = 1; static made = 0; readonly rows: T[] = []; start(at: Date): this { return this } }
   const watcher = new Watcher<Alert>()
   type Handler = (alert: Alert) => void
   namespace Tools { export const version = 1 }
   type Side = 'left' | 'right'
   function eitherOf(): string | number[] { return [1] }
   const either = eitherOf()`,
  `let changing = 1
   const { title: firstTitle, severity } = alerts[0]!.metadata
   let anything: any = { fromTheLiveWorld: 1 }
   const record: Record<string, number> = { liveKey: 1 }
   import { mappedValue } from 'mapped'
   import * as mappedDeep from 'mapped/deep'
   import { helpMe, helperRows } from './helper'
   import { createHash } from 'node:crypto'
   import { connect, gql, taegis } from 'xdrlab'
   async function fetchAlerts() { return alerts }
   const große = { ключ: 1 }`,
  `let changing = 'now a text'
   function usesChanging() { return changing }`,
  `const fetched = await fetchAlerts()
   var oldStyle = new Map<string, Alert>()
   for (var looped = 0; looped < 1; looped++) {}
   { let insideOnly = 1 }`,
]

let language: LanguageSession
beforeAll(async () => {
  language = await openLanguage(cells, { files })
}, 60_000)
afterAll(async () => {
  await language[Symbol.asyncDispose]()
})

/** Code with the cursor, what must be proposed, what must not. */
const cases: [title: string, marked: string, present: string[], absent?: string[]][] = [
  ['members of a type of an earlier cell', 'alerts[0].|', ['id', 'metadata', 'tags']],
  ['nested members', 'alerts[0].metadata.|', ['title', 'severity'], ['id']],
  ['members that no value has yet', 'alerts[0]?.ta|', ['tags']],
  ['members of the callback’s parameter', 'alerts.map((each) => each.|)', ['id', 'metadata']],
  ['members of what a function returns', 'findAlert("a")?.meta|', ['metadata']],
  ['members of an awaited value', '(await fetchAlerts())[0]!.|', ['id', 'metadata']],
  ['members of a value that was awaited in a cell', 'fetched[0]!.|', ['id', 'metadata']],
  ['methods of an array', 'alerts.fil|', ['filter']],
  ['members of a generic class', 'watcher.rows[0]!.|', ['metadata']],
  ['members of a class', 'watcher.|', ['rows', 'start'], ['#hidden', 'made']],
  ['static members', 'Watcher.|', ['made', 'prototype'], ['rows']],
  ['members of an enum', 'Level.|', ['low', 'high']],
  ['members of a namespace', 'Tools.|', ['version']],
  ['a variable that was redeclared', 'changing.|', ['toUpperCase'], ['toFixed']],
  ['what was taken out of a pattern', 'firstTitle.toUp|', ['toUpperCase']],
  ['what was renamed in a pattern is no name', 'const x = titl|', [], ['title']],
  ['a var', 'oldStyle.get("a")?.|', ['metadata']],
  ['a var of a loop', 'loope|', ['looped']],
  ['what is declared in a block is not seen', 'inside|', [], ['insideOnly']],
  ['names of earlier cells', 'aler|', ['alerts']],
  ['names of functions', 'findA|', ['findAlert']],
  ['names of types', 'const one: Aler|', ['Alert']],
  ['names of type aliases', 'const one: Hand|', ['Handler']],
  ['names of this cell', 'const typedHere = 1\ntypedH|', ['typedHere']],
  [
    'keys of an object that is to be of a type',
    'const one: Alert = { | }',
    ['id', 'metadata', 'tags'],
    ['alerts', 'console'],
  ],
  ['keys that are still missing', "const one: Alert = { id: 'x', | }", ['metadata', 'tags'], ['id']],
  ['keys of options', "findAlert('a', { | })", ['deep', 'limit']],
  ['values of a union', "const side: Side = '|'", ['left', 'right']],
  ['globals of the kernel', 'displ|', ['display']],
  ['methods of displays', 'display.|', ['html', 'markdown']],
  ['globals of Node', 'process.hrt|', ['hrtime']],
  ['the console', 'console.lo|', ['log']],
  ['tables', 'tabl|', ['table']],
  ['the setting of the checks', 'checkT|', ['checkTypes']],
  ['xdrlab’s own names in an import', "import { con| } from 'xdrlab'", ['connect']],
  ['members of what xdrlab gives', 'const xdr = await connect(taegis)\nxdr.que|', ['query']],
  ['options of xdrlab', 'const xdr = await connect(taegis, { reg| })', ['region']],
  ['tslab’s names', "import { | } from 'tslab'", ['display', 'newDisplay', 'versions'], ['connect']],
  ['names of a package with an exports map', "import { mapp| } from 'mapped'", ['mappedValue']],
  ['names of a path of an exports map', "import { deep| } from 'mapped/deep'", ['deepValue']],
  ['members of what came from an exports map', 'mappedValue.|', ['inner']],
  ['members of a namespace import', 'mappedDeep.|', ['deepValue']],
  ['members of what came from a file', 'helperRows[0]!.|', ['host']],
  ['names of a local file', "import { help| } from './helper'", ['helpMe', 'helperRows']],
  ['names of a package of Node', "import { readF| } from 'node:fs'", ['readFile', 'readFileSync']],
  ['members of a package of Node', "createHash('sha1').|", ['update', 'digest']],
  ['names of modules', "import fs from 'node:f|'", ['node:fs', 'node:fs/promises']],
  ['names of installed packages', "import x from 'mapp|'", ['mapped']],
  ['names of files', "import x from './help|'", ['helper']],
  [
    'members inside a nested template',
    'const text = `a ${alerts.map((a) => `b ${a.|}`)}`',
    ['id', 'metadata'],
  ],
  ['members in a template that is not closed', 'const text = `a ${alerts[0].|', ['id', 'metadata']],
  ['members behind an emoji', 'const face = "😀😀"; alerts[0].|', ['id', 'metadata']],
  ['members behind an emoji on the line before', '/* 😀 */\nalerts[0].|', ['id', 'metadata']],
  ['members with a syntax error below', 'alerts[0].|\nconst = 5', ['id', 'metadata']],
  ['members with a syntax error above', 'const broken = (1 + ;\nalerts[0].|', ['id', 'metadata']],
  [
    'members in a function that is not closed',
    'function open() {\n  for (const one of alerts) {\n    one.|',
    ['id', 'metadata'],
  ],
  [
    'members in a class that is being written',
    'class Here { one = alerts[0]!; go() { this.one.| } }',
    ['id', 'metadata'],
  ],
  [
    'members after a declaration of the same name',
    'let changing = [1]\nchanging.|',
    ['push'],
    ['toUpperCase'],
  ],
  ['narrowed members', "if (typeof either !== 'string') either.pu|", ['push']],
  ['names that only the live world knows', 'anything.from|', ['fromTheLiveWorld']],
  ['keys that only the live world knows', 'record.live|', ['liveKey']],
  ['keys with letters of other scripts', 'große.|', ['ключ']],
  ['keywords', 'instanc|', ['instanceof']],
  ['JSDoc tags', '/** @par| */\nfunction f(a: string) {}', ['param']],
  ['types of parameters', 'function f(alert: Aler|) {}', ['Alert']],
  ['type arguments', 'const many: Array<Aler|>', ['Alert']],
  ['members of a using', 'using held = { [Symbol.dispose]() {}, heldMember: 1 }\nheld.held|', ['heldMember']],
]

test('names of xdrlab that are not imported come with the import that they need', async () => {
  const { matches } = await language.complete('explainS|')
  expect(matches.find(({ text }) => text === 'explainSignIn')).toMatchObject({
    signature: "import { explainSignIn } from 'xdrlab'",
  })
  const { names } = await language.complete('conn|')
  expect(names.filter((name) => name === 'connect')).toHaveLength(1)
  expect((await language.complete('alerts.explainS|')).names).toEqual([])
})

test('types and documentation come with the names', async () => {
  const { matches } = await language.complete('alerts[0]!.metadata.|')
  expect(matches).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ text: 'title', type: 'property', signature: 'string' }),
      expect.objectContaining({ text: 'severity', type: 'property', signature: 'number' }),
    ]),
  )
  const functions = (await language.complete('findA|')).matches
  expect(functions.find(({ text }) => text === 'findAlert')).toMatchObject({
    type: 'function',
    signature: expect.stringMatching(/^\(id: string, options\?: .*\) => Alert \| undefined$/),
  })
})

test('what is replaced is told in code points', async () => {
  expect(await language.complete('"😀"; alerts.fil|')).toMatchObject({ start: 12, end: 15 })
  expect(await language.complete('"😀"; ale|rts')).toMatchObject({ start: 5, end: 11 })
  expect(await language.complete("import fs from '😀'\nimport x from 'node:f|'")).toMatchObject({
    start: 34,
    end: 40,
  })
})

describe('completion', () => {
  test.each(cases)('%s: %s', async (_title, marked, present, absent = []) => {
    const { names } = await language.complete(marked)
    expect(names).toEqual(expect.arrayContaining(present))
    expect(names.filter((name) => absent.includes(name))).toEqual([])
  })

  test.each([
    "'aler|'",
    '"alerts[0].|"',
    '// alerts[0].|',
    '/* alerts. | */',
    '`alerts[0].|`',
    'unknownThing.|',
  ])('%s: nothing', async (marked) => {
    expect((await language.complete(marked)).names).toEqual([])
  })
})

test('names that installed packages and Node export come with the import that they need', async () => {
  const project = { 'package.json': JSON.stringify({ type: 'module', dependencies: { mapped: '1.0.0' } }) }
  await using notebook = await openLanguage(['const mappedRows = 1'], { files: { ...files, ...project } })
  const proposed = async (marked: string, name: string) => {
    const { matches } = await notebook.complete(marked)
    return matches.filter(({ text }) => text === name).map(({ signature }) => signature)
  }
  // They are read while the first answers go without them.
  await vi.waitFor(
    async () =>
      expect(await proposed('1 + mappedV|', 'mappedValue')).toEqual(["import { mappedValue } from 'mapped'"]),
    { timeout: 30_000 },
  )
  await vi.waitFor(
    async () =>
      expect(await proposed('1 + readFileS|', 'readFileSync')).toEqual([
        "import { readFileSync } from 'node:fs'",
      ]),
    { timeout: 30_000 },
  )
  // What is there already needs none.
  expect(await proposed('1 + mappedR|', 'mappedRows')).toEqual(['1'])
  expect(await proposed("import { mappedValue } from 'mapped'\nmappedV|", 'mappedValue')).toEqual([
    '{ inner: number; }',
  ])
})
