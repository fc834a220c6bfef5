import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type KernelSession, openKernel } from '../support/kernel-session.js'

const files = {
  'node_modules/modern/package.json': JSON.stringify({
    name: 'modern',
    version: '1.0.0',
    exports: { '.': { import: './esm.mjs', require: './cjs.cjs' }, './deep': './deep.mjs' },
  }),
  'node_modules/modern/esm.mjs':
    'export default "esm"; export const named = "named"; export class Thing {}; export const loads = (globalThis.loads = (globalThis.loads ?? 0) + 1)',
  'node_modules/modern/cjs.cjs': 'module.exports = "cjs"',
  'node_modules/modern/deep.mjs': 'export const deep = true',
  'node_modules/@old/school/package.json': JSON.stringify({
    name: '@old/school',
    version: '1.0.0',
    main: 'main.js',
  }),
  'node_modules/@old/school/main.js':
    'const api = { hidden: "found" }; for (const [key, value] of Object.entries(api)) module.exports[key] = value',
  'node_modules/broken/package.json': JSON.stringify({ name: 'broken', version: '1.0.0', main: 'main.mjs' }),
  'node_modules/broken/main.mjs': 'import "its-own-dependency"',
  'node_modules/xdrlab/package.json': JSON.stringify({ name: 'xdrlab', version: '0.0.1', main: 'main.js' }),
  'node_modules/xdrlab/main.js': 'module.exports = { other: true }',
  'helper.mjs': 'export const helped = import.meta.url',
  'data.json': JSON.stringify({ rows: 3 }),
}

let kernel: KernelSession
beforeAll(async () => {
  kernel = await openKernel(files)
})
afterAll(async () => {
  await kernel[Symbol.asyncDispose]()
})

describe('imports', () => {
  test.each([
    ['default', 'import what from "modern"; what', "'esm'"],
    ['named', 'import { named } from "modern"; named', "'named'"],
    ['renamed', 'import { named as other } from "modern"; other', "'named'"],
    ['namespace', 'import * as all from "modern"; all.named', "'named'"],
    ['default and named', 'import def, { named as n2 } from "modern"; def + n2', "'esmnamed'"],
    ['default and namespace', 'import def2, * as ns from "modern"; def2 + ns.named', "'esmnamed'"],
    ['side effect', 'import "modern"; globalThis.loads', '1'],
    ['a subpath of exports', 'import { deep } from "modern/deep"; deep', 'true'],
    [
      'a file beside the notebook',
      'import { helped } from "./helper.mjs"; helped.endsWith("helper.mjs")',
      'true',
    ],
    ['JSON with attributes', 'import data from "./data.json" with { type: "json" }; data.rows', '3'],
    ['of node', 'import { sep } from "node:path"; sep', "'/'"],
    ['dynamic', 'const { named: d } = await import("modern"); d', "'named'"],
    ['dynamic, of JSON', '(await import("./data.json", { with: { type: "json" } })).default.rows', '3'],
    ['dynamic, inside a function', 'const load = () => import("modern"); (await load()).named', "'named'"],
    ['below their use', 'const early = late; import { named as late } from "modern"; early', "'named'"],
    [
      'of a CommonJS name that only running it shows',
      'import { hidden } from "@old/school"; hidden',
      "'found'",
    ],
    ['re-exports', 'export { named as again } from "modern"; 1', '1'],
    ['require', 'require("@old/school").hidden', "'found'"],
  ])('%s', async (_name, code, expected) => {
    const { text, traceback, stderr } = await kernel.run(code)
    expect({ text, traceback, stderr }).toEqual({ text: expected, traceback: '', stderr: '' })
  })

  test('of types leave nothing to run', async () => {
    const { status } = await kernel.run(
      'import type { Row } from "nowhere"\nimport { type Other, named as kept } from "modern"\nconst row: Row | Other = kept',
    )
    expect(status).toBe('ok')
  })

  test('of a name that may be a type are harmless until it is used as a value', async () => {
    expect((await kernel.run('import { Options } from "modern"\nconst o: Options = {}')).status).toBe('ok')
    const { error } = await kernel.run('new Options()')
    expect(error?.evalue).toBe("the module 'modern' has no export named 'Options' (as a value)")
  })

  test('of a name that is not there and is used say so at once', async () => {
    const { error } = await kernel.run('import { nmaed } from "modern"\nconsole.log(nmaed)')
    expect(error).toMatchObject({
      ename: 'SyntaxError',
      evalue: expect.stringContaining("no export named 'nmaed'"),
    })
  })

  test.each([
    ['a package', 'import x from "no-such-package"', 'npm install no-such-package'],
    ['a scoped subpath', 'await import("@no/such/sub/path")', 'npm install @no/such`'],
    ['a file', 'import "./no-such-file.mjs"', 'no such file'],
  ])('of %s that is missing name it and the way out', async (_name, code, way) => {
    const { error } = await kernel.run(code)
    expect(error?.evalue).toContain('cannot find the module')
    expect(error?.evalue).toContain(way)
    expect(error?.traceback.join('\n')).not.toContain('node:internal')
  })

  test('of a package that itself lacks one blame that one', async () => {
    const { error } = await kernel.run('import "broken"')
    expect(error?.evalue).toContain('its-own-dependency')
    expect(error?.evalue).not.toContain('npm install broken')
  })

  test('xdrlab is the running instance, whatever the folder has', async () => {
    expect(
      (await kernel.run('import * as lab from "xdrlab"; [typeof lab.XdrError, "other" in lab]')).text,
    ).toBe("[ 'function', false ]")
  })
})

test('import.meta speaks of the notebook’s folder', async () => {
  const { text } = await kernel.run(
    '[import.meta.dirname === process.cwd(), import.meta.url.startsWith("file:"), import.meta.filename.startsWith(import.meta.dirname), import.meta.resolve("./a.mjs") === new URL("a.mjs", import.meta.url).href, import.meta.resolve("@old/school").endsWith("main.js")]',
  )
  expect(text).toBe('[ true, true, true, true, true ]')
})

test('exports are accepted', async () => {
  await kernel.run(
    'const listed = 1\nexport { listed }\nexport function shared() { return 2 }\nexport class Made {}',
  )
  expect((await kernel.run('[listed, shared(), Made.name]')).text).toBe("[ 1, 2, 'Made' ]")
})
