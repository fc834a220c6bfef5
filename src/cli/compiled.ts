import { readFileSync } from 'node:fs'
import { createRequire, Module } from 'node:module'
import { dirname } from 'node:path'
import { constants, Script } from 'node:vm'

/**
 * Where the build leaves what V8 has made of a file: it is good for one version of Node on one kind of machine, and
 * another one compiles the file as ever.
 */
export function compiledPath(file: string): string {
  return `${file}.${process.version}-${process.platform}-${process.arch}`
}

/**
 * Loads a CommonJS file as `require` does, with what V8 made of it when it was built: to compile it anew takes a third
 * of a query's time. It stands beside the file, and whoever can write there can write the file. V8 refuses what belongs
 * to another text, version or set of flags, and compiles.
 *
 * @param file absolute
 */
export function requireCompiled(file: string): unknown {
  let compiled: Buffer
  try {
    compiled = readFileSync(compiledPath(file))
  } catch {
    return createRequire(file)(file)
  }
  return runScript(file, compiled).exports
}

/** Runs a CommonJS file, which others can `require` from then on; `script` can tell what V8 has made of it. */
export function runScript(file: string, compiled?: Buffer): { exports: unknown; script: Script } {
  const require = createRequire(file)
  const module = new Module(file)
  module.filename = file
  require.cache[file] = module
  const script = new Script(Module.wrap(readFileSync(file, 'utf8')), {
    filename: file,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    ...(compiled === undefined ? {} : { cachedData: compiled }),
  })
  script.runInThisContext()(module.exports, require, module, file, dirname(file))
  return { exports: module.exports, script }
}
