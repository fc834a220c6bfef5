import { sliceWidth, textWidth } from '../table-width.js'

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const
const levels = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const

/** Columns of a terminal that a text takes. */
export function widthOf(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, textWidth(text)), 0)
}

/** The text, or its beginning with `…` where it is wider. */
export function cutTo(text: string, width: number): string {
  return textWidth(text) <= width ? text : `${sliceWidth(text, width - 1)}…`
}

/** The text in exactly so many columns. */
export function padTo(text: string, width: number, isRight = false): string {
  const cut = cutTo(text, width)
  const space = ' '.repeat(Math.max(0, width - textWidth(cut)))
  return isRight ? space + cut : cut + space
}

/** A bar of blocks, to an eighth of a column. */
export function blockBar(share: number, width: number): string {
  const units = Math.round(Math.max(0, Math.min(1, share)) * width * 8)
  const bar = '█'.repeat(Math.floor(units / 8)) + (eighths[units % 8] ?? '')
  // What is there is seen, however little it is.
  return bar === '' && share > 0 ? '▏' : bar
}

/** A line of blocks as high as the values, each so many columns wide; a gap where there is none. */
export function sparkline(
  values: readonly (number | undefined)[],
  least: number,
  most: number,
  across = 1,
): string {
  const range = most - least
  return values
    .map((value) => {
      if (value === undefined) return ' '.repeat(across)
      const level = range === 0 ? 0 : Math.round(((value - least) / range) * (levels.length - 1))
      return (levels[level] ?? ' ').repeat(across)
    })
    .join('')
}

/** Values put together until they fit; what `join` makes of each group. */
export function squeeze<Value>(
  values: readonly Value[],
  width: number,
  join: (group: readonly Value[]) => Value,
): readonly Value[] {
  if (values.length <= width) return values
  const size = Math.ceil(values.length / width)
  return Array.from({ length: Math.ceil(values.length / size) }, (_, i) =>
    join(values.slice(i * size, (i + 1) * size)),
  )
}

/** A text at either end of a line. */
export function atEnds(left: string, right: string, width: number): string {
  const space = width - textWidth(left) - textWidth(right)
  return space < 1 ? left : `${left}${' '.repeat(space)}${right}`
}
