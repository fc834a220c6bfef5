import { readFileSync, statSync } from 'node:fs'
import { relative } from 'node:path'
import { inspect } from 'node:util'
import { Script } from 'node:vm'
import { compileFile } from './local-compile.js'
import { findLocal } from './local-files.js'
import { rememberScript, scriptPrefix } from './scripts.js'

type Namespace = Record<string, unknown>

/** What a local file needs from the modules around it. */
export interface ModuleSurroundings {
  /** The notebook's folder: files are named from here. */
  folder: string
  /** Imports what is not local TypeScript, as from that file. */
  importFrom(filename: string, specifier: string, options?: ImportCallOptions): Promise<Namespace>
  metaOf(filename: string): object
}

interface Loaded {
  path: string
  text: string
  /** Changes when the file is written. */
  stamp: string
  dependencies: Set<Loaded>
  namespace: Namespace
  isDone: boolean
  done: Promise<Namespace>
}

let serial = 0

/**
 * The TypeScript files beside a notebook. Node 20 loads none, and keeps for ever what it has loaded; here a file that
 * was changed is loaded anew by the next import of a cell, and with it all that import it. What did not change keeps
 * its identity.
 */
export class LocalModules {
  readonly #around: ModuleSurroundings
  readonly #loaded = new Map<string, Loaded>()

  constructor(around: ModuleSurroundings) {
    this.#around = around
  }

  /** Imports from a cell, or by `import()`: what has changed since is loaded anew. */
  import(path: string): Promise<Namespace> {
    for (const stale of this.#staleFrom(path)) this.#loaded.delete(stale.path)
    return this.#load(path, []).done
  }

  /** All that is changed, or imports what is, among what `path` reaches. */
  #staleFrom(path: string): Set<Loaded> {
    const reached = new Set<Loaded>()
    const walk = (loaded: Loaded | undefined) => {
      if (loaded === undefined || reached.has(loaded)) return
      reached.add(loaded)
      for (const dependency of loaded.dependencies) walk(dependency)
    }
    walk(this.#loaded.get(path))
    const stale = new Set([...reached].filter(hasChanged))
    for (let before = -1; before !== stale.size; ) {
      before = stale.size
      for (const loaded of reached)
        if ([...loaded.dependencies].some((one) => stale.has(one))) stale.add(loaded)
    }
    return stale
  }

  #load(path: string, chain: readonly Loaded[]): Loaded {
    const known = this.#loaded.get(path)
    if (known !== undefined) return known
    const loaded: Loaded = {
      path,
      text: readFileSync(path, 'utf8'),
      stamp: stampOf(path),
      dependencies: new Set(),
      namespace: createNamespace(),
      isDone: false,
      done: Promise.resolve({}),
    }
    this.#loaded.set(path, loaded)
    loaded.done = this.#run(loaded, [...chain, loaded]).then(
      () => {
        loaded.isDone = true
        return loaded.namespace
      },
      (error: unknown) => {
        // A failed module is tried again by the next import, changed or not: what it needs may be there by then.
        if (this.#loaded.get(path) === loaded) this.#loaded.delete(path)
        throw error
      },
    )
    // Reported by whoever imports it; a cycle may leave one promise without a reader.
    loaded.done.catch(() => undefined)
    return loaded
  }

  async #run(loaded: Loaded, chain: readonly Loaded[]): Promise<void> {
    const { path, text, namespace } = loaded
    const { folder, importFrom, metaOf } = this.#around
    const inFolder = relative(folder, path)
    const label = inFolder.startsWith('..') ? path : inFolder
    const { code, sourceMap } = compileFile(path, text, label)
    const filename = `${scriptPrefix}file-${++serial}`
    rememberScript(filename, { label, sourceMap, length: text.length })
    const run: (...host: unknown[]) => Promise<void> = new Script(
      `(async function (__vite_ssr_exports__, __vite_ssr_import_meta__, __vite_ssr_import__, __vite_ssr_dynamic_import__, __vite_ssr_exportAll__) {"use strict";\n${code}\n})`,
      { filename, lineOffset: -1 },
    ).runInThisContext()
    const dynamicImport = async (specifier: unknown, options?: ImportCallOptions) => {
      const target = findLocal(String(specifier), path)
      if (target === undefined) return await importFrom(path, String(specifier), options)
      const imported = await this.import(target)
      const dependency = this.#loaded.get(target)
      if (dependency !== undefined) loaded.dependencies.add(dependency)
      return imported
    }
    const staticImport = async (specifier: string, wanted?: { importedNames?: string[] }) => {
      const target = findLocal(specifier, path)
      const names = wanted?.importedNames ?? []
      if (target === undefined) {
        return withNames(await importFrom(path, specifier), names, specifier)
      }
      const dependency = this.#load(target, chain)
      loaded.dependencies.add(dependency)
      // In a cycle the one that is under way is taken as far as it is.
      if (!dependency.isDone && reaches(dependency, chain)) return dependency.namespace
      return withNames(await dependency.done, names, specifier)
    }
    await run.call(undefined, namespace, metaOf(path), staticImport, dynamicImport, (source: Namespace) =>
      copyExports(source, namespace),
    )
  }
}

function stampOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false, bigint: true })
  return stat === undefined ? 'gone' : `${stat.mtimeNs} ${stat.size} ${stat.ino}`
}

/** By its text in the end: saving a file without a change must not lose what it holds. */
function hasChanged(loaded: Loaded): boolean {
  const stamp = stampOf(loaded.path)
  if (stamp === loaded.stamp) return false
  if (stamp === 'gone' || readFileSync(loaded.path, 'utf8') !== loaded.text) return true
  loaded.stamp = stamp
  return false
}

function reaches(from: Loaded, targets: readonly Loaded[], seen = new Set<Loaded>()): boolean {
  if (targets.includes(from)) return true
  if (seen.has(from)) return false
  seen.add(from)
  return [...from.dependencies].some((dependency) => !dependency.isDone && reaches(dependency, targets, seen))
}

/** Shown by its values, where a plain object would show `[Getter]`. */
function createNamespace(): Namespace {
  const namespace: Namespace = Object.create(null)
  const show = () => Object.assign(Object.create(null, { [Symbol.toStringTag]: tag }), namespace)
  const tag = { value: 'Module' }
  return Object.defineProperties(namespace, { [Symbol.toStringTag]: tag, [inspect.custom]: { value: show } })
}

function copyExports(source: Namespace, target: Namespace): void {
  for (const name of Object.keys(source)) {
    if (name === 'default' || name in target) continue
    Object.defineProperty(target, name, { enumerable: true, configurable: true, get: () => source[name] })
  }
}

/** @throws SyntaxError as Node's, where a name is not exported; of CommonJS, names that only running it shows count */
function withNames(namespace: Namespace, names: readonly string[], specifier: string): Namespace {
  const missing = names.filter((name) => !(name in namespace))
  if (missing.length === 0) return namespace
  const whole: unknown = namespace.default
  const isObject = (typeof whole === 'object' && whole !== null) || typeof whole === 'function'
  const extended: Namespace = Object.create(namespace)
  for (const name of missing) {
    if (!isObject || !(name in whole)) {
      throw new SyntaxError(`The requested module '${specifier}' does not provide an export named '${name}'`)
    }
    Object.defineProperty(extended, name, { enumerable: true, get: () => Reflect.get(whole, name) })
  }
  return extended
}
