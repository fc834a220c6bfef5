import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { constants, Script } from 'node:vm'

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
const needlessWarning = /USE_MAIN_CONTEXT_DEFAULT_LOADER|Importing JSON modules/

function muteNeedlessWarnings(): void {
  const { emitWarning } = process
  process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
    if (!needlessWarning.test(String(warning))) Reflect.apply(emitWarning, process, [warning, ...rest])
  }
}

/** The modules of a notebook: resolved from its folder, as from a file there. `xdrlab` itself is this very package. */
export function createModuleHost(folder: string): ModuleHost {
  const filename = join(folder, 'cell.mjs')
  const require = createRequire(filename)
  muteNeedlessWarnings()
  // A compiled `import()` resolves like a module of that folder, by the real loader: exports maps, `import`
  // condition, JSON attributes. Under Runtime.evaluate itself it fails with ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING.
  const importFromFolder: Import = new Script('(specifier, options) => import(specifier, options)', {
    filename,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  }).runInThisContext()

  const importModule: Import = async (specifier, options) => {
    // Our own name resolves to our own running instance, whatever the folder has: it shares the screen and the store.
    if (/^xdrlab(\/|$)/.test(specifier)) return import(specifier)
    // Notebooks written for that kernel: the package itself could only fail here, wherever it is installed.
    if (specifier === 'tslab') return (await import('./tslab.js')).tslab
    try {
      return await importFromFolder(specifier, options)
    } catch (error) {
      throw explainMissing(error, specifier, folder, filename)
    }
  }

  return {
    import: importModule,
    async names(specifier, options, wanted) {
      const namespace = await importModule(specifier, options)
      const values: Namespace = {}
      for (const [name, isUsed] of wanted) values[name] = exportOf(namespace, name, isUsed, specifier)
      return values
    },
    meta: {
      url: pathToFileURL(filename).href,
      dirname: folder,
      filename,
      resolve: (specifier) => {
        if (/^[a-z][a-z+.-]+:/i.test(specifier)) return specifier
        if (/^\.{0,2}\//.test(specifier)) return new URL(specifier, pathToFileURL(filename)).href
        const path = require.resolve(specifier)
        return path === specifier ? `node:${specifier}` : pathToFileURL(path).href
      },
    },
    constant: (value) => ({
      get value() {
        return value
      },
      set value(_next) {
        throw new TypeError('Assignment to constant variable.')
      },
    }),
    require,
  }
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
function explainMissing(error: unknown, specifier: string, folder: string, filename: string): unknown {
  const isMissing = error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND'
  // A package may itself lack one of its dependencies: Node's own message says that better.
  if (!isMissing || !error.message.includes(filename)) return error
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
