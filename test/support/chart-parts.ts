import { parseHTML } from 'linkedom'
import type { Chart } from '../../src/results/charts/drawn.js'

/** Numbers and texts of one mark, as they stand in a specification. */
// biome-ignore lint/suspicious/noExplicitAny: JSON that each test knows
type Value = Record<string, any>

/** The data of a chart's specification, after a trip through JSON; of all its layers. */
export async function chartValues(chart: Chart): Promise<Value[]> {
  const spec = JSON.parse(JSON.stringify((await chart.spec()) ?? {}))
  const parts: { data?: { values: Value[] } }[] = spec.layer ?? [spec]
  return parts.flatMap(({ data }) => data?.values ?? [])
}

/** A chart's SVG as a document. */
export async function chartSvg(chart: Chart) {
  const { document } = parseHTML(`<!doctype html><html><body>${await chart.svg()}</body></html>`)
  const svg = document.querySelector('svg')
  if (svg === null) throw new Error('no SVG')
  return svg
}
