import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isRecord } from '../../src/record.js'

/** A folder is taken by its `types` and `main` alone; what only its `exports` say is looked up here. */
export function typesOf(place: string): string {
  const manifest: unknown = JSON.parse(readFileSync(join(place, 'package.json'), 'utf8'))
  if (!isRecord(manifest) || typeof manifest.types === 'string' || typeof manifest.typings === 'string')
    return place
  const found = typesCondition(
    isRecord(manifest.exports) ? (manifest.exports['.'] ?? manifest.exports) : undefined,
  )
  return found === undefined ? place : join(place, found)
}

/** The path that a package names for its types, as it is written. */
export function typesEntry(place: string): string {
  const manifest: unknown = JSON.parse(readFileSync(join(place, 'package.json'), 'utf8'))
  const own = isRecord(manifest) ? (manifest.types ?? manifest.typings) : undefined
  return typeof own === 'string' ? join(place, own) : typesOf(place)
}

function typesCondition(target: unknown): string | undefined {
  if (!isRecord(target)) return undefined
  for (const [condition, value] of Object.entries(target)) {
    if (condition === 'types' && typeof value === 'string') return value
    if (condition !== 'import' && condition !== 'default' && condition !== 'node' && condition !== 'types')
      continue
    const found = typesCondition(value)
    if (found !== undefined) return found
  }
  return undefined
}
