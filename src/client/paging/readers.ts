import { XdrError } from '../../errors.js'
import type { HttpResponse } from '../../http.js'
import { parseExactJson, stringifyExactJson } from '../../json.js'
import { isRecord } from '../../record.js'
import { RowScan } from '../../results/database-scan.js'
import { splitRows } from '../../results/json-rows.js'
import type { RowLines } from '../../results/row-source.js'
import type { Row } from '../../results/table.js'
import { plain } from '../../text.js'
import { nodeLines, nodesOf } from './edges.js'
import type { BatchLook } from './watch.js'

/** The rows of one answer, and what came around them. */
export interface ReadPage<Batch> {
  /** The answer's body; where the rows were taken out of it, their list is empty. */
  body: unknown
  /** `undefined` where there is no list at the path. */
  found: { batch: Batch; rows: number; entries: number } | undefined
}

/** One form in which rows are taken. */
export interface PageReader<Batch> extends BatchLook<Batch> {
  /**
   * Takes the rows out of an answer.
   *
   * @param path names that lead to the list
   * @param parse reads the whole body, or throws what is wrong with the answer
   */
  read(response: HttpResponse, path: readonly string[], parse: () => unknown): ReadPage<Batch>
  /** A page without rows. */
  readonly empty: Batch
  cut(batch: Batch, rows: number): Batch
  /** The nodes of a page of `edges`, and how many they are. */
  nodes(batch: Batch): { batch: Batch; rows: number }
}

/** Entries as they are, whatever they are. */
export const valueReader: PageReader<readonly unknown[]> = {
  read: (_response, path, parse) => {
    const body = parse()
    const list = valueAt(body, path)
    return {
      body,
      found: Array.isArray(list) ? { batch: list, rows: list.length, entries: list.length } : undefined,
    }
  },
  empty: [],
  cut: (batch, rows) => batch.slice(0, rows),
  nodes: counted,
  ends: (batch) => stringifyExactJson([batch[0], batch.at(-1)]),
  texts: (batch) => batch.map((row) => stringifyExactJson(row)),
}

/** Rows as objects. */
export const objectReader: PageReader<readonly Row[]> = {
  ...valueReader,
  read: (_response, path, parse) => {
    const body = parse()
    const list = valueAt(body, path)
    if (!Array.isArray(list)) return { body, found: undefined }
    // A row that the server could not give; its error is told beside it.
    const rows = list.includes(null) ? list.filter((row) => row !== null) : list
    if (!rows.every(isRecord)) throw notObjects(path)
    return { body, found: { batch: rows, rows: rows.length, entries: list.length } }
  },
  empty: [],
  cut: (batch, rows) => batch.slice(0, rows),
  nodes: counted,
}

function counted<Value>(edges: readonly Value[]): { batch: readonly Value[]; rows: number } {
  const batch = nodesOf(edges)
  return { batch, rows: batch.length }
}

/** Rows as lines of the answer's own bytes; one reader for each reading of a list, whose rows it gets to know. */
export function createLineReader(): PageReader<RowLines> {
  const scan = new RowScan()
  return {
    ...lineLook,
    read: (response, path, parse) => {
      const isSuccess = response.status >= 200 && response.status < 300
      const look = isSuccess ? scan.look(response.bytes) : undefined
      const split = isSuccess ? splitRows(response.bytes, path, look) : undefined
      if (split === undefined) return { body: parse(), found: undefined }
      const { ndjson, count, nulls, envelope } = split
      const batch = look?.isWhole === true ? { ndjson, count, scan } : { ndjson, count }
      return { body: envelope, found: { batch, rows: count, entries: count + nulls } }
    },
    empty: { ndjson: new Uint8Array(), count: 0 },
    cut: cutLines,
    nodes: (edges) => {
      const batch = nodeLines(edges)
      return { batch, rows: batch.count }
    },
  }
}

/** Rows of a page as objects, or as what becomes objects when it is used. */
export type RowBatch = readonly Row[] | RowLines

/** A page of a part of a search has ten thousand rows: as objects, all at once, they keep the collector busy. */
const largePageBytes = 2 * 2 ** 20
const rowsTogether = 1_000

/** Rows as objects, of a large page only when they are used; one reader for each reading of a list. */
export function createRowReader(): PageReader<RowBatch> {
  const lines = createLineReader()
  return {
    read: (response, path, parse) =>
      (response.bytes.length < largePageBytes ? objectReader : lines).read(response, path, parse),
    empty: [],
    cut: (batch, rows) => ('ndjson' in batch ? cutLines(batch, rows) : objectReader.cut(batch, rows)),
    nodes: (batch) => ('ndjson' in batch ? lines.nodes(batch) : objectReader.nodes(batch)),
    ends: (batch) => ('ndjson' in batch ? lines.ends(batch) : objectReader.ends(batch)),
    texts: (batch) => ('ndjson' in batch ? lines.texts(batch) : objectReader.texts(batch)),
  }
}

/** The objects of a page, some at a time. */
export function* objectsOf(batch: RowBatch): Generator<readonly Row[], void, undefined> {
  if (!('ndjson' in batch)) {
    yield batch
    return
  }
  const { ndjson } = batch
  for (let from = 0; from < ndjson.length; ) {
    let end = from
    for (let row = 0; row < rowsTogether && end < ndjson.length; row++) {
      end = ndjson.indexOf(lineFeed, end) + 1
      ndjson[end - 1] = comma
    }
    // In place of the line feeds around them, so that the text need not be copied once more.
    ndjson[end - 1] = closeBracket
    const isFirst = from === 0
    if (!isFirst) ndjson[from - 1] = openBracket
    const text = textOf(ndjson.subarray(isFirst ? 0 : from - 1, end))
    yield parseRows(isFirst ? `[${text}` : text)
    from = end
  }
}

function parseRows(text: string): readonly Row[] {
  try {
    return parseExactJson(text) as Row[]
  } catch {
    throw new XdrError('XDR_BAD_RESPONSE', 'the answer holds a row that is no JSON', {
      hint: 'try again; if it stays so, something between here and the platform cuts or changes its answers',
    })
  }
}

/** The first rows of lines. */
export function cutLines(lines: RowLines, rows: number): RowLines {
  const { ndjson } = lines
  let end = 0
  for (let row = 0; row < rows; row++) end = ndjson.indexOf(lineFeed, end) + 1
  return { ...lines, ndjson: ndjson.subarray(0, end), count: rows }
}

const lineLook: BatchLook<RowLines> = {
  ends: ({ ndjson }) => {
    const first = ndjson.indexOf(lineFeed)
    const last = ndjson.lastIndexOf(lineFeed, ndjson.length - 2)
    return textOf(ndjson.subarray(0, first)) + textOf(ndjson.subarray(last + 1))
  },
  texts: ({ ndjson }) => textOf(ndjson).split('\n').slice(0, -1),
}

const lineFeed = 0x0a
const comma = 0x2c
const openBracket = 0x5b
const closeBracket = 0x5d

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
}

/** What stands at a path of names; `undefined` where it ends before. */
export function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, name) => (isRecord(at) && Object.hasOwn(at, name) ? at[name] : undefined),
    value,
  )
}

function notObjects(path: readonly string[]): XdrError {
  return new XdrError('XDR_BAD_RESPONSE', `${plain(path.join('.'), 120)} holds something else than objects`, {
    hint: 'rows() reads lists of objects; ask with query(), or name another list: { rows: "field.list" }',
  })
}
