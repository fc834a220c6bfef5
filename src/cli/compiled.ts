import { readFileSync } from 'node:fs'
import type { Module } from 'node:module'
import { dirname } from 'node:path'
import type { Script } from 'node:vm'

/**
 * What a CommonJS file has of its own: to load `node:module` for the same takes longer than all that is done
 * with it.
 */
export interface Loader {
  require: NodeJS.Require
  Module: typeof Module
}

/**
 * Where the build leaves what V8 has made of a file: it is good for one version of Node on one kind of machine, and
 * another one compiles the file as ever.
 */
export function compiledPath(file: string): string {
  return `${file}.${process.version}-${process.platform}-${process.arch}`
}

/**
 * Loads a CommonJS file as `require` does, with what V8 made of it when it was built: to compile it anew takes a third
 * of a query's time. That stands beside the file, and whoever can write there can write the file. V8 refuses what is
 * damaged or of another version or set of flags, and compiles; of the text it compares the length alone, so the build
 * writes both.
 *
 * @param file absolute, as Node itself would write it
 * @param loader of a file in the same folder
 */
export function requireCompiled(file: string, loader: Loader): unknown {
  return runScript(file, loader, readCompiled(file)).exports
}

function readCompiled(file: string): Buffer | undefined {
  try {
    return readFileSync(compiledPath(file))
  } catch {
    return undefined
  }
}

/** What a file that is run by {@link runScript} has in place of `import()`, which V8's own code of it cannot do. */
export const importName = 'importFromHere'

/** Runs a CommonJS file, which others can `require` from then on; `script` can tell what V8 has made of it. */
export function runScript(
  file: string,
  { require, Module }: Loader,
  compiled?: Buffer,
): { exports: unknown; script: Script } {
  // Not imported: what starts everything else goes without.
  const { Script } = process.getBuiltinModule('node:vm')
  const module = new Module(file)
  module.filename = file
  require.cache[file] = module
  const parameters = ['exports', 'require', 'module', '__filename', '__dirname', importName]
  const script = new Script(`(function (${parameters.join(', ')}) { ${readFileSync(file, 'utf8')}\n})`, {
    filename: file,
    ...(compiled === undefined ? {} : { cachedData: compiled }),
  })
  // For Node's own parts its loader of ES modules need not be started.
  const importFromHere = async (name: string) => (name.startsWith('node:') ? require(name) : import(name))
  script.runInThisContext()(module.exports, require, module, file, dirname(file), importFromHere)
  module.loaded = true
  return { exports: module.exports, script }
}
