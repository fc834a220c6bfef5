import { parseExactJson, stringifyExactJson } from '../json.js'
import type { RowLines } from '../results/row-source.js'
import type { Row } from '../results/table.js'

/** The field that names a row's tenant. */
const tenantMark = 'tenantContext'
/** Where a field of that name stands that the row has of its own. */
const ownField = `${tenantMark}_`

/** The row with its tenant first. */
export function markRow(row: Row, tenant: string): Row {
  if (!Object.hasOwn(row, tenantMark)) return { [tenantMark]: tenant, ...row }
  const { [tenantMark]: own, ...rest } = row
  return own === tenant
    ? { [tenantMark]: tenant, ...rest }
    : { [tenantMark]: tenant, [ownField]: own, ...rest }
}

const lineFeed = 0x0a
const closing = '}'.charCodeAt(0)
const markKey = `"${tenantMark}"`

/** The same of rows as bytes, which are parsed only where a row may have a field of that name. */
export function markLines({ ndjson, count }: RowLines, tenant: string): RowLines {
  const bytes = Buffer.from(ndjson.buffer, ndjson.byteOffset, ndjson.byteLength)
  if (bytes.includes(markKey)) return { ndjson: markParsed(bytes, tenant), count }
  const mark = Buffer.from(`{${markKey}:${JSON.stringify(tenant)}`)
  const pieces: Buffer[] = []
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(lineFeed, start) + 1
    pieces.push(mark)
    if (bytes[start + 1] !== closing) pieces.push(comma)
    pieces.push(bytes.subarray(start + 1, end))
    start = end
  }
  return { ndjson: Buffer.concat(pieces), count }
}

const comma = Buffer.from(',')

function markParsed(bytes: Buffer, tenant: string): Buffer {
  const lines = bytes
    .toString('utf8')
    .trimEnd()
    .split('\n')
    .map((line) => `${stringifyExactJson(markRow(parseExactJson(line) as Row, tenant))}\n`)
  return Buffer.from(lines.join(''))
}
