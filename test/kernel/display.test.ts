import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { KernelOutput } from '../../kernel/client.js'
import { type KernelSession, openKernel, waitFor } from '../support/kernel-session.js'

let kernel: KernelSession
beforeAll(async () => {
  kernel = await openKernel()
})
afterAll(async () => {
  await kernel[Symbol.asyncDispose]()
})

/** What the outputs of a cell hold, by MIME type. */
async function shown(code: string) {
  const { outputs, traceback } = await kernel.run(code)
  expect(traceback).toBe('')
  return outputs.map(dataOf)
}

function dataOf({ content }: KernelOutput): Record<string, unknown> {
  return 'data' in content ? content.data : {}
}

function idOf(output: KernelOutput | undefined): string | undefined {
  return output !== undefined && 'transient' in output.content
    ? output.content.transient?.display_id
    : undefined
}

describe('content of a kind', () => {
  test.each([
    ['text("a\\nb")', 'text/plain', 'a\nb', 'a\nb'],
    ['html("<b>1 &lt; 2</b>")', 'text/html', '<b>1 &lt; 2</b>', '1 < 2'],
    ['markdown("**x**")', 'text/markdown', '**x**', '**x**'],
    ['latex("$x^2$")', 'text/latex', '$x^2$', '$x^2$'],
    ['svg("<svg/>")', 'image/svg+xml', '<svg/>', '[SVG image]'],
    ['javascript("alert(1)")', 'application/javascript', 'alert(1)', '[JavaScript for the browser]'],
    ['json([1, { a: 2n }])', 'application/json', [1, { a: '2' }], '[ 1, { a: 2n } ]'],
    ['vegalite({ mark: "bar" })', 'application/vnd.vegalite.v5+json', { mark: 'bar' }, '[Vega-Lite chart]'],
    ['png(new Uint8Array([137, 80]))', 'image/png', 'iVA=', '[image/png]'],
    ['png("data:image/png;base64,iVA=")', 'image/png', 'iVA=', '[image/png]'],
    ['jpeg(new Uint8Array([255, 216]).buffer)', 'image/jpeg', '/9g=', '[image/jpeg]'],
    ['gif("R0lG")', 'image/gif', 'R0lG', '[image/gif]'],
    ['webp("UklG")', 'image/webp', 'UklG', '[image/webp]'],
    ['pdf(Buffer.from("%PDF"))', 'application/pdf', 'JVBERg==', '[application/pdf]'],
    ['raw("text/x-thing", Buffer.from("é"))', 'text/x-thing', 'é', '[text/x-thing]'],
  ])('display.%s has its type and a text', async (call, type, content, text) => {
    expect(await shown(`display.${call}`)).toEqual([{ 'text/plain': text, [type]: content }])
  })

  test('carries metadata', async () => {
    const { outputs } = await kernel.run(
      'display.png("iVA=", { metadata: { "image/png": { width: 40 } } }); display(1, { metadata: { a: 1 } })',
    )
    expect(outputs.map(({ content }) => 'metadata' in content && content.metadata)).toEqual([
      { 'image/png': { width: 40 } },
      { a: 1 },
    ])
  })

  test('a bundle is sent as it is when it is said to be one', async () => {
    expect(await shown('display({ "text/html": "<i>1</i>" }, { raw: true })')).toEqual([
      { 'text/html': '<i>1</i>' },
    ])
  })
})

describe('a display', () => {
  test('is changed in its place, by value and by kind', async () => {
    const { outputs } = await kernel.run('display(1).update([2]).html("<b>3</b>").markdown("4")')
    expect(outputs.map(({ type }) => type)).toEqual([
      'display_data',
      'update_display_data',
      'update_display_data',
      'update_display_data',
    ])
    expect(new Set(outputs.map(idOf)).size).toBe(1)
    expect(outputs.map((output) => dataOf(output)['text/plain'])).toEqual(['1', '[ 2 ]', '3', '4'])
  })

  test('newDisplay shows nothing until it is given something', async () => {
    const { outputs } = await kernel.run('const later = newDisplay(); 7')
    expect(outputs.map(({ type }) => type)).toEqual(['execute_result'])
    const next = await kernel.run('later.text("a"); later.text("b")')
    expect(next.outputs.map(({ type }) => type)).toEqual(['display_data', 'update_display_data'])
  })

  test('a later cell changes it under its own request, as programs that run notebooks need', async () => {
    await kernel.run('const early = display("early")')
    const { outputs } = await kernel.run('early.update("later")')
    expect(outputs.map(({ type }) => type)).toEqual(['update_display_data'])
  })

  test('a timer changes it under the cell that set the timer', async () => {
    const first = await kernel.run(
      'const slow = display("start"); setTimeout(() => slow.update("from a timer"), 150)',
    )
    await kernel.run('await new Promise((resolve) => setTimeout(resolve, 250))')
    const late = await waitFor(() =>
      kernel.broadcasts.find(
        ({ type, content }) => type !== 'execute_input' && JSON.stringify(content).includes('from a timer'),
      ),
    )
    expect(late).toMatchObject({ type: 'update_display_data', parentId: first.messageId })
  })

  test('content that takes time never replaces newer content', async () => {
    const { outputs } = await kernel.run(`
      const slowly = (text, waitMs) => ({ [Symbol.for('Jupyter.display')]: async () => {
        await new Promise((resolve) => setTimeout(resolve, waitMs))
        return { 'text/plain': text }
      } })
      display(slowly('old', 100)).update(slowly('new', 10))`)
    expect(outputs.map((output) => dataOf(output)['text/plain'])).toEqual(['new'])
    expect(outputs[0]?.type).toBe('display_data')
  })

  test('of a promise shows what it resolves to, or its error', async () => {
    const data = await shown(
      'display(Promise.resolve(5)); display(Promise.reject(new Error("not this time"))); 0',
    )
    const texts = data.map((bundle) => String(bundle['text/plain']).split('\n')[0])
    expect(texts.sort()).toEqual(['0', '5', 'Error: not this time'])
  })

  test('an update of one that nobody knows does no harm', async () => {
    const { outputs, status } = await kernel.run('display("x", { id: "never shown", update: true })')
    expect(status).toBe('ok')
    expect(outputs.map(idOf)).toEqual(['never shown'])
    expect((await kernel.run('1')).text).toBe('1')
  })

  test('of a silent cell is not shown', async () => {
    const { outputs } = await kernel.run(
      'display(1); display.html("<b>"); newDisplay().text("x"); clearOutput()',
      {
        silent: true,
      },
    )
    expect(outputs).toEqual([])
  })

  test('clearOutput is sent with its wait flag', async () => {
    const { outputs } = await kernel.run('clearOutput(); clearOutput({ wait: true })')
    expect(outputs).toEqual([
      { type: 'clear_output', content: { wait: false } },
      { type: 'clear_output', content: { wait: true } },
    ])
  })

  test('may be shadowed by a cell’s own names', async () => {
    const own = await openKernel()
    try {
      await own.run('const display = 1, input = 2')
      expect((await own.run('display + input')).text).toBe('3')
    } finally {
      await own[Symbol.asyncDispose]()
    }
  })
})

describe('the exports of xdrlab', () => {
  test('are the functions that cells have', async () => {
    const { text } = await kernel.run(`
      import * as lib from 'xdrlab'
      ;['display', 'newDisplay', 'clearOutput', 'input', 'password'].map((name) => lib[name] === globalThis[name])`)
    expect(text).toBe('[ true, true, true, true, true ]')
  })

  test('ask through the front end', async () => {
    const asked: unknown[] = []
    const { text } = await kernel.run(
      'const { input: ask, password: askHidden } = await import("xdrlab"); [await ask("Who? "), (await askHidden()).length]',
      {
        allowStdin: true,
        onInput: async (prompt, isPassword) => {
          asked.push([prompt, isPassword])
          return 'ann'
        },
      },
    )
    expect(text).toBe("[ 'ann', 3 ]")
    expect(asked).toEqual([
      ['Who? ', false],
      ['Password: ', true],
    ])
  })
})
