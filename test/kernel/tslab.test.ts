import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type KernelSession, openKernel } from '../support/kernel-session.js'

let kernel: KernelSession
beforeAll(async () => {
  kernel = await openKernel({
    'pictures/dot.jpg': '\u0001\u0002\u0003',
    'lib/counted.js': 'exports.count = (list) => list.length; exports.default = { count: exports.count }',
    'lib/index.js': 'exports.folder = "lib"',
    'lib/sizes.json': '{ "wide": 640 }',
    'lib/typed.ts':
      'import { count } from "./counted"\nimport sizes from "./sizes.json"\nexport const typed = (list: unknown[]): number => count(list) * sizes.wide',
  })
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

test('its versions are those of what runs here', async () => {
  const { text } = await kernel.run(
    "import * as lab from 'tslab'; [lab.versions.node === process.version, Object.keys(lab.versions)]",
  )
  expect(text).toBe("[ true, [ 'tslab', 'xdrlab', 'typescript', 'node' ] ]")
})

test('a display is never shown a second time as the value of its cell', async () => {
  const { outputs } = await kernel.run("import * as tslab from 'tslab'\ntslab.display.html('<i>once</i>')")
  expect(outputs.map(({ type }) => type)).toEqual(['display_data'])
})

test('an update goes into the same place from a later cell', async () => {
  const first = await kernel.run(
    "import { newDisplay } from 'tslab'; const later = newDisplay(); later.text('1')",
  )
  const second = await kernel.run("later.html('<b>2</b>')")
  const idOf = ([output]: typeof first.outputs) =>
    output?.type === 'display_data' || output?.type === 'update_display_data'
      ? output.content.transient?.display_id
      : undefined
  expect(second.outputs.map(({ type }) => type)).toEqual(['update_display_data'])
  expect(idOf(second.outputs)).toMatch(/./)
  expect(idOf(second.outputs)).toBe(idOf(first.outputs))
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

test('a notebook in the style of its JavaScript kernel runs cell after cell', async () => {
  const cells: [string, string | undefined, string][] = [
    ['const tslab = require("tslab")\nconst fs = require("fs")', undefined, ''],
    ['const tslab = require("tslab"); tslab.display === require("tslab").display', 'true', ''],
    ['tslab.display.markdown("*md*")', '*md*', ''],
    ['tslab.display.jpeg(fs.readFileSync("pictures/dot.jpg"))', '[image/jpeg]', ''],
    ['let total = 1\ntotal += " more"\nconsole.log(total)', undefined, '1 more\n'],
    ['class Box { constructor(size) { this.size = size } }\nnew Box(2)', 'Box { size: 2 }', ''],
    ['/** @type {any} */\nlet total = 5; total', '5', ''],
    ['{ const inner = 3; let total = inner * 2; console.log({ total }) }', undefined, '{ total: 6 }\n'],
    [
      '{ for (let i = 0; i < 3; i++) await null; console.log("awaited in a block") }',
      undefined,
      'awaited in a block\n',
    ],
    ['total', '5', ''],
    [
      'let odd = []; for (const n of (function* (to) { for (let i = 1; i < to; i += 2) yield i })(6)) odd.push(n)\nodd',
      '[ 1, 3, 5 ]',
      '',
    ],
    ['let os = require("os"); typeof os.cpus()[0].model', "'string'", ''],
    ['process.stderr.isTTY = false; console.log(typeof process.stdout.isTTY)', undefined, 'undefined\n'],
  ]
  for (const [code, expected, printed] of cells) {
    const { text, stdout, traceback } = await kernel.run(code)
    expect({ code, text, stdout, traceback }).toEqual({
      code,
      text: expected,
      stdout: printed,
      traceback: '',
    })
  }
})

describe('files beside the notebook are imported as TypeScript writes them:', () => {
  test.each([
    ['a script without its ending', 'import { count } from "./lib/counted"; count([1, 2])', '2'],
    ['its default', 'import counted from "./lib/counted"; counted.count([1])', '1'],
    ['a folder', 'import { folder } from "./lib"; folder', "'lib'"],
    ['JSON', 'import sizes from "./lib/sizes.json"; sizes.wide', '640'],
    ['JSON without its ending', 'import bare from "./lib/sizes"; bare.wide', '640'],
    ['a script and JSON by a .ts file', 'import { typed } from "./lib/typed"; typed([1, 2])', '1280'],
  ])('%s', async (_name, code, expected) => {
    const { text, traceback } = await kernel.run(code)
    expect({ text, traceback }).toEqual({ text: expected, traceback: '' })
  })
})
