import type { NetworkFigure, TreeFigure } from './figure.js'
import { colorOf, inkExpression, type Part, pixels, told } from './spec-parts.js'
import { elbows, lineTexts, placeLines, usedSeries } from './tree-layout.js'

/** Links as lines, nodes as dots, names beside the largest. */
export function networkSpec({ nodes, links, series, width, height }: NetworkFigure): Part {
  const position = { x: pixels('x', width), y: pixels('y', height, true) }
  const placed = nodes.map((node) => ({
    x: node.x,
    y: node.y,
    label: node.label,
    series: series.labels[node.series] ?? '',
    degree: node.degree,
    area: Math.round(Math.PI * node.radius ** 2),
    top: node.y - node.radius - 3,
    isNamed: node.isNamed,
  }))
  const drawn = links.map(({ source, target, weight }) => ({
    x: nodes[source]?.x,
    y: nodes[source]?.y,
    x2: nodes[target]?.x,
    y2: nodes[target]?.y,
    width: linkWidth(weight),
    from: nodes[source]?.label,
    to: nodes[target]?.label,
    weight,
  }))
  return {
    layer: [
      {
        data: { values: drawn },
        mark: { type: 'rule', color: '#8a8a8a', opacity: 0.55 },
        encoding: {
          ...position,
          x2: { field: 'x2' },
          y2: { field: 'y2' },
          strokeWidth: { field: 'width', type: 'quantitative', scale: null, legend: null },
          tooltip: [told('from', 'from'), told('to', 'to'), told('weight', 'weight')],
        },
      },
      {
        data: { values: placed },
        mark: { type: 'circle', opacity: 1 },
        encoding: {
          ...position,
          size: { field: 'area', type: 'quantitative', scale: null, legend: null },
          color: colorOf(series, width),
          tooltip: [told('label', 'name'), told('series', 'kind'), told('degree', 'links')],
        },
      },
      {
        data: { values: placed.filter(({ isNamed }) => isNamed) },
        mark: { type: 'text', fontSize: 10, baseline: 'bottom', limit: 160, color: inkExpression },
        encoding: {
          x: position.x,
          y: pixels('top', height, true),
          text: { field: 'label', type: 'nominal' },
        },
      },
    ],
  }
}

/** Thicker for more, but never a wall. */
export function linkWidth(weight: number): number {
  return Math.round(Math.min(6, 0.8 + Math.log2(1 + Math.max(0, weight)) / 2) * 100) / 100
}

/** A line of text for each process, behind its parent's. */
export function treeSpec(figure: TreeFigure): Part {
  const { lines, series, width, height } = figure
  const places = placeLines(figure)
  const texts = lineTexts(figure)
  const values = lines.map((line, i) => ({
    x: places[i]?.x,
    y: places[i]?.y,
    textX: (places[i]?.x ?? 0) + 9,
    label: line.label,
    text: texts[i],
    whole: line.whole,
    series: series.labels[line.series] ?? '',
  }))
  const shown = usedSeries(figure)
  const y = pixels('y', height, true)
  const tooltip = [told('label', 'process'), told('whole', 'command line'), told('series', 'kind')]
  return {
    layer: [
      {
        data: { values: elbows(figure) },
        mark: { type: 'rule', color: '#8a8a8a', opacity: 0.7 },
        encoding: { x: pixels('x', width), y, x2: { field: 'x2' }, y2: { field: 'y2' } },
      },
      {
        data: { values },
        mark: { type: 'circle', size: 60, opacity: 1 },
        encoding: { x: pixels('x', width), y, color: colorOf(shown, width), tooltip },
      },
      {
        data: { values },
        mark: {
          type: 'text',
          fontSize: 11,
          align: 'left',
          baseline: 'middle',
          color: inkExpression,
        },
        encoding: { x: pixels('textX', width), y, text: { field: 'text', type: 'nominal' }, tooltip },
      },
    ],
  }
}
