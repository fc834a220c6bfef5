import { createLogUpdate } from 'log-update'
import { textWidth } from '../results/table-width.js'

/** Lines that stay in their place on a terminal. */
export interface LiveLines {
  /** Draws a text in place of the one before. */
  draw(text: string): void
  /** Takes the text away. */
  clear(): void
  /** Leaves the text as it stands; what is drawn next begins below it. */
  done(): void
}

/** Whether what was written can be written over: not in a file, a pipe, an editor's shell. */
export function canRedraw(stream: Pick<NodeJS.WriteStream, 'isTTY'>): boolean {
  return stream.isTTY === true && process.env.TERM !== 'dumb'
}

/**
 * Lines that are drawn anew, also after the terminal's width has changed: terminals then break what stands there again,
 * and it takes other rows than were written.
 */
export function liveLines(stream: NodeJS.WriteStream): LiveLines {
  const update = createLogUpdate(stream, { showCursor: true })
  let shown = ''
  let columns = stream.columns
  const clear = () => {
    stream.write(eraseUp(rowsAdded(shown, columns, stream.columns)))
    update.clear()
    shown = ''
    columns = stream.columns
  }
  return {
    draw: (text) => {
      if (stream.columns !== columns) clear()
      update(text)
      shown = text
    },
    clear,
    done: () => {
      update.done()
      shown = ''
    },
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
