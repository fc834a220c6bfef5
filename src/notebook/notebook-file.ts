import { readFileSync } from 'node:fs'
import { XdrError } from '../errors.js'
import { isRecord } from '../record.js'
import { type FileWords, replaceFile } from './replace-file.js'

/** A notebook document, nbformat 4; fields that are not ours are kept as they are. */
export interface Notebook {
  nbformat: 4
  nbformat_minor: number
  metadata: Record<string, unknown>
  cells: Cell[]
}

export interface Cell {
  cell_type: 'code' | 'markdown' | 'raw'
  id?: string
  metadata: Record<string, unknown>
  source: string | string[]
  outputs?: Output[]
  execution_count?: number | null
}

/** An output of a code cell as nbformat keeps it. */
export type Output =
  | { output_type: 'stream'; name: 'stdout' | 'stderr'; text: string }
  | { output_type: 'display_data'; data: MimeBundle; metadata: Record<string, unknown> }
  | {
      output_type: 'execute_result'
      data: MimeBundle
      metadata: Record<string, unknown>
      execution_count: number
    }
  | { output_type: 'error'; ename: string; evalue: string; traceback: string[] }

export type MimeBundle = Record<string, unknown>

/**
 * Reads a notebook.
 *
 * @throws XdrError `XDR_NOTEBOOK` when the file is not there or is no nbformat 4 notebook
 */
export function readNotebook(path: string): Notebook {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : ''
    throw new XdrError(
      'XDR_NOTEBOOK',
      code === 'ENOENT' ? `there is no notebook ${path}` : `${path} cannot be read (${code})`,
      {
        hint: 'check the path',
      },
    )
  }
  return parseNotebook(text, path)
}

/**
 * Reads a notebook's text.
 *
 * @param name what it is called in errors
 * @throws XdrError `XDR_NOTEBOOK` when it is no nbformat 4 notebook
 */
export function parseNotebook(text: string, name: string): Notebook {
  const bad = (why: string) =>
    new XdrError('XDR_NOTEBOOK', `${name} ${why}`, { hint: 'open it in JupyterLab and save it again' })
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    throw bad('is not a notebook: it is not JSON')
  }
  // First: a notebook of format 3 keeps its cells elsewhere, and is told so.
  if (isRecord(document) && typeof document.nbformat === 'number' && document.nbformat !== 4)
    throw bad(`has nbformat ${document.nbformat}, and only 4 is read`)
  if (!isRecord(document) || !Array.isArray(document.cells)) throw bad('is not a notebook: it has no cells')
  if (document.nbformat !== 4) throw bad('is not a notebook: it has no nbformat')
  if (!document.cells.every(isCell)) throw bad('has a cell without type or source')
  return {
    ...document,
    nbformat: 4,
    nbformat_minor: typeof document.nbformat_minor === 'number' ? document.nbformat_minor : 5,
    metadata: isRecord(document.metadata) ? document.metadata : {},
    cells: document.cells,
  }
}

function isCell(value: unknown): value is Cell {
  if (!isRecord(value)) return false
  const { source } = value
  const isSource =
    typeof source === 'string' ||
    (Array.isArray(source) && source.every((line: unknown) => typeof line === 'string'))
  return isSource && ['code', 'markdown', 'raw'].includes(String(value.cell_type)) && isRecord(value.metadata)
}

/** A cell's text, whichever way the file keeps it. */
export function sourceOf(cell: Cell): string {
  return typeof cell.source === 'string' ? cell.source : cell.source.join('')
}

/**
 * Puts a notebook in the place of a file, as a whole.
 *
 * @throws XdrError `XDR_FILE`
 */
export async function writeNotebook(
  path: string,
  notebook: Notebook,
  words: FileWords = { what: 'the notebook' },
): Promise<void> {
  await replaceFile(path, `${JSON.stringify(notebook, null, 1)}\n`, words)
}
