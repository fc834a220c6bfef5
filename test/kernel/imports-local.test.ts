import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type KernelSession, openKernel } from '../support/kernel-session.js'

const files = {
  'lib/dep.ts': `import type { Gone } from './types.js'
export interface Thing { id: string }
export enum Level { Low = 1, High }
export let count = 0
export function bump(): number { return ++count }
export function boom(thing: Thing): never {
  throw new RangeError(thing.id)
}`,
  'stable.ts':
    'export const stable = { id: "stable" }\nglobalThis.loads = (globalThis.loads ?? 0) + 1\nexport const loads: number = globalThis.loads',
  'helper.ts': `import { sep } from 'node:path'
import old, { hidden } from 'old'
import { boom, bump, count, Level, type Thing } from './lib/dep.js'
import { stable } from './stable'
import data from './data.json' with { type: 'json' }
export default class Helper { constructor(readonly id: number) {} }
export const run = (): unknown[] => [bump(), count, Level.High, sep, stable.id, hidden, typeof old, data.rows]
export function fail(): never { return boom({ id: 'deep' }) }
export const where = import.meta
export const later = async (name: string) => (await import('./' + name)).stable
export * from './lib/dep.ts'`,
  'first.ts':
    'import { second } from "./second.ts"\nexport const first = 1\nexport const toSecond = () => second',
  'second.ts':
    'import { first } from "./first.ts"\nexport const second = 2\nexport const toFirst = () => first',
  'wrong.ts': 'const fine = 1\nconst wrong: = 2\n',
  'throws.mts': '\n\nthrow new Error("while loading")',
  'view.tsx': 'export const view = <b/>',
  'native.mjs': 'import "./stable.ts"',
  'data.json': '{ "rows": 3 }',
  'node_modules/old/package.json': '{ "name": "old", "version": "1.0.0" }',
  'node_modules/old/index.js':
    'const api = { hidden: "found" }; for (const key in api) exports[key] = api[key]',
}

let kernel: KernelSession
beforeAll(async () => {
  kernel = await openKernel(files)
})
afterAll(async () => {
  await kernel[Symbol.asyncDispose]()
})
const write = (name: string, text: string) => writeFileSync(join(kernel.folder, name), text)

describe('a TypeScript file beside the notebook', () => {
  test('is imported with all that it imports', async () => {
    const { text, traceback } = await kernel.run(
      'import Helper, { run, Level } from "./helper.ts"\nJSON.stringify([new Helper(3), run(), Level[1]])',
    )
    expect({ text, traceback }).toEqual({
      text: `'[{"id":3},[1,1,2,"/","stable","found","object",3],"Low"]'`,
      traceback: '',
    })
  })

  test.each([
    ['without its ending', 'import { run } from "./helper"; typeof run', "'function'"],
    ['as .js, which TypeScript means by it', 'import { run } from "./helper.js"; typeof run', "'function'"],
    [
      'by a name put together',
      'const file = "helper"; typeof (await import("./" + file + ".ts")).run',
      "'function'",
    ],
    ['by its address', 'typeof (await import(new URL("helper.ts", import.meta.url).href)).run', "'function'"],
    [
      'and import from there by a name put together',
      '(await (await import("./helper.ts")).later("stable.ts")).id',
      "'stable'",
    ],
    [
      'and knows where it is',
      'import { where } from "./helper.ts"; [where.filename.endsWith("/helper.ts"), where.dirname === __dirname, where.url.startsWith("file:")]',
      '[ true, true, true ]',
    ],
    [
      'in a circle',
      'import { toFirst } from "./second.ts"; import { toSecond } from "./first.ts"; [toFirst(), toSecond()]',
      '[ 1, 2 ]',
    ],
    [
      'with exports that stay live',
      'import * as dep from "./lib/dep.ts"; const was = dep.count; dep.bump(); dep.count - was',
      '1',
    ],
  ])('%s', async (_name, code, expected) => {
    const { text, traceback } = await kernel.run(code)
    expect({ text, traceback }).toEqual({ text: expected, traceback: '' })
  })

  test('throws with its own lines', async () => {
    const { traceback, executionCount } = await kernel.run('import { fail } from "./helper.ts"\n  fail()')
    expect(traceback.split('\n')).toEqual([
      'RangeError: deep',
      '    at boom (lib/dep.ts:7:9)',
      '    at fail (helper.ts:8:40)',
      `    at cell [${executionCount}]:2:3`,
    ])
    const loading = await kernel.run('import "./throws.mts"')
    expect(loading.traceback).toContain('Error: while loading\n    at throws.mts:3:7')
  })

  test('that is wrong is shown with its line and a caret', async () => {
    const { error } = await kernel.run('import "./wrong.ts"')
    expect(error?.evalue).toBe('Unexpected token (wrong.ts:2:14)')
    expect(error?.traceback.slice(-2)).toEqual(['2 | const wrong: = 2', '                 ^'])
  })

  test.each([
    ['JSX', 'import "./view.tsx"', 'JSX'],
    ['a missing name', 'import { nowhere } from "./stable.ts"; nowhere', "no export named 'nowhere'"],
    ['require', 'require("./stable.ts")', 'write import'],
    ['a file of JavaScript that imports it', 'import "./native.mjs"', 'import it from a cell'],
  ])('says what to do about %s', async (_name, code, told) => {
    const { error } = await kernel.run(code)
    expect(error?.evalue).toContain(told)
    expect(error?.traceback.join('\n')).not.toContain('node:internal')
  })
})

describe('a file that was changed', () => {
  beforeEach(() => {
    for (const [name, text] of Object.entries(files)) write(name, text)
  })

  test('is loaded anew by the next import, and what did not change keeps its identity', async () => {
    await kernel.run('import { stable, loads } from "./stable.ts"; const kept = stable; const before = loads')
    write(
      'lib/dep.ts',
      files['lib/dep.ts'].replace('throw new', '// a line more\n  throw new').replace('thing.id', '"anew"'),
    )
    const changed = await kernel.run('import { fail, later } from "./helper.ts"\nfail()')
    expect(changed.traceback.split('\n').slice(0, 2)).toEqual([
      'RangeError: anew',
      '    at boom (lib/dep.ts:8:9)',
    ])
    const { text } = await kernel.run(
      'import { loads } from "./stable.ts"; [await later("stable.ts") === kept, loads === before]',
    )
    expect(text).toBe('[ true, true ]')
  })

  test('but saved as it was stays what it is', async () => {
    await kernel.run('import { stable } from "./stable.ts"; const same = stable')
    write('stable.ts', files['stable.ts'])
    expect((await kernel.run('import { stable } from "./stable.ts"; stable === same')).text).toBe('true')
  })

  test('may have been wrong, or not there', async () => {
    write('wrong.ts', 'export const right = 1')
    expect((await kernel.run('import { right } from "./wrong.ts"; right')).text).toBe('1')
    expect((await kernel.run('import "./fresh.ts"')).error?.evalue).toContain('no such file')
    write('fresh.ts', 'export const fresh = 2')
    expect((await kernel.run('import { fresh } from "./fresh.ts"; fresh')).text).toBe('2')
    rmSync(join(kernel.folder, 'fresh.ts'))
    expect((await kernel.run('import "./fresh.ts"')).error?.evalue).toContain('no such file')
  })
})

describe('a package that the folder lacks', () => {
  test('is taken from the dependencies of xdrlab, by import, require and resolve', async () => {
    const { text } = await kernel.run(
      'import { parse } from "graphql"; [typeof parse, typeof require("graphql").parse, import.meta.resolve("graphql").startsWith("file:"), require.resolve("graphql").includes("graphql")]',
    )
    expect(text).toBe("[ 'function', 'function', true, true ]")
  })

  test('is not taken from what those depend on', async () => {
    expect((await kernel.run('import "vitest"')).error?.evalue).toContain('npm install vitest')
  })
})
