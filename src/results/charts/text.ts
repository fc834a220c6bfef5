import type { Figure } from './figure.js'
import { networkText, treeText } from './text-graph.js'
import { barsText, heatmapText, linesText } from './text-grid.js'
import { cutTo } from './text-layout.js'
import { timelineText } from './text-timeline.js'

const usualTextWidth = 100

/** A figure for a terminal: bars of blocks, sparklines, trees. */
export function toText(
  figure: Figure,
  width: number = Number(process.env.COLUMNS) || usualTextWidth,
): string {
  const usable = Math.max(30, width)
  const title = figure.title === '' ? [] : [figure.title]
  return [...title, ...bodyOf(figure, usable), ...figure.notes.map((note) => `(${note})`)]
    .map((line) => cutTo(line, usable).trimEnd())
    .join('\n')
}

function bodyOf(figure: Figure, width: number): string[] {
  switch (figure.kind) {
    case 'empty':
      return [figure.description]
    case 'bars':
      return barsText(figure, width)
    case 'lines':
      return linesText(figure, width)
    case 'heatmap':
      return heatmapText(figure, width)
    case 'timeline':
      return timelineText(figure, width)
    case 'network':
      return networkText(figure, width)
    case 'tree':
      return treeText(figure)
  }
}
