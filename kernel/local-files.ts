import { existsSync, statSync } from 'node:fs'
import { dirname, extname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The TypeScript file that an import means, written with its ending or, as TypeScript has it, without or as `.js`. */
export function findLocal(specifier: string, importer: string): string | undefined {
  if (!/^(\.{0,2}\/|file:)/.test(specifier)) return undefined
  const bare = specifier.replace(/[?#].*$/, '')
  const path = specifier.startsWith('file:') ? fileURLToPath(bare) : resolve(dirname(importer), bare)
  const ending = extname(path)
  if (/^\.[mc]?tsx?$/.test(ending)) return existsSync(path) ? path : undefined
  if (isFile(path)) return undefined
  const stem = /^\.[mc]?js$/.test(ending) ? path.slice(0, -ending.length) : path
  const candidates = [`${stem}.ts`, `${stem}.mts`, `${stem}.cts`, `${stem}.tsx`, join(path, 'index.ts')]
  return candidates.find(isFile)
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}
