import { existsSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { parseSync } from 'oxc-parser'
import { isRecord } from '../../src/record.js'
import { boundNames, type Node } from '../scopes.js'
import { typesEntry } from './package-types.js'

/** What of Node's own people reach for in a notebook. */
const builtins = [
  'node:fs',
  'node:fs/promises',
  'node:path',
  'node:crypto',
  'node:os',
  'node:util',
  'node:child_process',
  'node:events',
  'node:timers/promises',
  'node:zlib',
]
/** A folder with more has other cares than completion. */
const mostPackages = 60
const mostFiles = 400
const largestFile = 2 << 20

/** A name that a package exports. */
export interface PackageName {
  name: string
  kind: string
  importLine: string
}

/**
 * What the packages of a folder export, by their declarations' text: TypeScript knows it as well, but looks through
 * all of them anew behind each change.
 */
export class PackageNames {
  readonly #folder: string
  readonly #names = new Map<string, PackageName>()
  #files = 0

  constructor(folder: string) {
    this.#folder = folder
  }

  /** What is known by now, for names that begin so. */
  startingWith(typed: string): PackageName[] {
    return [...this.#names.values()].filter(({ name }) => name.startsWith(typed))
  }

  /** Reads them, between other work. What cannot be read is left out. */
  async load(): Promise<void> {
    for (const { name, place } of await installedPackages(this.#folder)) {
      try {
        const entry = declarationFile(typesEntry(place))
        if (entry !== undefined) await this.#read(entry, name, new Set())
      } catch {
        // A package.json that is none.
      }
    }
    for (const module of builtins) {
      const exported: object = await import(module)
      for (const [name, value] of Object.entries(exported)) {
        if (name !== 'default') this.#add(name, typeof value === 'function' ? 'function' : 'variable', module)
      }
    }
  }

  async #read(file: string, from: string, seen: Set<string>): Promise<void> {
    if (seen.has(file) || this.#files >= mostFiles) return
    seen.add(file)
    this.#files++
    try {
      const { program } = parseSync(file, await readFile(file, 'utf8'), { lang: 'dts', sourceType: 'module' })
      for (const statement of program.body) {
        const node = statement as unknown as Node
        if (node.type === 'ExportNamedDeclaration') this.#addNamed(node, from)
        if (node.type !== 'ExportAllDeclaration' || !isRecord(node.source)) continue
        if (isRecord(node.exported)) this.#add(String(node.exported.name), 'module', from)
        else {
          const next = declarationFile(resolve(dirname(file), String(node.source.value)))
          if (String(node.source.value).startsWith('.') && next !== undefined)
            await this.#read(next, from, seen)
        }
      }
    } catch {
      // Its names are not proposed.
    }
  }

  #addNamed({ declaration, specifiers }: Node, from: string): void {
    for (const { name, kind } of declaredNames(declaration)) this.#add(name, kind, from)
    for (const specifier of Array.isArray(specifiers) ? specifiers : []) {
      if (!isRecord(specifier) || specifier.exportKind === 'type' || !isRecord(specifier.exported)) continue
      this.#add(String(specifier.exported.name), 'variable', from)
    }
  }

  #add(name: string, kind: string, from: string): void {
    if (name === 'default' || this.#names.has(name)) return
    this.#names.set(name, { name, kind, importLine: `import { ${name} } from '${from}'` })
  }
}

function declaredNames(declaration: unknown): { name: string; kind: string }[] {
  if (!isRecord(declaration)) return []
  const { type, id, declarations } = declaration
  switch (type) {
    case 'FunctionDeclaration':
    case 'TSDeclareFunction':
      return boundNames(id).map((name) => ({ name, kind: 'function' }))
    case 'ClassDeclaration':
    case 'TSEnumDeclaration':
      return boundNames(id).map((name) => ({ name, kind: 'class' }))
    case 'VariableDeclaration':
      return (Array.isArray(declarations) ? declarations : [])
        .flatMap((each) => (isRecord(each) ? boundNames(each.id) : []))
        .map((name) => ({ name, kind: 'variable' }))
    default:
      return []
  }
}

/** Those that the folder's own package.json, the nearest one above, names. */
async function installedPackages(folder: string): Promise<{ name: string; place: string }[]> {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const file = join(at, 'package.json')
    if (existsSync(file)) return await packagesOf(file, at)
    if (dirname(at) === at) return []
  }
}

async function packagesOf(file: string, folder: string): Promise<{ name: string; place: string }[]> {
  try {
    const manifest: unknown = JSON.parse(await readFile(file, 'utf8'))
    if (!isRecord(manifest)) return []
    const { dependencies, devDependencies } = manifest
    return Object.keys({ ...Object(dependencies), ...Object(devDependencies) })
      .filter((name) => name !== 'xdrlab' && !name.startsWith('@types/'))
      .slice(0, mostPackages)
      .map((name) => ({ name, place: join(folder, 'node_modules', name) }))
      .filter(({ place }) => existsSync(join(place, 'package.json')))
  } catch {
    return []
  }
}

/** The declarations of a module, as its path is written: with `.js`, or without anything, or as a folder. */
function declarationFile(path: string): string | undefined {
  const bare = path.replace(/\.(?:d\.)?[cm]?[jt]s$/, '')
  const ends = ['.d.ts', '.d.mts', '.d.cts', '/index.d.ts', '/index.d.mts']
  return [path, ...ends.map((end) => bare + end)].find((file) => {
    if (!/\.d\.[cm]?ts$/.test(file)) return false
    const stat = statSync(file, { throwIfNoEntry: false })
    return stat?.isFile() === true && stat.size < largestFile
  })
}
