import { expect, test } from 'vitest'
import { chart } from '../../src/results/charts/chart.js'

const textsOf = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text)

test('the scale of a heat map of counts has whole numbers, each once', async () => {
  const rows = (x: string, count: number) => Array.from({ length: count }, () => ({ x, y: 'all' }))
  const legend = async (counts: number[]) => {
    const svg = await chart
      .heatmap(
        counts.flatMap((count, i) => rows(`x${i}`, count)),
        { x: 'x', y: 'y' },
      )
      .svg()
    return textsOf(svg).filter((text) => text?.endsWith(' rows'))
  }
  expect(await legend([4, 17])).toEqual(['4 rows', '11 rows', '17 rows'])
  expect(await legend([4, 5])).toEqual(['4 rows', '5 rows'])
  expect(await legend([4, 4])).toEqual(['4 rows'])
})

test('the columns of a heat map stand as the rows come where that is wanted', async () => {
  const rows = ['3.0', '3.1', '3.1', '3.1', '3.2', '3.2'].map((release) => ({ release, sensor: 'a' }))
  const columns = async (sort: 'none' | 'value') => {
    const svg = await chart.heatmap(rows, { x: 'release', y: 'sensor', sort }).svg()
    return textsOf(svg).filter((text) => text?.startsWith('3.'))
  }
  expect(await columns('none')).toEqual(['3.0', '3.1', '3.2'])
  expect(await columns('value')).toEqual(['3.1', '3.2', '3.0'])
})

test('long names below bars are shortened at their end, and begin within the picture', async () => {
  const hashes = Array.from({ length: 12 }, (_, i) => `${i.toString(16)}${'0123456789abcdef'.repeat(4)}`)
  const svg = await chart
    .bar(
      hashes.map((hash) => ({ hash, count: 3 })),
      { x: 'hash', y: 'count', horizontal: false },
    )
    .svg()
  const [, width = 0, height = 0] = (/viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg) ?? []).map(Number)
  const names = [
    ...svg.matchAll(/<text[^>]*transform="translate\(([\d.]+),([\d.]+)\) rotate\(-30\)"[^>]*>([^<]*)/g),
  ]
  expect(names).toHaveLength(12)
  for (const [, x, y, name = ''] of names) {
    expect(name).toMatch(/^[0-9a-f]{23}…$/)
    // A letter is about 6 wide; the text ends at its tick.
    expect(Number(x) - name.length * 6 * Math.cos(Math.PI / 6)).toBeGreaterThan(-14)
    expect(Number(y) + name.length * 6 * Math.sin(Math.PI / 6)).toBeLessThan(height)
    expect(Number(x)).toBeLessThan(width)
  }
})
