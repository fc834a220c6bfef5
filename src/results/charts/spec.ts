import type { Figure } from './figure.js'
import { networkSpec, treeSpec } from './spec-graph.js'
import { barsSpec, heatmapSpec, linesSpec } from './spec-grid.js'
import { timelineSpec } from './spec-timeline.js'

/** A Vega-Lite v5 specification, as JSON. */
export type VegaLiteSpec = Record<string, unknown>

/**
 * A figure as Vega-Lite. Its columns are named by us and what comes from rows stands in `data.values` alone, so that no
 * name or text of a server becomes part of an expression, of a link or of an image.
 */
export function toVegaLite(figure: Figure): VegaLiteSpec | undefined {
  const drawing = drawingOf(figure)
  if (drawing === undefined) return undefined
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v5.json',
    title: {
      text: figure.title,
      ...(figure.notes.length === 0 ? {} : { subtitle: [...figure.notes] }),
      anchor: 'start',
    },
    description: figure.description,
    // The whole is as wide as asked for; the height is that of the drawing alone, which depends on its content.
    autosize: { type: 'fit-x', contains: 'padding' },
    width: figure.width,
    height: figure.height,
    ...drawing,
    // Neither background nor colour of text: the theme of whoever draws it has both, and they go together.
    config: {
      view: { stroke: null },
      axis: { labelLimit: 260 },
      axisY: { maxExtent: 340 },
      legend: { labelLimit: 260 },
    },
  }
}

function drawingOf(figure: Figure): VegaLiteSpec | undefined {
  switch (figure.kind) {
    case 'empty':
      return undefined
    case 'bars':
      return barsSpec(figure)
    case 'lines':
      return linesSpec(figure)
    case 'heatmap':
      return heatmapSpec(figure)
    case 'timeline':
      return timelineSpec(figure)
    case 'network':
      return networkSpec(figure)
    case 'tree':
      return treeSpec(figure)
  }
}
