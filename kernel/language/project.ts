import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { parseSync } from 'oxc-parser'
import { packageRoot } from '../../src/package.js'
import { isRecord } from '../../src/record.js'
import { ambientText, tslabText } from './ambient.js'
import type { FileChange } from './notebook.js'
import { typesOf } from './package-types.js'

/** Beside a tsconfig.json of the person's, which stays the one of their own files. */
export const configFile = '.xdrlab.tsconfig.json'
const ambientFile = '.xdrlab-globals.d.ts'
const tslabFile = '.xdrlab-tslab.d.ts'

/** What cells need to be read as what they are, whatever the folder's own settings say. */
const cellOptions = {
  target: 'es2024',
  module: 'esnext',
  moduleResolution: 'bundler',
  moduleDetection: 'force',
  resolveJsonModule: true,
  experimentalDecorators: true,
  noEmit: true,
  skipLibCheck: true,
  verbatimModuleSyntax: false,
  isolatedModules: false,
  erasableSyntaxOnly: false,
  noUnusedLocals: false,
  noUnusedParameters: false,
  composite: false,
  incremental: false,
  declaration: false,
}

/** What holds unless the folder's tsconfig.json says otherwise. */
const defaults = { strict: true, lib: ['es2024', 'esnext.disposable', 'esnext.iterator'] }

/** The files that make a folder's cells a TypeScript project: none of them is on the disk. */
export function projectFiles(folder: string): FileChange[] {
  const own = ownSettings(folder)
  const config = {
    ...(own === undefined ? {} : { extends: './tsconfig.json' }),
    compilerOptions: {
      ...(own === undefined ? defaults : {}),
      ...(own !== undefined && own.strict === undefined ? { strict: true } : {}),
      ...(own !== undefined && own.lib === undefined ? { lib: defaults.lib } : {}),
      ...cellOptions,
      types: ['node'],
      typeRoots: typeRoots(folder),
      paths: { ...ownPackages(folder), ...(isRecord(own?.paths) ? own.paths : {}), ...kernelModules(folder) },
    },
    // Itself as well: a file of no project would get one of its own, with all the libraries of a browser.
    include: ['.xdrlab-*.ts', configFile],
  }
  return [
    { name: configFile, text: JSON.stringify(config) },
    { name: ambientFile, text: ambientText },
    { name: tslabFile, text: tslabText },
  ]
}

/** What the kernel answers itself, whatever is installed. */
function kernelModules(folder: string): Record<string, string[]> {
  return {
    xdrlab: [join(packageRoot, 'dist', 'src', 'index.d.ts')],
    tslab: [join(folder, tslabFile)],
  }
}

/** The folder's own types of Node, else ours, wherever the installer has put them. */
function typeRoots(folder: string): string[] {
  const roots = foldersAbove(folder).map((dir) => join(dir, 'node_modules', '@types'))
  const ours = packageFolder('@types/node')
  if (ours !== undefined) roots.push(dirname(ours))
  return [...new Set(roots.filter((dir) => existsSync(dir)))]
}

/** Packages that come with xdrlab and that the folder lacks: the kernel imports ours then. */
function ownPackages(folder: string): Record<string, string[]> {
  const manifest: unknown = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'))
  const dependencies = isRecord(manifest) && isRecord(manifest.dependencies) ? manifest.dependencies : {}
  const above = foldersAbove(folder)
  const paths: Record<string, string[]> = {}
  for (const name of Object.keys(dependencies)) {
    if (above.some((dir) => existsSync(join(dir, 'node_modules', name)))) continue
    const place = packageFolder(name)
    if (place !== undefined) paths[name] = [typesOf(place)]
  }
  return paths
}

function packageFolder(name: string): string | undefined {
  const places = createRequire(import.meta.url).resolve.paths(name) ?? []
  return places.map((dir) => join(dir, name)).find((dir) => existsSync(join(dir, 'package.json')))
}

function foldersAbove(folder: string): string[] {
  const parent = dirname(folder)
  return parent === folder ? [folder] : [folder, ...foldersAbove(parent)]
}

/** The compiler options of the folder's tsconfig.json; `undefined` where there is none that can be read. */
function ownSettings(folder: string): Record<string, unknown> | undefined {
  try {
    const text = readFileSync(join(folder, 'tsconfig.json'), 'utf8')
    const config = readJsonWithComments(text)
    if (!isRecord(config)) return undefined
    return isRecord(config.compilerOptions) ? config.compilerOptions : {}
  } catch {
    return undefined
  }
}

/** Comments and a comma behind the last entry are usual in a tsconfig.json. */
function readJsonWithComments(text: string): unknown {
  const { comments, errors } = parseSync('config.ts', `(${text.replace(/^\ufeff/, '')}\n)`, { lang: 'ts' })
  if (errors.length > 0) return undefined
  let json = text.replace(/^\ufeff/, '')
  for (const { start, end } of comments.toReversed()) json = json.slice(0, start - 1) + json.slice(end - 1)
  return JSON.parse(json.replace(/,(\s*[}\]])/g, '$1'))
}
