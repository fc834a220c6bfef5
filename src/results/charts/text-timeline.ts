import type { TimelineFigure } from './figure.js'
import { atEnds, padTo, widthOf } from './text-layout.js'
import { showWall } from './time-steps.js'

/** A line for each lane: `━` for what lasted, `•` for what happened, its number where several fall together. */
export function timelineText({ lanes, items, timeTitle }: TimelineFigure, width: number): string[] {
  const laneWidth = Math.min(widthOf(lanes), Math.floor(width * 0.35))
  const counts = lanes.map((_, lane) =>
    items.reduce((sum, item) => sum + (item.lane === lane ? item.rows : 0), 0).toLocaleString('en'),
  )
  const countWidth = widthOf(counts)
  const room = Math.max(10, width - laneWidth - countWidth - 4)
  const first = items.reduce((least, { from }) => Math.min(least, from), Number.POSITIVE_INFINITY)
  const last = items.reduce((most, { to }) => Math.max(most, to), Number.NEGATIVE_INFINITY)
  const columnOf = (wall: number) =>
    last === first ? 0 : Math.min(room - 1, Math.floor(((wall - first) / (last - first)) * room))
  const drawn = lanes.map(() => Array.from({ length: room }, () => ({ rows: 0, lasts: false })))
  for (const { lane, from, to, rows } of items) {
    const cells = drawn[lane]?.slice(columnOf(from), columnOf(to) + 1) ?? []
    for (const cell of cells) cell.lasts ||= from !== to
    const [start] = cells
    if (start !== undefined) start.rows += rows
  }
  const signOf = ({ rows, lasts }: { rows: number; lasts: boolean }) =>
    lasts ? '━' : rows === 0 ? ' ' : rows === 1 ? '•' : rows < 10 ? String(rows) : '#'
  return [
    ...drawn.map(
      (cells, lane) =>
        `${padTo(lanes[lane] ?? '', laneWidth)}  ${padTo(counts[lane] ?? '', countWidth, true)}  ${cells.map(signOf).join('')}`,
    ),
    `${' '.repeat(laneWidth + countWidth + 4)}${atEnds(showWall(first, false), showWall(last, false), room)}`,
    `${' '.repeat(laneWidth + countWidth + 4)}${timeTitle}`,
  ]
}
