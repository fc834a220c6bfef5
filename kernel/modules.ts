import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, isAbsolute, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { constants, Script } from 'node:vm'
import { packageRoot } from '../src/package.js'
import { findLocal } from './local-files.js'
import type { LocalModules } from './local-modules.js'
import { tslab } from './tslab.js'

type Namespace = Record<string, unknown>
type Import = (specifier: string, options?: ImportCallOptions) => Promise<Namespace>

/** What rewritten cells call in place of `import`, `import()` and `import.meta`. */
export interface ModuleHost {
  import: Import
  /** The named imports of one statement: each name, and whether the cell uses it as a value. */
  names(
    specifier: string,
    options: ImportCallOptions | undefined,
    wanted: [string, boolean][],
  ): Promise<Namespace>
  meta: { url: string; dirname: string; filename: string; resolve(specifier: string): string }
  /** Stands for a constant where a cell assigns to it. */
  constant(value: unknown): { value: unknown }
  require: NodeJS.Require
}

/** Node warns of features that are ours to choose (the loader) or what people expect to work (JSON). */
const needlessWarning =
  /USE_MAIN_CONTEXT_DEFAULT_LOADER|Importing JSON modules|loading ES Module .* using require/s

function muteNeedlessWarnings(): void {
  const { emitWarning } = process
  process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
    if (!needlessWarning.test(String(warning))) Reflect.apply(emitWarning, process, [warning, ...rest])
  }
}

/**
 * The modules of a notebook: resolved from its folder, as from a file there, and packages that it lacks among the
 * dependencies of xdrlab. `xdrlab` itself is this very package.
 */
export function createModuleHost(folder: string): ModuleHost {
  const filename = join(folder, 'cell.mjs')
  muteNeedlessWarnings()
  let local: Promise<LocalModules> | undefined

  const importModule = async (importer: string, specifier: string, options?: ImportCallOptions) => {
    // Our own name resolves to our own running instance, whatever the folder has: it shares the screen and the store.
    if (/^xdrlab(\/|$)/.test(specifier)) return import(specifier)
    // Notebooks written for that kernel: the package itself could only fail here, wherever it is installed.
    if (specifier === 'tslab') return tslab
    const importFrom = importerOf(importer)
    try {
      return await importFrom(specifier, options ?? attributesOf(specifier))
    } catch (error) {
      const path = isIncomplete(error, importer) ? findComplete(specifier, importer) : undefined
      if (path !== undefined) return await importFrom(pathToFileURL(path).href, options ?? attributesOf(path))
      // Of the package itself: one that is there and broken is not replaced by ours.
      if (isMissing(error) && error.message.includes(importer) && isOwnDependency(specifier))
        return await import(specifier)
      throw explainMissing(error, specifier, importer)
    }
  }
  /** Local TypeScript is ours to load; what loads it is loaded when a cell first imports some. */
  const importFromCell: Import = async (specifier, options) => {
    touchStdin(specifier)
    const path = findLocal(specifier, filename)
    if (path === undefined) return await importModule(filename, specifier, options)
    local ??= import('./local-modules.js').then(
      ({ LocalModules }) => new LocalModules({ folder, importFrom: importModule, metaOf }),
    )
    return await (await local).import(path)
  }

  return {
    import: importFromCell,
    async names(specifier, options, wanted) {
      const namespace = await importFromCell(specifier, options)
      const values: Namespace = {}
      for (const [name, isUsed] of wanted) values[name] = exportOf(namespace, name, isUsed, specifier)
      return values
    },
    meta: metaOf(filename),
    constant: (value) => ({
      get value() {
        return value
      },
      set value(_next) {
        throw new TypeError('Assignment to constant variable.')
      },
    }),
    require: requireFrom(filename),
  }
}

const importers = new Map<string, Import>()

/**
 * A compiled `import()` resolves like a module of that name, by the real loader: exports maps, `import` condition,
 * JSON attributes. Under Runtime.evaluate itself it fails with ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING.
 */
function importerOf(filename: string): Import {
  const known = importers.get(filename)
  if (known !== undefined) return known
  const importer: Import = new Script('(specifier, options) => import(specifier, options)', {
    filename,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  }).runInThisContext()
  importers.set(filename, importer)
  return importer
}

/** TypeScript imports JSON without the attribute that the loader wants. */
function attributesOf(specifier: string): ImportCallOptions | undefined {
  return specifier.endsWith('.json') ? { with: { type: 'json' } } : undefined
}

/** A path as TypeScript and `require` have it, without its ending or that of a folder; the loader takes neither. */
function isIncomplete(error: unknown, importer: string): boolean {
  const isFolder = error instanceof Error && 'code' in error && error.code === 'ERR_UNSUPPORTED_DIR_IMPORT'
  return (isFolder || isMissing(error)) && error.message.includes(importer)
}

function findComplete(specifier: string, importer: string): string | undefined {
  try {
    const path = createRequire(importer).resolve(specifier)
    return isAbsolute(path) ? path : undefined
  } catch {
    return undefined
  }
}

/** `import.meta` of the cells, or of a local file. */
function metaOf(filename: string): ModuleHost['meta'] {
  const url = pathToFileURL(filename).href
  return {
    url,
    dirname: dirname(filename),
    filename,
    resolve: (specifier) => {
      if (/^[a-z][a-z+.-]+:/i.test(specifier)) return specifier
      if (/^\.{0,2}\//.test(specifier)) return new URL(specifier, url).href
      const path = requireFrom(filename).resolve(specifier)
      return path === specifier ? `node:${specifier}` : pathToFileURL(path).href
    },
  }
}

/** `require` as of that file: packages that are not found there among our own dependencies; no TypeScript. */
function requireFrom(filename: string): NodeJS.Require {
  const fromFile = createRequire(filename)
  const resolve = (specifier: string, options?: { paths?: string[] }): string => {
    try {
      return fromFile.resolve(specifier, options)
    } catch (error) {
      if (isOwnDependency(specifier)) return createRequire(import.meta.url).resolve(specifier)
      throw error
    }
  }
  const require = (specifier: string): unknown => {
    if (specifier === 'tslab') return tslab
    touchStdin(specifier)
    const path = resolve(specifier)
    if (/\.[mc]?tsx?$/.test(path)) {
      throw new Error(`require() does not load TypeScript: write import … from '${specifier}'`)
    }
    return fromFile(path)
  }
  return Object.assign(require, fromFile, { resolve: Object.assign(resolve, fromFile.resolve) })
}

/** Readline's functions are made to ask the person when `process.stdin` is made: before a cell takes hold of them. */
function touchStdin(specifier: string): void {
  if (/^(node:)?readline(\/promises)?$/.test(specifier)) void process.stdin
}

let ownDependencies: ReadonlySet<string> | undefined

/** A package that comes with xdrlab. */
function isOwnDependency(specifier: string): boolean {
  if (/^(\.{0,2}\/|[a-z]+:)/.test(specifier)) return false
  ownDependencies ??= new Set(
    Object.keys(JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')).dependencies),
  )
  return ownDependencies.has(packageOf(specifier))
}

/** @returns whether Node has not found a module, be it the one asked for or one that it imports */
function isMissing(error: unknown): error is Error & { code: string } {
  return error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND'
}

/**
 * One named export. Where there is none by that name it may be a type, which leaves no trace in a module; used as a
 * value it is an error, at once in this cell and in later cells as soon as it is touched.
 */
function exportOf(namespace: Namespace, name: string, isUsed: boolean, specifier: string): unknown {
  if (name in namespace) return namespace[name]
  // Of a CommonJS module, what Node's static look at its exports has missed.
  const whole = namespace.default
  const isObject = (typeof whole === 'object' && whole !== null) || typeof whole === 'function'
  if (isObject && name in whole) return Reflect.get(whole, name)
  const fail = (): never => {
    throw new SyntaxError(`the module '${specifier}' has no export named '${name}' (as a value)`)
  }
  return isUsed ? fail() : new Proxy(class {}, { apply: fail, construct: fail, get: fail })
}

/** Node's message for a module that is not there, with the way out; other errors as they are. */
function explainMissing(error: unknown, specifier: string, importer: string): unknown {
  if (error instanceof TypeError && /^Unknown file extension "\.[mc]?tsx?"/.test(error.message)) {
    const way = 'import it from a cell, or from another .ts file: Node does not load TypeScript by itself'
    return new TypeError(`${error.message}: ${way}`)
  }
  // A package may itself lack one of its dependencies: Node's own message says that better.
  if (!isMissing(error) || !error.message.includes(importer)) return error
  const folder = dirname(importer)
  const isFile = /^(\.{0,2}\/|file:)/.test(specifier)
  const wayOut = isFile
    ? `there is no such file, seen from ${folder}`
    : `run \`npm install ${packageOf(specifier)}\` in the notebook's folder, ${folder}`
  const explained = new Error(`cannot find the module '${specifier}': ${wayOut}`)
  // Not enumerable: programs may look at it, but printing the error shows the sentence and no more.
  return Object.defineProperty(explained, 'code', { value: error.code })
}

/** `@scope/name/sub/path` → `@scope/name`. */
function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}
