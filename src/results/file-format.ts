import { extname } from 'node:path'
import { XdrError } from '../errors.js'
import { plain } from '../text.js'

/** What rows are written as and read from. `arrow` is the file format of Arrow IPC, `arrows` its stream. */
export type FileFormat = 'parquet' | 'csv' | 'tsv' | 'ndjson' | 'arrow' | 'arrows'

const endings: Readonly<Record<string, FileFormat>> = {
  parquet: 'parquet',
  csv: 'csv',
  tsv: 'tsv',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  arrow: 'arrow',
  feather: 'arrow',
  arrows: 'arrows',
}

/**
 * The format that is named, else that of the path's ending.
 *
 * @throws XdrError `XDR_BAD_OPTION` with the list of those that there are
 */
export function formatOf(path: string, format?: string): FileFormat {
  const known = Object.values(endings).find((each) => each === format)
  if (known !== undefined) return known
  const ending = extname(String(path)).slice(1).toLowerCase()
  const guessed = Object.hasOwn(endings, ending) ? endings[ending] : undefined
  if (format === undefined && guessed !== undefined) return guessed
  const what = format === undefined ? `the ending of ${plain(path, 80)}` : `the format ${plain(format, 40)}`
  throw new XdrError('XDR_BAD_OPTION', `${what} is not known`, {
    hint: `it is one of ${Object.keys(endings)
      .map((each) => `.${each}`)
      .join(', ')}`,
  })
}
