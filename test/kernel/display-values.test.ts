import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type KernelSession, openKernel } from '../support/kernel-session.js'

let kernel: KernelSession
beforeAll(async () => {
  kernel = await openKernel()
})
afterAll(async () => {
  await kernel[Symbol.asyncDispose]()
})

/** The bundle of a cell's result. */
async function result(code: string): Promise<Record<string, unknown>> {
  const { outputs, traceback } = await kernel.run(code)
  expect(traceback).toBe('')
  const last = outputs.at(-1)
  return last?.type === 'execute_result' ? last.content.data : {}
}

async function textOf(code: string): Promise<string> {
  return String((await result(code))['text/plain'])
}

describe('a value', () => {
  test.each([
    ['symbol', 'Symbol("s")', 'Symbol(s)'],
    ['bigint', '-5n', '-5n'],
    ['date', 'new Date(0)', '1970-01-01T00:00:00.000Z'],
    ['invalid date', 'new Date(NaN)', 'Invalid Date'],
    ['URL', 'new URL("https://x.test/a?b=1#c")', 'https://x.test/a?b=1#c'],
    ['regular expression', '/a+/g', '/a+/g'],
    ['class', '(class A extends Map {})', '[class A extends Map]'],
    ['function', '(function add(a: number, b = 1) { return a + b })', '[Function: add] (a, b = 1)'],
    ['arrow', '(x) => x', '[Function (anonymous)] (x)'],
    ['bare arrow', 'async x => x', '[AsyncFunction (anonymous)] (x)'],
    [
      'signature with brackets in text',
      '(function f(a = ")", { b } = { b: "(" }) {})',
      '[Function: f] (a = ")", { b } = { b: "(" })',
    ],
    ['generator', '(function* g() {})', '[GeneratorFunction: g] ()'],
    ['native function', 'Math.max', '[Function: max]'],
    [
      'null prototype',
      'Object.create(null, { a: { value: 1, enumerable: true } })',
      '[Object: null prototype] { a: 1 }',
    ],
    ['getter', '({ get a() { throw new Error("no") } })', '{ a: [Getter] }'],
    ['proxy', 'new Proxy({ a: 1 }, {})', '{ a: 1 }'],
    ['array of arrays', '[[1, 2], [3]]', '[ [ 1, 2 ], [ 3 ] ]'],
    ['sparse array', '[1, , 3]', '[ 1, <1 empty item>, 3 ]'],
    ['buffer', 'Buffer.from([1, 255])', '<Buffer 01 ff>'],
    ['float array', 'new Float64Array([0.5])', 'Float64Array(1) [ 0.5 ]'],
    ['set', 'new Set(["a"])', "Set(1) { 'a' }"],
    ['weak map', 'new WeakMap()', 'WeakMap { <items unknown> }'],
    ['promise of a value', 'Promise.resolve(3)', '3'],
    ['frozen', 'Object.freeze({ a: 1 })', '{ a: 1 }'],
  ])('that is a %s', async (_what, code, text) => {
    expect(await textOf(code)).toBe(text)
  })

  test('an error is shown with its cause and where it was made', async () => {
    const text = await textOf('new TypeError("outer", { cause: new Error("inner") })')
    expect(text).toMatch(/^TypeError: outer\n {4}at .*cell \[\d+\]:1:1/)
    expect(text).toContain('[cause]: Error: inner')
  })

  test('an answer-everything proxy is looked at, not believed', async () => {
    expect(await textOf('new Proxy({}, { get: () => () => "<b>fooled</b>" })')).toBe('{}')
    expect(await textOf('new Proxy(function () {}, { get: () => { throw new Error("no") } })')).toContain(
      'Function',
    )
  })
})

describe('too much', () => {
  test.each([
    ['a long string', '"x".repeat(10_001)', /\.\.\. 1 more character$/],
    ['a long array', 'Array.from({ length: 1_000_000 }, (_, n) => n)', /\.\.\. 999900 more items\n\]$/],
    ['a big map', 'new Map(Array.from({ length: 300 }, (_, n) => [n, n]))', /\.\.\. 200 more items\n\}$/],
    ['a big buffer', 'Buffer.alloc(5_000_000)', /\.\.\. 4999950 more bytes>$/],
    [
      'an object of many members',
      'Object.fromEntries(Array.from({ length: 200_000 }, (_, n) => ["k" + n, n]))',
      /\n… 199,000 more members$/,
    ],
  ])('%s is cut with a count', async (_what, code, end) => {
    const text = await textOf(code)
    expect(text).toMatch(end)
    expect(text.length).toBeLessThan(50_000)
  })

  test('deep and wide data is shown less deep, and soon', async () => {
    const started = performance.now()
    const text = await textOf(`
      const wide = (level) => level === 0 ? 'leaf' : Array.from({ length: 60 }, () => ({ next: level === 1 ? 1 : shared[level - 1] }))
      const shared = []
      for (let level = 1; level <= 5; level++) shared[level] = wide(level)
      ;({ top: shared[5] })`)
    expect(text).toContain('[Object]')
    expect(text.length).toBeLessThan(100_000)
    expect(performance.now() - started).toBeLessThan(20_000)
  })
})

describe('bytes of an image', () => {
  const png = 'Buffer.from("89504e470d0a1a0a00", "hex")'
  test.each([
    ['PNG', png, 'image/png', 'iVBORw0KGgoA'],
    ['PNG in a plain array', `new Uint8Array(${png})`, 'image/png', 'iVBORw0KGgoA'],
    ['PNG in an ArrayBuffer', `new Uint8Array(${png}).buffer`, 'image/png', 'iVBORw0KGgoA'],
    ['PNG in a Blob', `new Blob([${png}], { type: "image/png" })`, 'image/png', 'iVBORw0KGgoA'],
    ['JPEG', 'Buffer.from("ffd8ffe0", "hex")', 'image/jpeg', '/9j/4A=='],
    ['GIF', 'Buffer.from("GIF89a")', 'image/gif', 'R0lGODlh'],
    ['WebP', 'Buffer.from("RIFF\\0\\0\\0\\0WEBP")', 'image/webp', 'UklGRgAAAABXRUJQ'],
    ['SVG', 'Buffer.from("\\n<svg/>")', 'image/svg+xml', '\n<svg/>'],
    [
      'SVG document',
      'Buffer.from("<?xml version=\'1.0\'?><!-- a --><svg/>")',
      'image/svg+xml',
      "<?xml version='1.0'?><!-- a --><svg/>",
    ],
  ])('%s', async (_what, code, type, content) => {
    const bundle = await result(code)
    expect(bundle[type]).toBe(content)
    expect(bundle['text/plain']).toMatch(/^\[image\/\S+, \d+ bytes\]$/)
  })

  test.each([
    ['text with markup', '"<svg onload=alert(1)/>"'],
    ['other markup', 'Buffer.from("<html><p>")'],
    ['nothing', 'Buffer.alloc(0)'],
  ])('%s is none', async (_what, code) => {
    expect(Object.keys(await result(code))).toEqual(['text/plain'])
  })
})

describe('an object that brings its own display', () => {
  test.each([
    ['toHTML', '{ toHTML: () => "<b>1</b>" }', { 'text/html': '<b>1</b>' }],
    ['an async toHTML', '{ toHTML: async () => "<b>2</b>" }', { 'text/html': '<b>2</b>' }],
    [
      '_repr_html_ and _repr_svg_',
      '{ _repr_html_: () => "<p>", _repr_svg_: () => "<svg/>" }',
      { 'text/html': '<p>', 'image/svg+xml': '<svg/>' },
    ],
    ['_repr_png_ of bytes', '{ _repr_png_: () => new Uint8Array([137, 80]) }', { 'image/png': 'iVA=' }],
    [
      '_repr_mimebundle_',
      '{ _repr_mimebundle_: () => ({ "text/markdown": "*" }) }',
      { 'text/markdown': '*' },
    ],
    [
      '_repr_mimebundle_ with metadata',
      '{ _repr_mimebundle_: () => [{ "text/latex": "$" }, {}] }',
      { 'text/latex': '$' },
    ],
    [
      'Jupyter.display before the others',
      '{ [Symbol.for("Jupyter.display")]: () => ({ "text/html": "1" }), toHTML: () => "2" }',
      { 'text/html': '1' },
    ],
    [
      'a Vega-Lite specification',
      '{ $schema: "https://vega.github.io/schema/vega-lite/v5.json", mark: "bar" }',
      { 'application/vnd.vegalite.v5+json': { mark: 'bar' } },
    ],
    [
      'a chart with toSpec',
      '{ toSpec: () => ({ $schema: "https://vega.github.io/schema/vega-lite/v5.8.json" }) }',
      { 'application/vnd.vegalite.v5+json': {} },
    ],
    ['an element', '{ outerHTML: "<p>1</p>" }', { 'text/html': '<p>1</p>' }],
    ['a canvas', '{ toDataURL: () => "data:image/png;base64,iVA=" }', { 'image/png': 'iVA=' }],
  ])('by %s', async (_what, code, bundle) => {
    const data = await result(`(${code})`)
    expect(data).toMatchObject(bundle)
    expect(data['text/plain']).toBeTypeOf('string')
  })

  test.each([
    ['throws', '{ a: 1, toHTML() { throw new Error("broken") } }'],
    ['rejects', '{ a: 1, async toHTML() { throw new Error("broken") } }'],
    [
      'is a broken Jupyter.display',
      '{ a: 1, [Symbol.for("Jupyter.display")]() { throw new Error("broken") } }',
    ],
  ])('that %s is shown without it, and says why', async (_what, code) => {
    const text = await textOf(`(${code})`)
    expect(text).toContain('a: 1')
    expect(text).toContain('cannot be shown: Error: broken')
  })

  test('that is a getter which throws has none', async () => {
    expect(await textOf('({ a: 1, get toHTML() { throw new Error("no") } })')).toBe(
      '{ a: 1, toHTML: [Getter] }',
    )
  })

  test('is not a module that exports such a name', async () => {
    const bundle = await result('await import("data:text/javascript,export const toHTML = () => 1")')
    expect(bundle['text/html']).toBeUndefined()
  })
})
