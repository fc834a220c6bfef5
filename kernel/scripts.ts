import type { SourceMap } from 'node:module'

/** Prefix of the script names that V8 sees; they may hold no space, and are rewritten for people: `cell [3]`. */
export const scriptPrefix = 'xdrlab-'

/** A script of ours, as errors speak of it. */
export interface KnownScript {
  /** `cell [3]`, or the path of a local file. */
  label: string
  /** The way back to the lines that the person typed; made when first needed. */
  sourceMap(): SourceMap
  map?: SourceMap
  /** Of its text, characters. */
  length: number
}

/** Oldest first. */
const scripts = new Map<string, KnownScript>()
/** Of texts that are kept, characters: a notebook that runs for weeks, or saves a file again and again, ends here. */
const keptLength = 1 << 25
let length = 0

/**
 * Keeps the way back to a script's text: functions that it defines may throw at any later time. The oldest texts make
 * room for new ones; errors then name their lines as V8 sees them.
 */
export function rememberScript(name: string, script: KnownScript): void {
  scripts.set(name, script)
  length += script.length
  for (const [oldest, { length: freed }] of scripts) {
    if (length <= keptLength || oldest === name) break
    scripts.delete(oldest)
    length -= freed
  }
}

/** The script of that name, if it is one of ours. */
export function findScript(name: string): KnownScript | undefined {
  return scripts.get(name)
}

/** From 0-based places in a script to 1-based ones in what the person typed. */
export function originalPlace(
  script: KnownScript | undefined,
  line: number,
  column: number,
): { line: number; column: number } {
  if (script === undefined) return { line: line + 1, column: column + 1 }
  script.map ??= script.sourceMap()
  const entry = script.map.findEntry(line, column)
  if (!('originalLine' in entry)) return { line: 1, column: 1 }
  return { line: entry.originalLine + 1, column: entry.originalColumn + 1 }
}
