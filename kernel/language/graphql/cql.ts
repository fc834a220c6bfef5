import type { Completions, Proposal } from '../answers.js'
import { eventSources, fieldsOf, otherSources, valuesOf } from './cql-names.js'
import { findSourceTexts } from './source-texts.js'

/** A query in CQL within a cell. */
export interface CqlText {
  /** Places of its text in the cell. */
  start: number
  end: number
  /** The method that takes it. */
  method: string | undefined
}

const methodBefore = /\.(events|alerts|investigations)\s*(?:<[^()]*>\s*)?\(\s*$/
/** A key that holds CQL, in a cell's variables and in a document's arguments alike. */
const keyBefore = /\b(?:cql|cql_query|ql_query)["']?\s*:\s*$/
const reach = 200

/** The CQL that the cursor is in: the argument of `xdr.events('…')` and its like, and the value of `cql_query`. */
export function cqlAt(code: string, cursor: number): CqlText | undefined {
  if (!/\.(?:events|alerts|investigations)\b|\b(?:cql|cql_query|ql_query)\b/.test(code)) return undefined
  const text = findSourceTexts(code).findLast(({ start, end }) => start <= cursor && cursor <= end)
  if (text === undefined) return undefined
  const before = code.slice(Math.max(0, text.start - 1 - reach), text.start - 1)
  const method = methodBefore.exec(before)?.[1]
  const { start, end } = text
  if (text.tag === undefined && (method !== undefined || keyBefore.test(before)))
    return { start, end, method }
  return text.tag?.name === 'gql' ? stringAt(code, text, cursor) : undefined
}

/** The string of a document that the cursor is in, where its argument holds CQL. */
function stringAt(
  code: string,
  { start, end }: { start: number; end: number },
  cursor: number,
): CqlText | undefined {
  const document = code.slice(start, end)
  for (const match of document.matchAll(/#.*|"""[\s\S]*?(?:"""|$)|"(?:[^"\\\n]|\\.)*"?/g)) {
    if (match[0].startsWith('#')) continue
    const quote = match[0].startsWith('"""') ? 3 : 1
    const from = start + match.index + quote
    const isClosed = match[0].length >= 2 * quote && match[0].endsWith('"')
    const to = start + match.index + match[0].length - (isClosed ? quote : 0)
    if (cursor < from || cursor > to) continue
    return keyBefore.test(document.slice(0, match.index))
      ? { start: from, end: to, method: undefined }
      : undefined
  }
  return undefined
}

/** What may stand at the cursor in a query; none within a quoted value. */
export function completeCql(code: string, cursor: number, { start, end, method }: CqlText): Completions {
  const before = code.slice(start, cursor)
  const typed = /[-@\w.]*$/.exec(before)?.[0] ?? ''
  const behind = /^[\w.]*/.exec(code.slice(cursor, end))?.[0] ?? ''
  const tokens = tokenize(before.slice(0, before.length - typed.length))
  const wanted = typed.toLowerCase()
  const proposals =
    tokens === undefined
      ? []
      : expected(tokens, method).filter(({ text }) => text.toLowerCase().startsWith(wanted) && text !== typed)
  return { proposals, start: cursor - typed.length, end: cursor + behind.length }
}

/** Words, strings and operators; `undefined` where a string is open. */
function tokenize(text: string): string[] | undefined {
  const tokens: string[] = []
  for (const [token] of text.matchAll(
    /\\?(["'])(?:(?!\\?\1)[^\n])*\\?\1|!=|>=|<=|[=<>(),|!]|[^\s=<>(),|!"'\\]+|\\?["']/g,
  )) {
    if (/^\\?["']$/.test(token)) return undefined
    tokens.push(token)
  }
  return tokens
}

const keyword = (...texts: string[]): Proposal[] => texts.map((text) => ({ text, kind: 'keyword' }))
const operators = keyword('CONTAINS', '!CONTAINS', 'IN', '!IN', '=', '!=', '>', '>=', '<', '<=')
const times = (): Proposal[] => ['-1h', '-1d', '-7d', '-30d', 'now'].map((text) => ({ text, kind: 'value' }))
const clauses = (): Proposal[] =>
  keyword('EARLIEST=', 'LATEST=', '| head', '| tail', '| sort by', '| aggregate count by')

function expected(tokens: readonly string[], method: string | undefined): Proposal[] {
  const words = tokens.map((token) => token.toUpperCase())
  const last = words.at(-1)
  const sources = sourcesOf(tokens, words)
  if (last === undefined) return keyword('FROM')
  if (last === 'FROM' || (last === ',' && !words.includes('WHERE') && !words.includes('|')))
    return sourceNames(method)
  if (words.includes('|')) return pipeParts(words.slice(words.lastIndexOf('|') + 1), sources)
  if (last === 'WHERE' || last === 'AND' || last === 'OR' || last === 'NOT')
    return [...fieldNames(sources), ...keyword('NOT')]
  if (last === '(')
    return words.at(-2)?.endsWith('IN') === true ? values(sources, tokens.at(-3)) : fieldNames(sources)
  const isTime = words.at(-2) === 'EARLIEST' || words.at(-2) === 'LATEST'
  if (last === '=' && isTime) return times()
  if (/^(?:[=<>]|!=|>=|<=|CONTAINS|IN)$/.test(last))
    return last === 'IN' ? [] : values(sources, fieldBefore(tokens))
  if (isFieldPlace(words)) return operators
  const hasWhere = words.includes('WHERE')
  const isClause = isTimeValue(words)
  return [...(hasWhere ? (isClause ? [] : keyword('AND', 'OR')) : keyword('WHERE')), ...clauses()].filter(
    ({ text }) => !(text.endsWith('=') && words.includes(text.slice(0, -1))),
  )
}

function sourceNames(method: string | undefined): Proposal[] {
  const names =
    method === 'events'
      ? eventSources
      : method === 'alerts'
        ? ['alert']
        : method === 'investigations'
          ? ['investigation']
          : [...otherSources, ...eventSources]
  return names.map((text) => ({ text, kind: 'source' }))
}

/** What stands between FROM and what follows it. */
function sourcesOf(tokens: readonly string[], words: readonly string[]): string[] {
  const end = words.findIndex((word) => ['WHERE', 'EARLIEST', 'LATEST', '|'].includes(word))
  const names = tokens.slice(words.indexOf('FROM') + 1, end < 0 ? undefined : end)
  return names.filter((name) => name !== ',')
}

function fieldNames(sources: readonly string[]): Proposal[] {
  const seen = new Map<string, string>()
  for (const source of sources)
    for (const name of fieldsOf(source)) if (!seen.has(name)) seen.set(name, source)
  return [...seen].map(([text, source]) => ({ text, kind: 'field', signature: `${text} (${source})` }))
}

function values(sources: readonly string[], field: string | undefined): Proposal[] {
  if (field === undefined) return []
  return sources.flatMap((source) => valuesOf(source, field)).map((text) => ({ text, kind: 'value' }))
}

/** The field that an operator at the end compares. */
function fieldBefore(tokens: readonly string[]): string | undefined {
  return tokens.at(-2) === '!' ? tokens.at(-3) : tokens.at(-2)
}

/** The last word stands where a condition begins: an operator follows it. */
function isFieldPlace(words: readonly string[]): boolean {
  const before = words.at(-2)
  return (
    before !== undefined &&
    ['WHERE', 'AND', 'OR', 'NOT', '('].includes(before) &&
    /^[@A-Z_]/.test(words.at(-1) ?? '') &&
    words.at(-3) !== 'IN'
  )
}

function isTimeValue(words: readonly string[]): boolean {
  return words.at(-2) === '=' && (words.at(-3) === 'EARLIEST' || words.at(-3) === 'LATEST')
}

function pipeParts(words: readonly string[], sources: readonly string[]): Proposal[] {
  const last = words.at(-1)
  if (last === undefined) return keyword('head', 'tail', 'sort by', 'aggregate count by')
  if (last === 'BY' || (last === ',' && words.includes('BY'))) return fieldNames(sources)
  if (last === 'SORT') return keyword('by')
  if (last === 'AGGREGATE') return keyword('count by')
  if (last === 'COUNT') return keyword('by')
  return words[0] === 'SORT' && words.length > 2 ? keyword('desc', 'asc') : []
}
