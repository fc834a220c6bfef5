import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type KernelSession, openKernel, waitFor } from '../support/kernel-session.js'

let kernel: KernelSession
beforeAll(async () => {
  kernel = await openKernel()
})
afterAll(async () => {
  await kernel[Symbol.asyncDispose]()
})

describe('an error', () => {
  test('names the line and column that the person typed, types and imports included', async () => {
    const { error, executionCount } = await kernel.run(
      [
        "import { join } from 'node:path'",
        'interface Alert {',
        '  id: string',
        '}',
        '',
        'const path: string = join("a", "b")',
        '  throw new RangeError("too far")',
      ].join('\n'),
    )
    expect(error).toEqual({
      ename: 'RangeError',
      evalue: 'too far',
      traceback: ['RangeError: too far', `    at cell [${executionCount}]:7:9`],
    })
  })

  test('inside a function of an earlier cell is mapped with that cell’s lines', async () => {
    const defined = await kernel.run(
      'type T = { a: string }\n\nasync function boom(t: T): Promise<never> {\n  await null\n  throw new Error(t.a)\n}',
    )
    const called = await kernel.run('const t = { a: "x" }\nawait boom(t)')
    expect(called.traceback.split('\n')).toEqual([
      'Error: x',
      `    at boom (cell [${defined.executionCount}]:5:9)`,
      `    at async cell [${called.executionCount}]:2:1`,
    ])
  })

  test('shows its cause and its members, each with places in cells', async () => {
    const { traceback } = await kernel.run(
      'throw new AggregateError([new Error("one"), new TypeError("two")], "many", { cause: new Error("why") })',
    )
    for (const text of ['AggregateError: many', 'Error: one', 'TypeError: two', '[cause]: Error: why']) {
      expect(traceback).toContain(text)
    }
    expect(traceback).not.toMatch(/node:|dist\/kernel|xdrlab-cell/)
  })

  test('printed by console.log is mapped as well', async () => {
    const { stdout, executionCount } = await kernel.run(
      'interface A {}\nconsole.log(new Error("seen").stack)',
    )
    expect(stdout).toBe(`Error: seen\n    at cell [${executionCount}]:2:13\n`)
  })

  test.each([
    ['a number', 'throw 12', '12'],
    ['undefined', 'throw undefined', 'undefined'],
    ['an object', 'throw { code: 1 }', '{ code: 1 }'],
    ['null from a promise', 'await Promise.reject(null)', 'null'],
  ])('may be %s', async (_name, code, evalue) => {
    expect((await kernel.run(code)).error).toEqual({
      ename: 'Uncaught',
      evalue,
      traceback: [`Uncaught ${evalue}`],
    })
  })

  test('that breaks when it is looked at is still answered', async () => {
    const code =
      'class Bad extends Error { get message(): string { throw 1 } get stack(): string { throw 2 } }\nthrow new Bad()'
    expect((await kernel.run(code)).status).toBe('error')
  })

  test.each([
    [
      'a stack that overflows',
      'function deep(): number { return deep() + 1 }\ndeep()',
      'RangeError',
      'Maximum call stack size exceeded',
    ],
    ['a frozen error', 'throw Object.freeze(new Error("cold"))', 'Error', 'cold'],
    ['a class of the cell', 'class Missing extends Error {}\nthrow new Missing("it")', 'Missing', 'it'],
    [
      'an error of another realm',
      'throw (await import("node:vm")).runInNewContext("new TypeError(\'far\')")',
      'TypeError',
      'far',
    ],
    ['a stack that is no text', 'throw Object.assign(new Error("odd"), { stack: 5 })', 'Error', 'odd'],
  ])('may be %s', async (_name, code, ename, evalue) => {
    expect((await kernel.run(code)).error).toMatchObject({ ename, evalue })
    expect((await kernel.run('1')).text).toBe('1')
  })

  test('with a message of megabytes is cut, and its place kept', async () => {
    const { error, executionCount } = await kernel.run('throw new Error("x".repeat(3_000_000))')
    expect(error?.evalue.length).toBeLessThan(21_000)
    expect(error?.evalue).toContain('2980000 characters left out')
    expect(error?.traceback.join('\n').length).toBeLessThan(21_000)
    expect(error?.traceback.at(-1)).toBe(`    at cell [${executionCount}]:1:7`)
  })

  test('thrown in a callback of a library names the cell', async () => {
    const { traceback, executionCount } = await kernel.run('[1].map(() => {\n  throw new Error("inside")\n})')
    expect(traceback.split('\n')).toEqual([
      'Error: inside',
      `    at cell [${executionCount}]:2:9`,
      '    at Array.map (<anonymous>)',
      `    at cell [${executionCount}]:1:5`,
    ])
  })

  test.each([
    ['after an emoji', '/* 🙂 */ throw new Error("col")', 1, 16],
    ['with a byte order mark and CRLF', '\ufeffconst a: number = 1\r\n  throw new Error("x")', 2, 9],
    ['in an object alone', '{ a: nowhere() }', 1, 6],
    ['far down', `${'interface A {}\n'.repeat(5_000)}  throw new Error('x')`, 5_001, 9],
  ])('%s is placed right', async (_name, code, line, column) => {
    const { traceback, executionCount } = await kernel.run(code)
    expect(traceback).toContain(`cell [${executionCount}]:${line}:${column}`)
  })

  test('of a rejected last value is the cell’s error', async () => {
    const { error } = await kernel.run('Promise.reject(new TypeError("late"))')
    expect(error).toMatchObject({ ename: 'TypeError', evalue: 'late' })
  })

  test('of ours shows message, hint and code, and no stack', async () => {
    const { traceback } = await kernel.run(
      'import { XdrError } from "xdrlab"\nthrow new XdrError("XDR_TLS", "no trust", { hint: "set the CA", requestId: "r-1" })',
    )
    expect(traceback).toBe('XdrError [XDR_TLS]: no trust\n  → set the CA\n  request id: r-1')
  })
})

describe('a syntax error', () => {
  test.each([
    ['unexpected token', 'const ok = 1\nlet a: number = ;', 2, 17],
    ['after a character beyond ASCII', 'const ä = "😀" 5', 1, 15],
    ['a name declared twice', 'const ok: string = "1"\n  let ok = 2', 2, 7],
    ['only V8 refuses', 'const ok: string = "1"\n  var r = /[z-a]/', 2, 11],
    ['JSX', 'const label: string = "1"\nconst view = <b>{label}</b>', 2, 14],
  ])('%s is shown with its line and a caret', async (_name, code, line, column) => {
    const { error, executionCount } = await kernel.run(code)
    expect(error?.ename).toBe('SyntaxError')
    const place = `cell [${executionCount}]:${line}:${column}`
    expect(error?.traceback[1]).toBe(`    at ${place}`)
    const [shownLine = '', caret = ''] = error?.traceback.slice(-2) ?? []
    expect(shownLine).toBe(`${line} | ${code.split('\n')[line - 1]}`)
    expect(caret.length).toBe(`${line} | `.length + column)
  })

  test('in a line of a megabyte shows what is around it', async () => {
    const { error } = await kernel.run(`const list = [${'1, '.repeat(300_000)}] 5`)
    const [shownLine = '', caret = ''] = error?.traceback.slice(-2) ?? []
    expect(shownLine.length).toBeLessThan(500)
    expect(shownLine.slice(caret.length - 2, caret.length + 1)).toContain(' 5')
  })

  test('of text parsed at run time is an ordinary error', async () => {
    const { traceback, executionCount } = await kernel.run('JSON.parse("{")')
    expect(traceback).toContain(`at cell [${executionCount}]:1:6`)
  })
})

describe('what happens after or beside a cell', () => {
  test('a throwing timer and a rejection are told under their cell, and the kernel lives on', async () => {
    const ran = await kernel.run(
      'setTimeout(() => { throw new Error("in the timer") }, 20)\nsetTimeout(() => { Promise.reject(new Error("nobody listens")) }, 40)\n1',
    )
    const told = await waitFor(() => {
      const mine = kernel.broadcasts.filter(
        ({ parentId, type }) => parentId === ran.messageId && type === 'stream',
      )
      const text = mine.map(({ content }) => content.text).join('')
      return text.includes('nobody listens') ? text : undefined
    })
    expect(told).toContain('Error: in the timer')
    expect(told).toContain(`cell [${ran.executionCount}]:1:26`)
    expect((await kernel.run('1 + 1')).text).toBe('2')
  })

  test('a timer that throws what cannot be looked at leaves the kernel alive', async () => {
    const hostile = '{ [Symbol.for("nodejs.util.inspect.custom")]() { throw 1 } }'
    const { stderr } = await kernel.run(
      `setTimeout(() => { throw ${hostile} }, 1)\nawait new Promise((resolve) => setTimeout(resolve, 100))`,
    )
    expect(stderr).toBe('Uncaught: something was thrown that cannot be looked at\n')
    expect((await kernel.run('1')).text).toBe('1')
  })

  test('process.exit is an error that names the way out', async () => {
    const { error } = await kernel.run('process.exit(0)')
    expect(error?.evalue).toContain('process.exit()')
    expect(error?.traceback.join()).toContain('restart button')
    expect((await kernel.run('1')).text).toBe('1')
  })
})
