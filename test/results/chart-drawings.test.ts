import { DOMParser } from 'linkedom'
import { expect, test } from 'vitest'
import { describeValue } from '../../kernel/display.js'
import { chart } from '../../src/results/charts/chart.js'
import { grey, palette, severityLevels } from '../../src/results/charts/palette.js'
import { chartSvg, chartValues } from '../support/chart-parts.js'
import { makeAlerts, makeProcesses, makeSessions } from '../support/chart-rows.js'

const hostile = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "javascript:alert('1')",
  '</svg><foreignObject><iframe/></foreignObject>',
  ']]><!--',
  '\\"+alert(1)+"',
  'a\u202eb\u0007\u001b[31m',
  '\ud800 half',
  '__proto__',
]

const charts = () => ({
  bar: chart.bar(makeAlerts(80), { x: 'metadata.title', color: 'status' }),
  line: chart.line(makeAlerts(80), { color: 'status' }),
  heatmap: chart.heatmap(makeAlerts(80)),
  timeline: chart.timeline(makeSessions(), { end: 'ended_usec' }),
  network: chart.network(makeAlerts(80)),
  processTree: chart.processTree(makeProcesses()),
  alertTimeline: chart.alertTimeline(makeAlerts(80)),
})

test.for(Object.keys(charts()))(
  '%s has a specification, an SVG and a text, and none of them is written twice',
  async (kind) => {
    const value = Object.entries(charts()).find(([name]) => name === kind)?.[1]
    const bundle = await describeValue(value)
    expect(Object.keys(bundle)).toEqual(['application/vnd.vegalite.v5+json', 'image/svg+xml', 'text/plain'])
    expect(JSON.parse(JSON.stringify(bundle['application/vnd.vegalite.v5+json']))).toEqual(
      bundle['application/vnd.vegalite.v5+json'],
    )
    const svg = new DOMParser().parseFromString(
      String(bundle['image/svg+xml']),
      'image/svg+xml',
    ).documentElement
    expect(svg?.getAttribute('role')).toBe('img')
    expect(svg?.querySelector('title')?.textContent).toBe(svg?.getAttribute('aria-label'))
    expect(svg?.querySelector('desc')?.textContent?.length).toBeGreaterThan(20)
    expect(svg?.querySelectorAll('script, style, foreignObject, a, image').length).toBe(0)
    const lines = String(bundle['text/plain']).split('\n')
    expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(100)
  },
)

test('an SVG has a mark for each bar, and its names', async () => {
  const rows = [
    { name: 'a', n: 1 },
    { name: 'b', n: -2 },
    { name: 'c', n: 3 },
  ]
  const svg = await chartSvg(chart.bar(rows))
  expect(svg.querySelectorAll('[aria-label="bar"] rect').length).toBe(3)
  const texts = [...svg.querySelectorAll('text')].map(({ textContent }) => textContent)
  for (const name of ['n by name', 'a', 'b', 'c']) expect(texts).toContain(name)
})

test('hostile texts and names of fields stay text in every form', async () => {
  for (const name of hostile) {
    const rows = hostile.map((text) => ({ [name]: text, n: 1 }))
    const bars = chart.bar(rows, { x: name, color: name })
    const svg = await bars.svg()
    const tags = [...svg.matchAll(/<([a-z]+)/gi)].map(([, tag]) => tag?.toLowerCase())
    expect(tags.filter((tag) => !/^(svg|title|desc|rect|g|text|tspan|path|line)$/.test(tag ?? ''))).toEqual(
      [],
    )
    // The one style is ours, on the drawing as a whole.
    const others = svg.replace(' style="max-width:100%;height:auto"', '')
    expect(others.replace(/"[^"]*"/g, '')).not.toMatch(/<[^>]*\s(on\w+|[\w:]*href|style)=/)
    // Well-formed: an ampersand begins an entity, everywhere.
    expect(svg).not.toMatch(/&(?!#\d+;)/)
    expect(svg).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u202e\ud800]/)
    expect(await bars.text()).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/)
    const values = await chartValues(bars)
    expect(values.length).toBe(hostile.length)
  }
})

test('nothing from rows reaches a place of a specification where Vega runs it', async () => {
  const rows = hostile.map((text) => ({ 'a"\\b': text, image: text, title: text }))
  for (const x of ['a"\\b', 'image', 'title']) {
    const spec = (await chart.bar(rows, { x, color: 'a"\\b' }).spec()) ?? {}
    const { data, title, description, ...drawing } = spec
    const text = JSON.stringify(drawing)
    expect(text).not.toMatch(/"(expr|signal|href|url|test|filter|calculate|transform)":/)
    const headings = [...text.matchAll(/"title":"((?:[^"\\]|\\.)*)"/g)].map(([, heading]) => heading)
    expect(headings.length).toBeGreaterThan(0)
    for (const heading of headings) expect(heading).not.toMatch(/["\\]/)
    const { tooltip } = JSON.parse(text).encoding
    for (const { title: told } of tooltip) expect(['image', 'title']).not.toContain(told)
  }
})

test('a network has the same places in both drawings, every time', async () => {
  const [one, two] = [chart.network(makeAlerts(50)), chart.network(makeAlerts(50))]
  expect(await one.spec()).toEqual(await two.spec())
  const nodes = (await chartValues(one)).filter(
    ({ area, isNamed }) => area !== undefined && isNamed !== undefined,
  )
  const circles = [...(await chartSvg(one)).querySelectorAll('circle')].map((circle) => [
    Math.round(Number(circle.getAttribute('cx')) * 10) / 10,
    Math.round(Number(circle.getAttribute('cy')) * 10) / 10,
  ])
  const places = nodes.slice(0, circles.length).map(({ x, y }) => [x, y])
  expect(circles).toEqual(places)
})

test('a network counts links, knows kinds, and keeps the most linked', async () => {
  const rows = [
    { from_entity: 'hostname:web', to_entity: 'ipAddress:10.0.0.1' },
    { from_entity: 'ipAddress:10.0.0.1', to_entity: 'hostname:web' },
    { from_entity: 'hostname:web', to_entity: 'ipAddress:10.0.0.2' },
    { from_entity: 'hostname:web', to_entity: 'hostname:web' },
    { from_entity: 'hostname:web', to_entity: null },
  ]
  const values = await chartValues(chart.network(rows))
  expect(values.filter(({ from }) => from).map(({ from, to, weight }) => [from, to, weight])).toEqual([
    ['web', '10.0.0.1', 2],
    ['web', '10.0.0.2', 1],
  ])
  expect(await chart.network(rows).text()).toMatch(
    /hostname:web +2 ─ ipAddress:10\.0\.0\.1 ×2, ipAddress:10\.0\.0\.2\n/,
  )
  const cut = chart.network(rows, { limit: 2 })
  expect(await cut.text()).toContain('the 2 with the most links of 3 nodes')
})

test('members of a list belong together, also as key entities', async () => {
  const rows = [{ key_entities: [{ entity: 'host:a' }, { entity: 'user:b' }, { entity: 'user:c' }] }]
  const links = (await chartValues(chart.network(rows))).filter(({ from }) => from)
  expect(links.map(({ from, to }) => [from, to].sort().join('-')).sort()).toEqual(['a-b', 'a-c', 'b-c'])
})

test('every colour stands out from white and from the ground of the dark theme', () => {
  const colors = [...palette, grey, ...severityLevels.map(({ color }) => color)]
  for (const color of colors) {
    expect(contrast(color, '#ffffff'), `${color} on white`).toBeGreaterThanOrEqual(3)
    expect(contrast(color, '#333333'), `${color} on #333333`).toBeGreaterThanOrEqual(3)
  }
})

test('a terminal of any width has lines that fit', async () => {
  for (const width of [30, 60, 200]) {
    for (const drawn of Object.values(charts())) {
      const lines = (await drawn.text(width)).split('\n')
      expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(width)
    }
  }
})

test('bars of a terminal are as long as their numbers', async () => {
  const rows = [
    { name: 'a', n: 40 },
    { name: 'bb', n: 10 },
    { name: 'c', n: 0 },
  ]
  const [, a = '', b = '', c = ''] = (await chart.bar(rows).text(50)).split('\n')
  const full = [...a].filter((sign) => sign === '█').length
  expect(full).toBeGreaterThan(30)
  expect([...b].filter((sign) => sign === '█').length).toBe(Math.floor(full / 4))
  expect(c).toBe('c    0')
})

test('Plot draws what it is given, into a picture of its own', async () => {
  const drawing = await chart.plot((Plot) => Plot.plot({ marks: [Plot.dot([[1, 2]]), Plot.frame()] }))
  const bundle = await describeValue(drawing)
  const svg = String(bundle['image/svg+xml'])
  expect(svg).toMatch(/^<svg /)
  expect(svg).toContain('<circle')
  const options = await chart.plot((Plot) => ({ marks: [Plot.ruleY([0])] }))
  expect(options.markup).toContain('<line')
  expect(Object.keys(await describeValue(chart.plot({ marks: [] })))).toContain('image/svg+xml')
})

test('a drawing with a legend is HTML, and nothing in it runs', async () => {
  const drawing = await chart.plot((Plot) => {
    const figure = Plot.plot({
      color: { legend: true },
      marks: [Plot.dot([{ x: 1, kind: 'a' }], { x: 'x', fill: 'kind', href: () => 'javascript:alert(1)' })],
    })
    figure.setAttribute('onclick', 'alert(1)')
    const script = figure.ownerDocument.createElement('script')
    figure.append(script)
    return figure
  })
  const html = String((await describeValue(drawing))['text/html'])
  expect(html).toContain('<figure')
  expect(html).not.toMatch(/<script|onclick|javascript:/)
})

test('what Plot refuses is refused', async () => {
  await expect(
    chart.plot((Plot) => Plot.plot({ x: { type: 'nonsense' as 'linear' }, marks: [] })),
  ).rejects.toThrow(/nonsense/)
  await expect(chart.plot((() => 7) as unknown as () => object)).rejects.toThrow(
    'chart.plot was given number',
  )
})

/** WCAG's contrast of two colours. */
function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (light + 0.05) / (dark + 0.05)
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
