import type { Cell, Notebook } from './notebook-file.js'

/** A text of a notebook, and where a person finds it. */
export interface PlacedText {
  /** Counted from 1; `undefined` for the notebook's own metadata. */
  cell: number | undefined
  /** `code`, `markdown`, `output 2 (text/html)`, `metadata`, `attachment a.svg`. */
  place: string
  text: string
}

/** Content that is no text; SVG is. */
const binaryType = /^(?:image\/(?!svg)|audio\/|video\/|font\/|application\/(?:pdf|zip|octet-stream))/

/** Every text of a notebook, code and outputs and metadata alike; images are left out. */
export function* textsOf(notebook: Notebook): Generator<PlacedText> {
  for (const [index, cell] of notebook.cells.entries()) {
    for (const found of textsOfCell(cell)) yield { cell: index + 1, ...found }
  }
  const { cells: _cells, ...rest } = notebook
  for (const text of stringsIn(rest)) yield { cell: undefined, place: 'metadata', text }
}

function* textsOfCell(cell: Cell): Generator<{ place: string; text: string }> {
  const {
    source,
    outputs = [],
    cell_type: type,
    attachments,
    ...rest
  } = cell as Cell & { attachments?: unknown }
  yield { place: type, text: joined(source) }
  for (const [index, output] of outputs.entries()) {
    const at = `output ${index + 1}`
    if (output.output_type === 'stream') yield { place: at, text: joined(output.text) }
    else if (output.output_type === 'error') {
      yield { place: at, text: [output.ename, output.evalue, ...output.traceback].join('\n') }
    } else {
      for (const [mime, data] of Object.entries(output.data)) {
        if (binaryType.test(mime)) continue
        for (const text of isText(data) ? [joined(data)] : stringsIn(data))
          yield { place: `${at} (${mime})`, text }
      }
      for (const text of stringsIn(output.metadata)) yield { place: `${at}, metadata`, text }
    }
  }
  for (const [name, bundle] of Object.entries(Object(attachments ?? {}))) {
    yield { place: `attachment ${name}`, text: name }
    for (const [mime, data] of Object.entries(Object(bundle)))
      if (!binaryType.test(mime))
        for (const text of stringsIn(data)) yield { place: `attachment ${name}`, text }
  }
  for (const text of stringsIn(rest)) yield { place: 'metadata', text }
}

/** The texts of a JSON value, names with their values where both are short: `tenant: 1234` says what neither does. */
function* stringsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value
  else if (isText(value)) yield joined(value)
  else if (Array.isArray(value)) for (const item of value) yield* stringsIn(item)
  else if (typeof value === 'object' && value !== null) {
    for (const [name, item] of Object.entries(value)) {
      if (typeof item === 'string' || typeof item === 'number') yield `${name}: ${item}`
      else {
        yield name
        yield* stringsIn(item)
      }
    }
  }
}

/** Whichever of the two ways of nbformat it is kept in. */
function isText(value: unknown): value is string | string[] {
  return (
    typeof value === 'string' ||
    (Array.isArray(value) && value.length > 0 && value.every((line) => typeof line === 'string'))
  )
}

function joined(text: string | readonly string[]): string {
  return typeof text === 'string' ? text : text.join('')
}
