import { abortedError, XdrError } from '../errors.js'
import { plain } from '../text.js'

/** What to do next, by the kind of error that DuckDB names. */
const hints: readonly (readonly [RegExp, string])[] = [
  [
    /^(Missing Extension|Extension Autoloading) Error/,
    'addresses on the network are not read: download the file, or ask with xdr.get()',
  ],
  [/^Permission Error/, 'addresses on the network and extensions are off; files on this machine can be read'],
  [/^Parser Error/, 'correct the statement where the mark stands'],
  [/^Catalog Error: Table/, 'await sql`show tables` lists the tables that there are'],
  [/^Out of Memory Error/, 'ask for less at once, or set XDRLAB_DATABASE_MEMORY, for example to 4GB'],
  [/^Conversion Error/, 'try_cast(… as …) gives null in place of an error'],
  [/^IO Error: No files found/, 'a path is taken from the folder of the notebook'],
]

/** An error of DuckDB as ours: its message, the place in the statement, and the nearest names as the next step. */
export function sqlError(error: unknown): XdrError {
  if (error instanceof XdrError) return error
  const raw = (error instanceof Error ? error.message : String(error)).replace(/^Failed to [a-z ]+: /, '')
  if (/^INTERRUPT Error/.test(raw)) return abortedError('the SQL query')
  // What the bindings say to a text without a statement.
  if (raw === 'Error in native callback') {
    return new XdrError('XDR_SQL', 'there is no statement', { hint: 'write one, such as select 1' })
  }
  const lines = raw.split('\n').map((line) => line.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e]/g, ' '))
  const placeAt = lines.findIndex((line) => /^LINE \d+:/.test(line))
  const place = placeAt === -1 ? [] : lines.slice(placeAt, placeAt + 2).map((line) => line.trimEnd())
  const told = lines.slice(0, placeAt === -1 ? undefined : placeAt).filter((line) => line.trim() !== '')
  // A table of the engine's own is never what was meant.
  const isNames = (line: string) =>
    /^(Did you mean|Candidate|Possible)/.test(line) && !/"(pg_|information_schema|sqlite_|duckdb_)/.test(line)
  const hint =
    told.find(isNames) ?? hints.find(([pattern]) => pattern.test(raw))?.[1] ?? 'correct the statement'
  // Below the first line DuckDB gives advice on settings that are not to be changed here.
  const [first = 'the statement failed'] = told
  return new XdrError('XDR_SQL', [plain(first, 500), ...place].join('\n'), { hint: plain(hint, 300) })
}
