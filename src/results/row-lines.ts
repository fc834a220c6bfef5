import { stringifyExactJson } from '../json.js'
import type { RowLines } from './row-source.js'

const rowsTogether = 500

/** Objects as JSON lines. */
export async function* linesOf(
  rows: Iterable<unknown> | AsyncIterable<unknown>,
): AsyncGenerator<RowLines, void, undefined> {
  let lines: string[] = []
  for await (const row of rows) {
    lines.push(`${lineOf(row)}\n`)
    if (lines.length < rowsTogether) continue
    yield { ndjson: Buffer.from(lines.join('')), count: lines.length }
    lines = []
  }
  if (lines.length > 0) yield { ndjson: Buffer.from(lines.join('')), count: lines.length }
}

function lineOf(row: unknown): string {
  const isObject = typeof row === 'object' && row !== null && !Array.isArray(row) && !(row instanceof Date)
  const object = isObject ? row : { value: row }
  try {
    return JSON.stringify(object)
  } catch {
    // A bigint, which JSON.stringify refuses.
    return stringifyExactJson(object)
  }
}
