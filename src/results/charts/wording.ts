import { plain } from '../../text.js'
import type { Figure } from './figure.js'
import type { ChartOptions } from './options.js'
import type { Columns } from './read.js'

const unwritable = /\p{Surrogate}|[\ufffe\uffff]/gu

/** Titles and notes hold names that came with the rows: one line each, safe to show. */
export function tidyFigure(figure: Figure, columns: Columns, options: ChartOptions): Figure {
  // Without rows no field was chosen, and a heading would speak of one.
  const title = columns.rowCount === 0 ? (options.title ?? '') : figure.title
  return {
    ...figure,
    title: tidy(title, 160),
    description: tidy(figure.description, 500),
    notes: figure.notes.map((note) => tidy(note, 200)),
  }
}

function tidy(text: string, maxLength: number): string {
  return plain(text, maxLength).replace(unwritable, '')
}
