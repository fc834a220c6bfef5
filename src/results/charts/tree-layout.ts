import type { Series, TreeFigure } from './figure.js'

const widestIndent = 20
/** Width of a letter, more or less, pixels. */
const letter = 6.4

/** Where each line's dot stands, pixels from the left and the top. */
export function placeLines({ lines, width, height }: TreeFigure): { x: number; y: number }[] {
  const deepest = Math.max(...lines.map(({ depth }) => depth))
  const indent = Math.min(widestIndent, (0.45 * width) / Math.max(1, deepest))
  const step = height / lines.length
  return lines.map(({ depth }, i) => ({
    x: Math.round((8 + depth * indent) * 10) / 10,
    y: Math.round((i + 0.5) * step * 10) / 10,
  }))
}

/** What stands behind a line's dot, as much as there is room for. */
export function lineTexts(figure: TreeFigure): string[] {
  const places = placeLines(figure)
  return figure.lines.map(({ label, detail }, i) => {
    const text = detail === '' ? label : `${label}   ${detail}`
    const room = Math.max(8, Math.floor((figure.width - (places[i]?.x ?? 0) - 9) / letter))
    return text.length > room ? `${text.slice(0, room - 1)}…` : text
  })
}

/** From each parent down to its last child, and from there to every child. */
export function elbows(figure: TreeFigure): { x: number; y: number; x2: number; y2: number }[] {
  const places = placeLines(figure)
  const lastChild = new Map<number, number>()
  for (const [i, { parent }] of figure.lines.entries()) if (parent >= 0) lastChild.set(parent, i)
  const drawn: { x: number; y: number; x2: number; y2: number }[] = []
  for (const [parent, child] of lastChild) {
    const [from, to] = [places[parent], places[child]]
    if (from !== undefined && to !== undefined) drawn.push({ x: from.x, y: from.y, x2: from.x, y2: to.y })
  }
  for (const [i, { parent }] of figure.lines.entries()) {
    const [from, to] = [places[parent], places[i]]
    if (from !== undefined && to !== undefined) drawn.push({ x: from.x, y: to.y, x2: to.x, y2: to.y })
  }
  return drawn
}

/** The kinds of lines that there are, for the legend. */
export function usedSeries({ lines, series }: TreeFigure): Series {
  const used = new Set(lines.map((line) => line.series))
  const labels = series.labels.filter((_, i) => used.has(i))
  return {
    title: '',
    labels,
    colors: series.colors.filter((_, i) => used.has(i)),
    hasLegend: labels.length > 1,
  }
}
