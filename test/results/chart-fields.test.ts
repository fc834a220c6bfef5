import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { XdrError } from '../../src/errors.js'
import { packageRoot } from '../../src/package.js'
import { chart } from '../../src/results/charts/chart.js'
import type { Chart } from '../../src/results/charts/drawn.js'
import { noScreen, useScreen } from '../../src/screen/screen.js'
import { chartValues } from '../support/chart-parts.js'
import { makeAlerts } from '../support/chart-rows.js'

function refusal(draw: () => unknown): XdrError {
  try {
    draw()
  } catch (error) {
    if (error instanceof XdrError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

test('fields are chosen from what the rows have', async () => {
  const alerts = makeAlerts(60)
  expect(await chart.bar(alerts).text()).toMatch(/^rows by status\n/)
  expect(await chart.line(alerts).text()).toMatch(/^rows over metadata\.created_at\n/)
  expect(await chart.heatmap(alerts).text()).toMatch(/^rows by hour and weekday of metadata\.created_at\n/)
  expect(await chart.timeline(alerts).text()).toMatch(/^metadata\.created_at by status\n/)
  expect(await chart.alertTimeline(alerts).text()).toMatch(/^alerts over time by metadata\.severity\n/)
})

test('rows that are counted already are drawn by their count', async () => {
  const counted = [
    { status: 'OPEN', n: 7 },
    { status: 'CLOSED', n: 9 },
  ]
  expect((await chartValues(chart.bar(counted))).map(({ at, to }) => [at, to])).toEqual([
    ['CLOSED', 9],
    ['OPEN', 7],
  ])
})

test('a name that no row has is refused with the nearest', () => {
  const error = refusal(() => chart.bar(makeAlerts(3), { x: 'severty' }))
  expect(error.code).toBe('XDR_BAD_OPTION')
  expect(error.message).toBe('x: no row has the field "severty"')
  expect(error.hint).toMatch(/^the nearest are metadata\.severity, /)
})

test.for(['constructor', '__proto__', 'toString', 'metadata.hasOwnProperty', 'status.length'])(
  'what every object inherits is no field: %s',
  (x) => {
    expect(refusal(() => chart.bar(makeAlerts(3), { x })).message).toContain(x)
  },
)

const mistakes: [string, () => unknown, RegExp][] = [
  ['an option that there is not', () => chart.bar([], { colour: 'a' } as object), /no option "colour"/],
  ['an aggregate that there is not', () => chart.bar([], { aggregate: 'avg' } as object), /aggregate/],
  ['a zone that there is not', () => chart.line([], { timeZone: 'Mars/Base' }), /timeZone/],
  ['a width that is no width', () => chart.bar([], { width: Number.NaN }), /width/],
  ['a sum of nothing', () => chart.bar([{ a: 'x' }], { x: 'a', aggregate: 'sum' }), /sum needs a field/],
  [
    'parts of a mean',
    () => chart.bar([{ a: 'x', n: 1 }], { x: 'a', y: 'n', color: 'a', aggregate: 'mean' }),
    /parts of a mean/,
  ],
  ['half a network', () => chart.network([{ a: 1 }], { source: 'a' }), /both ends/],
  ['no ends of a network', () => chart.network([{ a: 1, b: 2 }]), /no field of these rows/],
  ['something that is no rows', () => chart.bar({}), /needs rows/],
  ['a text for rows', () => chart.bar('rows' as unknown as object), /needs rows/],
]

test.for(mistakes)('%s is refused at once', ([, draw, message]) => {
  const error = refusal(draw)
  expect(error.code).toBe('XDR_BAD_OPTION')
  expect(error.message).toMatch(message)
  expect(error.hint).not.toBe('')
})

test('an option from a prototype is none of ours', () => {
  const given = Object.create({ x: 'nowhere' })
  expect(() => chart.bar([{ a: 'x' }], given)).not.toThrow()
})

const oddNames: [string, Record<string, unknown>, string][] = [
  ['a dot in its own name', { 'a.b': 'v' }, 'a.b'],
  ['a dot in a nested name', { 'a.b': { c: 'v' } }, 'a.b.c'],
  ['brackets', { 'x[0]': 'v' }, 'x[0]'],
  ['quotes and backslashes', { 'a"\\\'b': 'v' }, 'a"\\\'b'],
  ['the name of a prototype, as a field', JSON.parse('{"__proto__":"v"}'), '__proto__'],
  ['an index of a list', { list: ['v'] }, 'list.0'],
]

test.for(oddNames)('a field is found by its name: %s', async ([, row, x]) => {
  const [only] = await chartValues(chart.bar([row], { x }))
  expect(only?.at).toBe('v')
})

test('a field may be worked out', async () => {
  const doubled = chart.bar([{ n: 1 }, { n: 1 }], { x: (row) => `is ${Number(row.n) * 2}` })
  expect((await chartValues(doubled))[0]).toMatchObject({ at: 'is 2', to: 2 })
})

const kinds: [string, Chart][] = [
  ['bar', chart.bar([])],
  ['line', chart.line([])],
  ['heatmap', chart.heatmap([])],
  ['timeline', chart.timeline([])],
  ['network', chart.network([])],
  ['processTree', chart.processTree([])],
  ['alertTimeline', chart.alertTimeline([])],
]

test.for(kinds)('chart.%s of no rows says so', async ([, empty]) => {
  expect(await empty.text()).toBe('no rows to draw')
  expect(await empty.spec()).toBeUndefined()
  expect(await empty.svg()).toContain('no rows to draw')
})

test('rows without a number that can be drawn say why', async () => {
  const bars = chart.bar([{ a: 'x', n: 'many' }], { x: 'a', y: 'n' })
  expect(await bars.text()).toContain('nothing to draw in 1 row\n')
  expect(await bars.text()).toContain('1 without a number left out')
})

test('rows may be anything that can be looped over, or the data around them', async () => {
  const row = { k: 'a' }
  const expected = [{ at: 'a', from: 0, to: 1, series: '', shown: '1' }]
  function* rows() {
    yield row
  }
  expect(await chartValues(chart.bar(rows(), { x: 'k' }))).toEqual(expected)
  expect(await chartValues(chart.bar(new Set([row]), { x: 'k' }))).toEqual(expected)
  expect(await chartValues(chart.bar({ search: { meta: 1, list: [row] } }, { x: 'k' }))).toEqual(expected)
  expect(await chartValues(chart.bar(['a']))).toEqual(expected)
})

test('rows that arrive give a promise, which is shown as its chart', async () => {
  async function* rows() {
    for (let i = 0; i < 1200; i++) yield { k: i < 900 ? 'a' : 'b' }
  }
  const arriving = chart.bar(rows())
  expect(arriving).toBeInstanceOf(Promise)
  const shown = await Reflect.get(arriving, Symbol.for('Jupyter.display')).call(arriving)
  expect(shown['text/plain']).toMatch(/^rows by k\na {2}900 /)
  expect((await chartValues(await arriving)).map(({ to }) => to)).toEqual([900, 300])
  await expect(chart.bar(rows(), { x: 'nothing' })).rejects.toThrow('no row has the field "nothing"')
})

test('rows that end in an error end in that error', async () => {
  const broken = chart.bar(
    (async function* () {
      yield { a: 1 }
      throw new Error('torn')
    })(),
  )
  await expect(broken).rejects.toThrow('torn')
})

test('the stop button ends the reading of rows that go on arriving, and what fetches them', async () => {
  const stop = new AbortController()
  useScreen({ ...noScreen, signal: stop.signal })
  let [given, isEnded] = [0, false]
  async function* endless() {
    try {
      for (;;) {
        if (given++ === 100) stop.abort()
        yield { k: 'a' }
        await nextTurn()
      }
    } finally {
      isEnded = true
    }
  }
  try {
    await expect(chart.bar(endless())).rejects.toMatchObject({ code: 'XDR_ABORTED' })
  } finally {
    useScreen(noScreen)
  }
  expect([given, isEnded]).toEqual([101, true])
})

test('what draws is loaded when something is drawn, not with the library', () => {
  const index = pathToFileURL(join(packageRoot, 'dist', 'src', 'index.js')).href
  const hooks = `
    import { appendFileSync } from 'node:fs'
    export async function load(url, context, next) { appendFileSync(1, url + '\\n'); return next(url, context) }`
  const script = `
    import { register } from 'node:module'
    import { writeSync } from 'node:fs'
    register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(hooks)}))
    const { chart } = await import(${JSON.stringify(index)})
    const bars = chart.bar([{ a: 1 }])
    writeSync(1, 'drawing\\n')
    await bars.svg()`
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
  const [before = '', after = ''] = stdout.split('drawing')
  const heavy = /@observablehq\/plot|linkedom|d3-force/
  expect(before).toContain('/charts/chart.js')
  expect(before.split('\n').filter((url) => heavy.test(url))).toEqual([])
  expect(after).toMatch(/@observablehq\/plot/)
})
