import { hasTag, runKey } from './metadata.js'
import type { Cell, Notebook, Output } from './notebook-file.js'
import { findPrivate, type PrivateFinding } from './share-private.js'
import { withoutSecrets } from './share-secrets.js'
import { textsOf } from './share-texts.js'

/** How {@link cleanNotebook} cleans. */
export interface CleanOptions {
  /** Also replaces e-mail addresses, host names and tenant ids, the same by the same everywhere. Default false. */
  pseudonymise?: boolean
}

/** Written by programs at each run: who ran it, when and where. */
const runMetadata = ['execution', 'ExecuteTime', 'papermill', runKey, 'widgets', 'signature']
const keepTag = 'keep_output'

/**
 * A copy of a notebook for others: without outputs (those of cells tagged `keep_output` stay, their secrets blanked),
 * execution counts, traces of runs and paths of this machine. Nothing in it is run; code keeps its secrets, if it has
 * any: what to do with them is for a person to decide.
 */
export function cleanNotebook(notebook: Notebook, { pseudonymise = false }: CleanOptions = {}): Notebook {
  const stripped: Notebook = {
    ...notebook,
    metadata: withoutRunMetadata(notebook.metadata),
    cells: notebook.cells.map(cleanCell),
  }
  const clean = pseudonymise ? replacerOf(stripped) : (text: string) => text
  return mapTexts(stripped, (text) => clean(withoutPaths(text))) as Notebook
}

function cleanCell(cell: Cell): Cell {
  const metadata = withoutRunMetadata(cell.metadata)
  if (cell.cell_type !== 'code') return { ...cell, metadata }
  const keeps = cell.metadata.keep_output === true || hasTag(cell, keepTag)
  const outputs = keeps ? (cell.outputs ?? []).map(cleanOutput) : []
  return { ...cell, metadata, execution_count: null, outputs }
}

function cleanOutput(output: Output): Output {
  const counted = 'execution_count' in output ? { ...output, execution_count: null } : output
  return mapTexts(counted, (text) => withoutSecrets(text)) as Output
}

/** A notebook's or a cell's metadata without what a run wrote there. */
export function withoutRunMetadata(metadata: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(metadata).filter(([name]) => !runMetadata.includes(name)))
}

/** `/home/jane/cases` becomes `~/cases`. */
function withoutPaths(text: string): string {
  return replaceAt(
    text,
    findPrivate(text).filter(({ kind }) => kind === 'machine path'),
    () => '~',
  )
}

function replaceAt(
  text: string,
  findings: readonly PrivateFinding[],
  replacement: (found: PrivateFinding) => string,
): string {
  let clean = ''
  let at = 0
  for (const found of findings) {
    if (found.start < at) continue
    clean += text.slice(at, found.start) + replacement(found)
    at = found.end
  }
  return clean + text.slice(at)
}

/** Replaces what was found anywhere in a notebook everywhere in it: a host is named beside its label only once. */
function replacerOf(notebook: Notebook): (text: string) => string {
  const names = new Map<string, string>()
  const counts = new Map<string, number>()
  for (const { text } of textsOf(notebook)) {
    for (const { kind, value } of findPrivate(text)) {
      const pseudonym = pseudonyms[kind]
      if (pseudonym === undefined || names.has(value)) continue
      const number = (counts.get(kind) ?? 0) + 1
      counts.set(kind, number)
      names.set(value, pseudonym(number, value))
    }
  }
  if (names.size === 0) return (text) => text
  const words = [...names.keys()].sort((a, b) => b.length - a.length).map((name) => escaped(name))
  const all = new RegExp(`(?<![\\w.-])(?:${words.join('|')})(?![\\w-])`, 'g')
  return (text) => text.replace(all, (name) => names.get(name) ?? name)
}

const pseudonyms: Partial<Record<PrivateFinding['kind'], (number: number, value: string) => string>> = {
  'e-mail address': (number) => `person-${number}@example.com`,
  'host name': (number) => `host-${number}.example`,
  'tenant id': (number, value) =>
    value.includes('-')
      ? `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
      : String(100_000 + number),
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

/** A copy of a JSON value with every text changed; names of fields stay. */
function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, mapTexts(item, change)]))
}
