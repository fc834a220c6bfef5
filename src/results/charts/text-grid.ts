import type { BarsFigure, GridCell, HeatmapFigure, LinesFigure, Series } from './figure.js'
import { atEnds, blockBar, padTo, sparkline, squeeze, widthOf } from './text-layout.js'
import { showNumber } from './values.js'

/** Fillings of the parts of a bar, as far as a terminal tells them apart. */
const fillings = ['█', '▓', '▒', '░', '#', '=', '+', '·'] as const
const shades = ['·', '░', '▒', '▓', '█'] as const
/** More bars than this over time are a sparkline. */
const mostBars = 30

/** A line for each bar; over long times a sparkline for each colour. */
export function barsText(figure: BarsFigure, width: number): string[] {
  const { x, series, cells } = figure
  if (x.kind === 'time' && x.buckets.length > mostBars) return sparklines(figure, width, true)
  const bars = x.buckets.map((bucket, i) => {
    const parts = cells.filter((cell) => cell.x === i)
    const total = parts.reduce((sum, { value }) => sum + value, 0)
    return { label: bucket.label, parts, total, shown: shownTotal(parts, total) }
  })
  const labelWidth = Math.min(widthOf(bars.map(({ label }) => label)), Math.floor(width * 0.45))
  const valueWidth = widthOf(bars.map(({ shown }) => shown))
  const room = Math.max(8, width - labelWidth - valueWidth - 4)
  const scale = scaleOf(
    figure,
    bars.map(({ total }) => total),
  )
  const line = ({ label, parts, total, shown }: (typeof bars)[number]) => {
    const bar =
      parts.length === 0
        ? ''
        : total < 0 || !series.hasLegend
          ? `${total < 0 ? '−' : ''}${blockBar(scale(Math.abs(total)), total < 0 ? room - 1 : room)}`
          : partsBar(parts, scale(total), room)
    return `${padTo(label, labelWidth)}  ${padTo(shown, valueWidth, true)}  ${bar}`
  }
  return [...legendLine(series), ...bars.map(line)]
}

function shownTotal(parts: readonly GridCell[], total: number): string {
  const [only, ...others] = parts
  if (only === undefined) return '0'
  return others.length === 0 ? only.shown : showNumber(total)
}

function scaleOf({ log }: BarsFigure, totals: readonly number[]): (value: number) => number {
  const sizes = totals.map(Math.abs)
  const most = Math.max(...sizes)
  if (!log) return (value) => (most === 0 ? 0 : value / most)
  const least = Math.min(...sizes.filter((size) => size > 0)) / 2
  return (value) => (value <= 0 ? 0 : Math.log(value / least) / Math.log(most / least))
}

/** The parts of a bar, each with its own filling; together they are as long as the bar. */
function partsBar(parts: readonly GridCell[], share: number, room: number): string {
  const positive = parts.filter(({ value }) => value > 0)
  const sum = positive.reduce((total, { value }) => total + value, 0)
  let [reached, drawn, bar] = [0, 0, '']
  for (const { y, value } of positive) {
    reached += value
    const end = Math.max(drawn, Math.round((reached / sum) * share * room))
    bar += (fillings[y % fillings.length] ?? '█').repeat(end - drawn)
    drawn = end
  }
  return bar === '' && sum > 0 ? '▏' : bar
}

function legendLine({ labels, hasLegend }: Series): string[] {
  if (!hasLegend) return []
  return [labels.map((label, i) => `${fillings[i % fillings.length]} ${label}`).join('   ')]
}

/** A sparkline for each line. */
export function linesText(figure: LinesFigure, width: number): string[] {
  return sparklines(figure, width, false)
}

function sparklines(figure: BarsFigure | LinesFigure, width: number, isSummed: boolean): string[] {
  const { x, series, cells, valueTitle } = figure
  const names = series.labels.map((label) => (!series.hasLegend ? valueTitle : label))
  const rows = names.map((name, y) => {
    const own = cells.filter((cell) => cell.y === y)
    const values: (number | undefined)[] = x.buckets.map(() => (isSummed ? 0 : undefined))
    for (const cell of own) values[cell.x] = cell.value
    const numbers = own.map(({ value }) => value)
    const told = isSummed
      ? `${showNumber(numbers.reduce((sum, value) => sum + value, 0))} in all`
      : `${showNumber(Math.min(...numbers))} … ${showNumber(Math.max(...numbers))}`
    return { name, values, told: numbers.length === 0 ? 'none' : told }
  })
  const nameWidth = Math.min(widthOf(names), Math.floor(width * 0.3))
  const toldWidth = widthOf(rows.map(({ told }) => told))
  const room = Math.max(8, width - nameWidth - toldWidth - 4)
  const join = isSummed ? sumOf : meanOf
  const squeezed = rows.map((row) => ({ ...row, values: squeeze(row.values, room, join) }))
  const all = squeezed.flatMap(({ values }) => values.filter((value) => value !== undefined))
  const [least, most] = [Math.min(0, ...all), Math.max(0, ...all)]
  const count = squeezed[0]?.values.length ?? 0
  const across = Math.max(1, Math.floor(room / Math.max(1, count)))
  const indent = ' '.repeat(nameWidth + 2)
  return [
    ...squeezed.map(
      ({ name, values, told }) =>
        `${padTo(name, nameWidth)}  ${sparkline(values, least, most, across)}  ${padTo(told, toldWidth)}`,
    ),
    `${indent}${atEnds(x.buckets[0]?.label ?? '', x.buckets.at(-1)?.label ?? '', count * across)}`,
    `${indent}${x.title}`,
  ]
}

function sumOf(values: readonly (number | undefined)[]): number {
  return values.reduce((sum: number, value) => sum + (value ?? 0), 0)
}

function meanOf(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined)
  return known.length === 0 ? undefined : sumOf(known) / known.length
}

/** A square of shades: the fuller the more. */
export function heatmapText({ x, y, cells, valueTitle }: HeatmapFigure, width: number): string[] {
  const rowWidth = Math.min(widthOf(y.buckets.map(({ label }) => label)), Math.floor(width * 0.4))
  const most = cells.reduce((largest, { value }) => Math.max(largest, value), 0)
  const least = cells.reduce((smallest, { value }) => Math.min(smallest, value), most)
  const isNumbered = x.buckets.every(({ label }) => label.length <= 3)
  const across = isNumbered && rowWidth + 2 + x.buckets.length * 3 <= width ? 3 : 1
  const known = new Map(cells.map((cell) => [cell.y * x.buckets.length + cell.x, cell]))
  const shadeOf = ({ value }: GridCell) =>
    shades[most === least ? 4 : Math.round(((value - least) / (most - least)) * 4)] ?? '·'
  const body = y.buckets.map(({ label }, row) => {
    const squares = x.buckets.map((_, column) => {
      const cell = known.get(row * x.buckets.length + column)
      return padTo((cell === undefined ? ' ' : shadeOf(cell)).repeat(across === 3 ? 2 : 1), across)
    })
    return `${padTo(label, rowWidth)}  ${squares.join('')}`
  })
  const indent = ' '.repeat(rowWidth + 2)
  const head =
    across === 3
      ? [`${indent}${x.buckets.map(({ label }) => padTo(label, 3)).join('')}`]
      : x.buckets.map(({ label }, i) => `${indent}${'│'.repeat(i)}┌ ${label}`).slice(0, 60)
  return [
    ...head,
    ...body,
    `${valueTitle}: ${shades[0]} ${showNumber(least)} … ${shades[4]} ${showNumber(most)}`,
  ]
}
