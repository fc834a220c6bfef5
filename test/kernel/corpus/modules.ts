import type { Corpus } from './corpus-case.js'

/** The files that these cells import. */
export const moduleFiles: Record<string, string> = {
  'plain.mjs':
    'export default "plain"; export const named = 1; export let count = 0; export const add = () => ++count; export class Thing {}',
  'old.cjs': 'exports.a = 1; exports.f = () => "f"; exports.__esModule = true; exports.default = "inner"',
  'whole.cjs': 'module.exports = function whole() { return "called" }; module.exports.extra = 2',
  'ended.js': 'exports.ended = "found"',
  'late.mjs': 'await new Promise((done) => setTimeout(done, 5)); export const late = "late"',
  'all.mjs':
    'export * from "./plain.mjs"; export * as nested from "./plain.mjs"; export { default } from "./plain.mjs"',
  'bad.mjs': 'throw new RangeError("while loading")',
  'rows.json': '{ "rows": [1, 2] }',
  'node_modules/modern/package.json':
    '{ "name": "modern", "version": "1.0.0", "exports": { ".": { "import": "./esm.mjs", "require": "./cjs.cjs" }, "./deep": "./deep.mjs", "./feature/*": "./f-*.mjs" } }',
  'node_modules/modern/esm.mjs': 'export default "esm"',
  'node_modules/modern/cjs.cjs': 'module.exports = "cjs"',
  'node_modules/modern/deep.mjs': 'export const deep = true',
  'node_modules/modern/f-x.mjs': 'export const feature = "x"',
  'node_modules/modern/hidden.mjs': 'export const hidden = 1',
}

/** Imports. */
export const modules: Corpus = {
  'default and named': 'import mA, { named as mB } from "./plain.mjs"; [mA, mB]',
  namespace: 'import * as mC from "./plain.mjs"; [Object.keys(mC), mC.named, mC[Symbol.toStringTag]]',
  'a live namespace': 'import * as mD from "./plain.mjs"; const was = mD.count; mD.add(); mD.count - was',
  'a live name': {
    cells: ['import { count as mE, add as mF } from "./plain.mjs"; const was2 = mE; mF(); mE - was2'],
    kernel: '⇒ 0\n',
    node: '⇒ 1\n',
    because: 'an imported name is a variable of the cell, taken when it is imported; a namespace stays live',
  },
  'imported by an earlier cell': ['import { named as mG } from "./plain.mjs"', 'mG'],
  'imported again': {
    cells: ['import { named as mH } from "./plain.mjs"', 'import mH from "./plain.mjs"', 'mH'],
    kernel: "⇒ 'plain'\n",
    node: '✗ SyntaxError\n',
    because: 'a cell is edited and run again',
  },
  'below its use': 'const mI = named2; import { named as named2 } from "./plain.mjs"; mI',
  'an import is constant':
    'import { named as mJ } from "./plain.mjs"; try { eval("1"); mJ = 2 } catch (e) { console.log(e.constructor.name, e.message) }',
  'the same instance each time': [
    'import { Thing as mK } from "./plain.mjs"',
    '(await import("./plain.mjs")).Thing === mK',
  ],
  'dynamic, by a variable': 'const file1 = "./plain.mjs"; (await import(file1)).default',
  'dynamic, in a function of an earlier cell': [
    'const load = async (name) => (await import(`./§{name}.mjs`)).named',
    'await load("plain")',
  ],
  'dynamic, by an address': '(await import(new URL("./plain.mjs", import.meta.url).href)).named',
  'dynamic, of a data address': '(await import("data:text/javascript,export default 5")).default',
  CommonJS: 'import mL, { a as mM, f as mN } from "./old.cjs"; [mL.a, mM, mN()]',
  'CommonJS that is a function': 'import mO from "./whole.cjs"; [mO(), mO.extra]',
  'require by createRequire':
    'import { createRequire } from "node:module"\nconst require1 = createRequire(import.meta.url); [require1("./old.cjs").a, require1("node:path").sep]',
  JSON: 'import mP from "./rows.json" with { type: "json" }; mP',
  'JSON, dynamic': '(await import("./rows.json", { with: { type: "json" } })).default.rows',
  'JSON without its attribute': {
    cells: [
      'await import("./rows.json").then((module) => module.default, (error) => /^ERR_IMPORT_/.test(error.code))',
    ],
    kernel: '⇒ { rows: [ 1, 2 ] }\n',
    node: '⇒ true\n',
    because: 'TypeScript imports JSON by its name alone',
  },
  'without its ending': {
    cells: ['await import("./ended").then((module) => module.ended, (error) => error.code)'],
    kernel: "⇒ 'found'\n",
    node: "⇒ 'ERR_MODULE_NOT_FOUND'\n",
    because: 'TypeScript and require() find it',
  },
  'a module that waits': 'import { late } from "./late.mjs"; late',
  're-exports': 'import def1, { named as mQ, nested } from "./all.mjs"; [def1, mQ, nested.named]',
  'exported from elsewhere': 'export { named as mR } from "./plain.mjs"; export * from "./late.mjs"; 1',
  'side effects alone': 'import "./plain.mjs"; 1',
  'builtins with and without node:':
    'import { sep } from "path"; import fs, { existsSync } from "node:fs"; [sep, fs.existsSync === existsSync]',
  'a package of exports only': 'import mS from "modern"; mS',
  'a subpath and a pattern':
    'import { deep } from "modern/deep"; import { feature } from "modern/feature/x"; [deep, feature]',
  'a subpath that is not exported': 'await import("modern/hidden.mjs").catch((e) => e.code)',
  'a package that is not there': 'await import("no-such-package-here").catch((e) => e.code)',
  'a module that throws': 'import "./bad.mjs"',
  'a name that is not exported': 'import { nowhere3 } from "./plain.mjs"; nowhere3',
  'import.meta':
    '[typeof import.meta.url, import.meta.url.startsWith("file:"), typeof import.meta.resolve, Object.keys(import.meta).includes("dirname")]',
  'import.meta.resolve': 'import.meta.resolve("modern/deep").endsWith("/node_modules/modern/deep.mjs")',
  'an arbitrary name': 'import { "named" as mT } from "./plain.mjs"; mT',
}
