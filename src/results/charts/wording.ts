import { plain } from '../../text.js'
import type { Figure } from './figure.js'

const unwritable = /\p{Surrogate}|[\ufffe\uffff]/gu

/** Titles and notes hold names that came with the rows: one line each, safe to show. */
export function textOfFigure<Kind extends Figure>(figure: Kind): Kind {
  return {
    ...figure,
    title: safe(figure.title, 160),
    description: safe(figure.description, 500),
    notes: figure.notes.map((note) => safe(note, 200)),
  }
}

function safe(text: string, maxLength: number): string {
  return plain(text, maxLength).replace(unwritable, '')
}
