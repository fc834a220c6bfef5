import type { PlotOptions } from '@observablehq/plot'
import { type Drawn, fontSize, ink, loadPlot, nameGroups, svgElement, writeXml } from './canvas.js'
import type { Figure, HeatmapFigure, Series } from './figure.js'
import { networkPlot, treePlot } from './svg-graph.js'
import { barsPlot, heatmapPlot, linesPlot } from './svg-grid.js'
import { timelinePlot } from './svg-timeline.js'
import { usedSeries } from './tree-layout.js'
import { showNumber } from './values.js'

const padding = 14
/** Beginning, middle and end of the scale that heat maps have. */
const viridis = ['#440154', '#21918c', '#fde725']
const lineHeight = 16

/**
 * A figure as an SVG document, drawn by Observable Plot on a white ground: front ends show it as a picture, in which
 * the page's colours are not known.
 */
export function toSvg(figure: Figure): string {
  const head = writeHead(figure)
  const body = drawBody(figure)
  const width = Math.max(figure.width, body.width) + 2 * padding
  const height = head.height + body.height + 2 * padding
  const svg = svgElement('svg', {
    xmlns: 'http://www.w3.org/2000/svg',
    role: 'img',
    'aria-label': figure.title === '' ? figure.description : figure.title,
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
    // Where a page has it in its markup, it is never wider than that.
    style: 'max-width:100%;height:auto',
    fill: ink,
    color: ink,
    'font-family': 'system-ui, sans-serif',
    'font-size': fontSize,
  })
  const ground = svgElement('rect', { width, height, rx: 6, fill: '#ffffff' })
  svg.append(withText('title', figure.title), withText('desc', figure.description), ground, head.element)
  if (body.element !== undefined) {
    body.element.setAttribute('transform', `translate(${padding},${padding + head.height})`)
    svg.append(body.element)
  }
  return writeXml(svg)
}

/** The title, what was cut, and what the colours mean. */
function writeHead(figure: Figure): { element: Drawn; height: number } {
  const element = svgElement('g', { transform: `translate(${padding},${padding})` })
  let y = lineHeight - 3
  const write = (text: string, attributes: Readonly<Record<string, string | number>>) => {
    element.append(withText('text', text, { x: 0, y, ...attributes }))
    y += lineHeight
  }
  const letters = Math.floor(figure.width / 6.2)
  if (figure.title !== '')
    write(cut(figure.title, Math.floor(letters * 0.85)), { 'font-size': 13, 'font-weight': 600 })
  if (figure.kind === 'empty') write(figure.description, {})
  for (const note of figure.notes) write(cut(note, letters), { fill: '#57606a' })
  const legend = legendOf(figure)
  if (legend !== undefined) y += writeLegend(legend, figure.width, element, y)
  return { element, height: y }
}

function cut(text: string, letters: number): string {
  return text.length > letters ? `${text.slice(0, letters - 1)}…` : text
}

function legendOf(figure: Figure): Series | undefined {
  switch (figure.kind) {
    case 'bars':
    case 'lines':
    case 'timeline':
    case 'network':
      return figure.series.hasLegend ? figure.series : undefined
    case 'tree':
      return figure.lines.some(({ series }) => series !== figure.lines[0]?.series)
        ? usedSeries(figure)
        : undefined
    case 'heatmap':
      return scaleLegend(figure)
    case 'empty':
      return undefined
  }
}

/** The least, the middle and the most of a heat map, in the colours that they have. */
function scaleLegend({ cells, valueTitle }: HeatmapFigure): Series {
  const values = cells.map(({ value }) => value)
  const [least, most] = [Math.min(...values), Math.max(...values)]
  const middle = (least + most) / 2
  // What is counted has no halves.
  const steps = [least, values.every(Number.isInteger) ? Math.round(middle) : middle, most]
  const kept = steps.flatMap((value, i) => (steps.indexOf(value) === i ? [i] : []))
  return {
    title: '',
    labels: kept.map((i) => `${showNumber(steps[i] ?? 0)} ${valueTitle}`),
    colors: kept.map((i) => viridis[i] ?? ink),
    hasLegend: true,
  }
}

/** Names beside their colours, in as many lines as they need; gives the height. */
function writeLegend({ labels, colors }: Series, width: number, into: Drawn, top: number): number {
  let [x, y] = [0, top]
  for (const [i, label] of labels.entries()) {
    const text = cut(label, 40)
    const wide = 16 + text.length * 6.4 + 14
    if (x > 0 && x + wide > width) {
      x = 0
      y += lineHeight
    }
    into.append(
      svgElement('rect', { x, y: y - 9, width: 10, height: 10, rx: 2, fill: colors[i] ?? ink }),
      withText('text', text, { x: x + 15, y }),
    )
    x += wide
  }
  return y - top + lineHeight
}

function withText(
  name: string,
  text: string,
  attributes: Readonly<Record<string, string | number>> = {},
): Drawn {
  const element = svgElement(name, attributes)
  element.textContent = text
  return element
}

function drawBody(figure: Figure): { element: Drawn | undefined; width: number; height: number } {
  const options = plotOf(figure)
  if (options === undefined) return { element: undefined, width: 0, height: 0 }
  const { plot, document } = loadPlot()
  const drawn = plot.plot({ document, width: figure.width, figure: false, ...options })
  // One document, without Plot's own styles: its letters and colours come from the outside.
  drawn.querySelector('style')?.remove()
  nameGroups(drawn)
  const element = svgElement('g', { 'text-anchor': 'middle', 'font-size': fontSize - 1 })
  for (const child of [...drawn.childNodes]) element.append(child)
  return { element, width: figure.width, height: Number(drawn.getAttribute('height')) }
}

function plotOf(figure: Figure): PlotOptions | undefined {
  const { plot } = loadPlot()
  switch (figure.kind) {
    case 'empty':
      return undefined
    case 'bars':
      return barsPlot(plot, figure)
    case 'lines':
      return linesPlot(plot, figure)
    case 'heatmap':
      return heatmapPlot(plot, figure)
    case 'timeline':
      return timelinePlot(plot, figure)
    case 'network':
      return networkPlot(plot, figure)
    case 'tree':
      return treePlot(plot, figure)
  }
}
