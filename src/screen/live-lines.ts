import { createLogUpdate } from 'log-update'
import { textWidth } from '../results/table-width.js'

/**
 * Lines that stay in their place on a terminal and are drawn anew, also after its width has changed: terminals then
 * break what stands there again, and it takes other rows than were written.
 *
 * @returns draws a text in place of the one before
 */
export function liveLines(stream: NodeJS.WriteStream): (text: string) => void {
  const draw = createLogUpdate(stream, { showCursor: true })
  let shown = ''
  let columns = stream.columns
  return (text) => {
    if (stream.columns !== columns) {
      stream.write(eraseUp(rowsAdded(shown, columns, stream.columns)))
      draw.clear()
      columns = stream.columns
    }
    draw(text)
    shown = text
  }
}

/** Breaks lines between words. A word that is wider than the terminal is broken where the line ends. */
export function wrapWords(text: string, columns: number): string {
  return text
    .split('\n')
    .map((line) => (textWidth(line) > columns ? wrapLine(line, columns) : line))
    .join('\n')
}

function wrapLine(line: string, columns: number): string {
  let wrapped = ''
  let width = 0
  for (const [word] of line.matchAll(/\s*\S+/g)) {
    const bare = word.trimStart()
    const isNext = width > 0 && width + textWidth(word) > columns && textWidth(bare) <= columns
    wrapped += isNext ? `\n${bare}` : word
    width = isNext ? textWidth(bare) : (width + textWidth(word)) % columns
  }
  return wrapped
}

/** How many rows more a text takes that was written, broken at `before` columns, and then broken again at `after`. */
function rowsAdded(text: string, before: number, after: number): number {
  if (after >= before) return 0
  let added = 0
  for (const line of text.split('\n')) {
    const width = textWidth(line)
    const whole = Math.floor(width / before)
    added += whole * (Math.ceil(before / after) - 1)
    added += Math.max(1, Math.ceil((width % before) / after)) - 1
  }
  return added
}

function eraseUp(rows: number): string {
  return '\u001b[1A\u001b[2K'.repeat(rows)
}
