import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type KernelSession, openKernel } from '../support/kernel-session.js'

let kernel: KernelSession
beforeAll(async () => {
  kernel = await openKernel()
})
afterAll(async () => {
  await kernel[Symbol.asyncDispose]()
})

const textOf = async (code: string) => (await kernel.run(code)).text

describe('bindings', () => {
  test('are live across cells, in functions as well', async () => {
    await kernel.run('let cnt = 0; function inc() { cnt++ }')
    expect(await textOf('cnt = 100; inc(); cnt')).toBe('101')
  })

  const kinds: Record<string, (value: number) => string> = {
    const: (value) => `const again = () => ${value}`,
    let: (value) => `let again = () => ${value}`,
    var: (value) => `var again = () => ${value}`,
    function: (value) => `function again(): number { return ${value} }`,
    class: (value) => `class again { static call() { return ${value} } }`,
  }
  const pairs = Object.keys(kinds).flatMap((from) => Object.keys(kinds).map((to) => [from, to] as const))
  test.each(pairs)('a %s can be declared anew as a %s', async (from, to) => {
    expect((await kernel.run(kinds[from]?.(1) ?? '')).status).toBe('ok')
    const declared = await kernel.run(`${kinds[to]?.(2)}\nvoid 0`)
    expect(declared.traceback).toBe('')
    expect(await textOf(to === 'class' ? 'again.call(0)' : 'again()')).toBe('2')
  })

  test('functions can be called above their declaration and rebound later', async () => {
    expect(await textOf('twice(4)\nfunction twice(n: number): number { return n * 2 }\ntwice(4)')).toBe('8')
    await kernel.run('function fact(n: number): number { return n < 2 ? 1 : n * fact(n - 1) }')
    expect(await textOf('fact(5)')).toBe('120')
    expect(await textOf('fact.name')).toBe("'fact'")
  })

  test('a declaration that failed can be run again', async () => {
    expect((await kernel.run('const later = await Promise.reject(new Error("not yet"))')).status).toBe(
      'error',
    )
    expect(await textOf('const later = 1; later')).toBe('1')
  })

  test('names of the kernel’s own globals may be taken', async () => {
    expect(await textOf('const display = 1, input = 2, fetch = 3; display + input + fetch')).toBe('6')
  })

  test('enums, namespaces, parameter properties and generics run', async () => {
    const code = `
      enum Level { Low = 1, High }
      enum Level { Highest = 9 }
      namespace Tools { export const one = 1 }
      class Pair<T> { constructor(readonly left: T, public right?: T) {} }
      const pair = new Pair<number>(Level.High satisfies Level as number)
      ;[pair.left, Level.Highest, Level[1], Tools.one]`
    expect(await textOf(code)).toBe("[ 2, 9, 'Low', 1 ]")
    expect(await textOf('enum Level { Other = 5 }\nObject.keys(Level)')).toBe("[ '5', 'Other' ]")
  })
})

describe('top-level await', () => {
  test.each([
    ['an expression', 'await Promise.resolve(3)', '3'],
    ['a declaration', 'const awaited = await Promise.resolve(4); awaited', '4'],
    ['for await', 'let sum = 0; for await (const n of [1, Promise.resolve(2)]) sum += n; sum', '3'],
    ['an async function called at once', 'await (async () => 5)()', '5'],
    ['inside a block', 'let inner; { inner = await Promise.resolve(6) }; inner', '6'],
    [
      'a destructured promise',
      'const { a, ...rest } = await Promise.resolve({ a: 1, b: 2 }); rest',
      '{ b: 2 }',
    ],
    ['a promise as the last value', 'Promise.resolve(7)', '7'],
  ])('%s', async (_name, code, expected) => {
    expect(await textOf(code)).toBe(expected)
  })
})

describe('the result of a cell', () => {
  test.each([
    ['a string is quoted', '"text"', "'text'"],
    ['an object literal alone is an object', '{ a: 1, b: { c: 2 } }', '{ a: 1, b: { c: 2 } }'],
    ['null is a result', 'null', 'null'],
    ['a comment after it', '5 // five', '5'],
    ['bigints', '[1n, 2n ** 70n]', '[ 1n, 1180591620717411303424n ]'],
    ['maps', 'new Map([[1, new Set([2])]])', 'Map(1) { 1 => Set(1) { 2 } }'],
    ['typed arrays', 'new Uint8Array(3)', 'Uint8Array(3) [ 0, 0, 0 ]'],
    ['NaN and -0', '[NaN, -0]', '[ NaN, -0 ]'],
    ['cycles', 'const ring: any = {}; ring.self = ring; ring', '<ref *1> { self: [Circular *1] }'],
    ['an exported default', 'export default 3 + 4', '7'],
  ])('%s', async (_name, code, expected) => {
    expect(await textOf(code)).toBe(expected)
  })

  test.each([
    ['undefined', 'undefined'],
    ['a declaration', '5; const five = 5'],
    ['a loop', 'for (const n of [1, 2]) n'],
    ['a function', '7; function seven() { return 7 }'],
    ['an empty cell', ''],
    ['only types', 'interface Row { id: string }\ntype Rows = Row[]'],
    ['an exported const', 'export const six = 6'],
    ['a semicolon behind it', '1 + 1; // hidden'],
    ['a semicolon behind what is awaited', 'await Promise.resolve([1]);'],
  ])('%s gives none', async (_name, code) => {
    const { status, outputs } = await kernel.run(code)
    expect({ status, outputs }).toEqual({ status: 'ok', outputs: [] })
  })

  test('a value that throws while it is looked at is shown as such', async () => {
    const hostile = '({ [Symbol.for("nodejs.util.inspect.custom")]() { throw new Error("not me") } })'
    expect(await textOf(hostile)).toContain('cannot be shown: Error: not me')
    expect(await textOf('new Proxy({}, { get() { throw 1 }, ownKeys() { throw 2 } })')).toMatch(
      /^\{\}$|cannot be shown/,
    )
    expect(await textOf('1')).toBe('1')
  })

  test('a list of objects is a table', async () => {
    const { outputs } = await kernel.run('[{ id: 1, name: "<b>" }, { id: 2, name: "y" }]')
    const [result] = outputs
    expect(result?.type === 'execute_result' && result.content.data['text/html']).toContain('<table')
  })
})

describe('execute_request', () => {
  test('counts, except when silent or kept out of the history', async () => {
    const { executionCount } = await kernel.run('1')
    const silent = await kernel.run('console.log("quiet"); display(1); 2', { silent: true })
    const unkept = await kernel.run('3', { storeHistory: false })
    const next = await kernel.run('4')
    expect([silent.executionCount, unkept.executionCount, next.executionCount]).toEqual([
      executionCount,
      executionCount,
      executionCount + 1,
    ])
    expect(silent.outputs).toEqual([])
    expect(kernel.trace(silent.messageId)).toEqual(['busy', 'idle'])
    expect(unkept.text).toBe('3')
  })

  test('evaluates user_expressions after the cell, each on its own', async () => {
    const { userExpressions } = await kernel.run('const base = 20', {
      userExpressions: { good: 'base + 1', bad: 'nowhere.to' },
    })
    expect(userExpressions).toMatchObject({
      good: { status: 'ok', data: { 'text/plain': '21' } },
      bad: { status: 'error', ename: 'ReferenceError' },
    })
  })

  test('an error aborts the cells behind it, and nothing sent later', async () => {
    const cells = ['throw new Error("first")', '1', '2'].map((code) => kernel.run(code))
    expect((await Promise.all(cells)).map(({ status }) => status)).toEqual(['error', 'aborted', 'aborted'])
    expect((await kernel.run('3')).status).toBe('ok')
  })

  test('aborts nothing when stop_on_error is false', async () => {
    const cells = ['throw new Error("first")', '1'].map((code) => kernel.run(code, { stopOnError: false }))
    expect((await Promise.all(cells)).map(({ status }) => status)).toEqual(['error', 'ok'])
  })
})

test('memory stays flat over 500 cells with large results', async () => {
  const use = async () => Number((await kernel.run('gc?.(); process.memoryUsage().heapUsed')).text)
  await kernel.run('import { setFlagsFromString } from "node:v8"; setFlagsFromString("--expose-gc")')
  await kernel.run('import { runInNewContext } from "node:vm"; globalThis.gc = runInNewContext("gc")')
  for (let n = 0; n < 50; n++) await kernel.run(`new Array(100_000).fill(${n})`)
  const before = await use()
  for (let n = 0; n < 500; n++) await kernel.run(`new Array(100_000).fill(${n})`)
  const grownMb = ((await use()) - before) / 1e6
  // Kept results would be 400 MB.
  expect(grownMb).toBeLessThan(20)
})
