import { abortedError } from '../errors.js'
import {
  hasMembers,
  isPlainObject,
  type Members,
  missing,
  namesOf,
  readMember,
  Unreadable,
} from './table-columns.js'
import { instantOfObject } from './table-time.js'

/** The first rows of something, and how many there are. */
export interface FirstRows {
  rows: readonly unknown[]
  /** `undefined` where more follow and nobody knows how many. */
  total: number | undefined
}

/** One row of a table that shows a single object. */
interface NameValue {
  name: string
  value: unknown
}

/** Whether rows arrive while they are read. */
export function isAsync(source: object): source is AsyncIterable<unknown> {
  return Symbol.asyncIterator in source && typeof source[Symbol.asyncIterator] === 'function'
}

/** Whether all rows are there, so that they can be counted and sorted. */
export function isCounted(source: object): boolean {
  return Array.isArray(source) || source instanceof Set || source instanceof Map || !isIterable(source)
}

/** The first rows; nothing is read behind the one that tells that more follow. */
export function firstRows(source: object, limit: number): FirstRows {
  if (Array.isArray(source)) return { rows: Array.from(source.slice(0, limit), asRow), total: source.length }
  if (source instanceof Map) return { rows: take(source, limit).map(asEntry), total: source.size }
  if (source instanceof Set) return { rows: take(source, limit).map(asRow), total: source.size }
  if (isIterable(source)) {
    const taken = take(source, limit + 1)
    return { rows: taken.slice(0, limit).map(asRow), total: taken.length > limit ? undefined : taken.length }
  }
  const members = hasMembers(source) ? namesAndValues(source) : []
  return { rows: members.slice(0, limit), total: members.length }
}

/**
 * The same of rows that are fetched while they are read; the requests that are on their way are ended.
 *
 * @throws XdrError `XDR_ABORTED`, and what the source throws
 */
export async function firstRowsAsync(
  source: AsyncIterable<unknown>,
  limit: number,
  signal: AbortSignal | undefined,
): Promise<FirstRows> {
  const iterator = source[Symbol.asyncIterator]()
  const rows: unknown[] = []
  const { promise: stopped, end } = stopOf(signal)
  try {
    while (rows.length <= limit) {
      const next = await Promise.race([iterator.next(), stopped])
      if (next.done === true) return { rows: rows.map(asRow), total: rows.length }
      rows.push(next.value)
    }
    await Promise.race([iterator.return?.(), stopped])
    return { rows: rows.slice(0, limit).map(asRow), total: undefined }
  } catch (error) {
    // A source that hangs would not answer this either, so nobody waits for it.
    if (signal?.aborted === true) iterator.return?.().then(undefined, () => undefined)
    throw error
  } finally {
    end()
  }
}

function stopOf(signal: AbortSignal | undefined): { promise: Promise<never>; end: () => void } {
  let stop: () => void = () => undefined
  const promise = new Promise<never>((_resolve, reject) => {
    stop = () => reject(abortedError('reading the rows'))
    if (signal?.aborted === true) stop()
    else signal?.addEventListener('abort', stop, { once: true })
  })
  // Where nothing is raced any more, it is no unhandled rejection.
  promise.catch(() => undefined)
  return { promise, end: () => signal?.removeEventListener('abort', stop) }
}

function take(source: Iterable<unknown>, count: number): unknown[] {
  const taken: unknown[] = []
  if (count > 0) {
    for (const item of source) {
      taken.push(item)
      if (taken.length >= count) break
    }
  }
  return taken
}

function isIterable(source: object): source is Iterable<unknown> {
  return Symbol.iterator in source && typeof source[Symbol.iterator] === 'function'
}

/** What has no fields of its own is a row of one value; null is a row of nulls. */
function asRow(item: unknown): unknown {
  try {
    return rowOf(item)
  } catch (error) {
    return { value: new Unreadable(error) }
  }
}

function rowOf(item: unknown): unknown {
  if (item === null || isPlainObject(item)) return item
  if (typeof item !== 'object') return { value: item }
  if (Array.isArray(item)) return item
  if (item instanceof Map) return fromEntries(take(item, 10_000))
  const data = 'toJSON' in item && typeof item.toJSON === 'function' ? item.toJSON() : item
  return typeof data === 'object' && data !== null && namesOf(data).length > 0 && !ArrayBuffer.isView(data)
    ? data
    : { value: item }
}

function asEntry(entry: unknown): unknown {
  const [key, value] = Array.isArray(entry) ? entry : []
  return { key, value }
}

function fromEntries(entries: readonly unknown[]): object {
  // Without a prototype, a field named `__proto__` is one like any other.
  const row: Record<string, unknown> = Object.create(null)
  for (const entry of entries) if (Array.isArray(entry)) row[String(entry[0])] = entry[1]
  return row
}

/** An object's fields, nested ones with dotted names, one below the other. */
function namesAndValues(source: Members, above = '', depth = 0): NameValue[] {
  return namesOf(source).flatMap((name) => {
    const value = readMember(source, name)
    const isGroup =
      isPlainObject(value) && depth < 3 && namesOf(value).length > 0 && instantOfObject(value) === undefined
    if (isGroup) return namesAndValues(value, `${above}${name}.`, depth + 1)
    return value === missing ? [] : [{ name: `${above}${name}`, value }]
  })
}
