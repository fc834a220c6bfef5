import { afterAll, beforeAll, expect, test } from 'vitest'
import { type KernelSession, openKernel } from '../support/kernel-session.js'

let kernel: KernelSession
beforeAll(async () => {
  kernel = await openKernel()
})
afterAll(async () => {
  await kernel[Symbol.asyncDispose]()
})

test('its display works in a cell where the package is not installed', async () => {
  const { outputs, traceback } = await kernel.run(`
    import { display, newDisplay } from 'tslab'
    display.html('<b>html</b>')
    display.javascript('element.textContent = 1')
    display.markdown('# md')
    display.latex('$x$')
    display.svg('<svg/>')
    display.text('text')
    display.gif(new Uint8Array([71]))
    display.jpeg(new Uint8Array([255]))
    display.pdf(new Uint8Array([37]))
    display.png(new Uint8Array([137]))
    display.raw('text/html', '<i>raw</i>')
    display.raw('image/png', Buffer.from([137]))`)
  expect(traceback).toBe('')
  const data = outputs.map((output) => (output.type === 'display_data' ? output.content.data : {}))
  expect(data).toMatchObject([
    { 'text/html': '<b>html</b>' },
    { 'application/javascript': 'element.textContent = 1' },
    { 'text/markdown': '# md' },
    { 'text/latex': '$x$' },
    { 'image/svg+xml': '<svg/>' },
    { 'text/plain': 'text' },
    { 'image/gif': 'Rw==' },
    { 'image/jpeg': '/w==' },
    { 'application/pdf': 'JQ==' },
    { 'image/png': 'iQ==' },
    { 'text/html': '<i>raw</i>' },
    { 'image/png': 'iQ==' },
  ])
})

test('all of it is imported by one name, in every way to import', async () => {
  const { outputs, traceback } = await kernel.run(`
    import * as tslab from 'tslab'
    import lab from 'tslab'
    const { display: again } = await import('tslab')
    tslab.display.html('1'); lab.display.html('2'); again.html('3')`)
  expect(traceback).toBe('')
  expect(outputs.map((output) => output.type === 'display_data' && output.content.data['text/html'])).toEqual(
    ['1', '2', '3'],
  )
})

test('newDisplay overwrites one output', async () => {
  const { outputs } = await kernel.run(`
    import { newDisplay } from 'tslab'
    const progress = newDisplay()
    for (const percent of [0, 50, 100]) {
      progress.text(percent + ' %')
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    progress.html('<b>done</b>')`)
  expect(outputs.map(({ type }) => type)).toEqual([
    'display_data',
    'update_display_data',
    'update_display_data',
    'update_display_data',
  ])
})

test('a notebook in its style runs cell after cell', async () => {
  const cells: [string, string | undefined][] = [
    ['let x: number = 3; let y: number = 4\nx * y', '12'],
    ['interface Point { x: number; y: number }\nconst p: Point = { x, y }\np', '{ x: 3, y: 4 }'],
    [
      'class Shape { constructor(protected name: string) {} describe(): string { return "a " + this.name } }\nnew Shape("square").describe()',
      "'a square'",
    ],
    [
      'import * as fs from "fs"\nimport { join } from "path"\nfs.existsSync(join(__dirname ?? ".", "nowhere"))',
      'false',
    ],
    [
      'import { promisify } from "util"\nconst sleep = promisify(setTimeout)\nawait sleep(1)\n"slept"',
      "'slept'",
    ],
    ['const fib = (n: number): number => (n < 2 ? n : fib(n - 1) + fib(n - 2))\nfib(15)', '610'],
    ['import * as tslab from "tslab"\ntslab.display.markdown("fib is **" + fib(10) + "**")', 'fib is **55**'],
    ['x = 10; [x, p.x]', '[ 10, 3 ]'],
    ['enum Side { Left = "L", Right = "R" }\nSide.Right', "'R'"],
    ['(async () => { await sleep(1); return "from a promise" })()', "'from a promise'"],
  ]
  for (const [code, expected] of cells) {
    const { text, traceback } = await kernel.run(code)
    expect(traceback).toBe('')
    expect(text).toBe(expected)
  }
})
