import type * as PlotModule from '@observablehq/plot'
import type { PlotOptions } from '@observablehq/plot'
import type { NetworkFigure, TreeFigure } from './figure.js'
import { grey } from './palette.js'
import { linkWidth } from './spec-graph.js'
import { tooltip } from './svg-grid.js'
import { elbows, lineTexts, placeLines } from './tree-layout.js'

/** Pixels as they are: the places were found before. */
function pixelScales(width: number, height: number): PlotOptions {
  return {
    height,
    margin: 0,
    x: { axis: null, domain: [0, width], range: [0, width] },
    y: { axis: null, domain: [0, height], range: [0, height] },
  }
}

/** Links as lines, nodes as dots, names beside the largest. */
export function networkPlot(plot: typeof PlotModule, figure: NetworkFigure): PlotOptions {
  const { nodes, links, series, width, height } = figure
  const drawn = links.map(({ source, target, weight }) => ({
    x1: nodes[source]?.x,
    y1: nodes[source]?.y,
    x2: nodes[target]?.x,
    y2: nodes[target]?.y,
    width: linkWidth(weight),
    title: tooltip([
      ['', `${nodes[source]?.label} – ${nodes[target]?.label}`],
      ['weight', weight.toLocaleString('en')],
    ]),
  }))
  const placed = nodes.map((node) => ({
    ...node,
    color: series.colors[node.series] ?? grey,
    top: node.y - node.radius - 3,
    title: tooltip([
      ['', node.label],
      ['kind', series.labels[node.series]],
      ['links', node.degree.toLocaleString('en')],
    ]),
  }))
  return {
    ...pixelScales(width, height),
    marks: [
      plot.link(drawn, {
        x1: 'x1',
        y1: 'y1',
        x2: 'x2',
        y2: 'y2',
        stroke: grey,
        strokeOpacity: 0.55,
        strokeWidth: 'width',
        title: 'title',
      }),
      plot.dot(placed, {
        x: 'x',
        y: 'y',
        r: { value: 'radius', scale: null },
        fill: 'color',
        title: 'title',
      }),
      plot.text(
        placed.filter(({ isNamed }) => isNamed),
        {
          x: 'x',
          y: 'top',
          text: 'label',
          lineAnchor: 'bottom',
          stroke: 'white',
          strokeWidth: 3,
          fill: 'currentColor',
        },
      ),
    ],
  }
}

/** A line of text for each process, behind its parent's. */
export function treePlot(plot: typeof PlotModule, figure: TreeFigure): PlotOptions {
  const { lines, series, width, height } = figure
  const places = placeLines(figure)
  const texts = lineTexts(figure)
  const all = lines.map((line, i) => ({
    x: places[i]?.x,
    y: places[i]?.y,
    textX: (places[i]?.x ?? 0) + 9,
    text: texts[i],
    color: series.colors[line.series] ?? grey,
    title: tooltip([
      ['', line.label],
      ['', line.whole],
      ['', series.labels[line.series]],
    ]),
  }))
  return {
    ...pixelScales(width, height),
    marks: [
      plot.link(elbows(figure), { x1: 'x', y1: 'y', x2: 'x2', y2: 'y2', stroke: grey, strokeOpacity: 0.7 }),
      plot.dot(all, { x: 'x', y: 'y', r: 4, fill: 'color', title: 'title' }),
      plot.text(all, { x: 'textX', y: 'y', text: 'text', textAnchor: 'start', fontSize: 11, title: 'title' }),
    ],
  }
}
