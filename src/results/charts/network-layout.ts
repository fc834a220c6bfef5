import {
  forceCollide,
  forceLink,
  forceManyBody,
  forceSimulation,
  forceX,
  forceY,
  type SimulationNodeDatum,
} from 'd3-force'
import type { NetworkFigure } from './figure.js'

/** Steps of the simulation: enough for a drawing that no longer moves much. */
const ticks = 80
/** How roughly what is far away is taken together: more of it gives the same drawing in less time, up to here. */
const farAway = 1.4
/** Room for the names. */
const margin = 36

interface Placed extends SimulationNodeDatum {
  radius: number
}

/** Gives the nodes their places: the same for the same nodes and links, since chance has a fixed seed in d3-force. */
export function placeNodes(figure: NetworkFigure): NetworkFigure {
  const nodes = figure.nodes.map(({ radius }): Placed => ({ radius }))
  const links = figure.links.map(({ source, target }) => ({ source, target }))
  forceSimulation(nodes)
    .force('link', forceLink(links).distance(48))
    .force('charge', forceManyBody().strength(-110).theta(farAway))
    .force(
      'apart',
      forceCollide<Placed>(({ radius }) => radius + 3),
    )
    .force('x', forceX(0).strength(0.05))
    .force('y', forceY(0).strength((0.05 * figure.width) / figure.height))
    .stop()
    .tick(ticks)
  const fitX = fitInto(
    nodes.map(({ x = 0 }) => x),
    margin,
    figure.width - margin,
  )
  const fitY = fitInto(
    nodes.map(({ y = 0 }) => y),
    margin / 2,
    figure.height - margin / 2,
  )
  return {
    ...figure,
    nodes: figure.nodes.map((node, i) => ({
      ...node,
      x: Math.round(fitX(nodes[i]?.x ?? 0) * 10) / 10,
      y: Math.round(fitY(nodes[i]?.y ?? 0) * 10) / 10,
    })),
  }
}

/** Maps the range of `values` onto a range of pixels; a single place is its middle. */
function fitInto(values: readonly number[], from: number, to: number): (value: number) => number {
  const least = Math.min(...values)
  const most = Math.max(...values)
  if (most - least < 1) return () => (from + to) / 2
  return (value) => from + ((value - least) / (most - least)) * (to - from)
}
