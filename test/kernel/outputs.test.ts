import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type KernelSession, openKernel, waitFor } from '../support/kernel-session.js'

let kernel: KernelSession
beforeAll(async () => {
  kernel = await openKernel()
})
afterAll(async () => {
  await kernel[Symbol.asyncDispose]()
})

describe('printed text', () => {
  const lines = (count: number) => Array.from({ length: count }, (_, n) => `line ${n}\n`).join('')

  test('100,000 lines of awaiting code arrive whole and in order', async () => {
    const code = `for (let n = 0; n < 100_000; n++) {
      console.log('line ' + n)
      if (n % 1000 === 0) await new Promise((resolve) => setImmediate(resolve))
    }`
    expect((await kernel.run(code)).stdout === lines(100_000)).toBe(true)
  })

  test('20,000 lines of one tick arrive whole, in few messages', async () => {
    const { stdout, outputs } = await kernel.run("for (let n = 0; n < 20_000; n++) console.log('line ' + n)")
    expect(stdout === lines(20_000)).toBe(true)
    expect(outputs.length).toBeLessThan(50)
  })

  test('1,000 displays of one tick arrive whole and in order', async () => {
    const { outputs } = await kernel.run('for (let n = 0; n < 1000; n++) display.text(String(n))')
    const shown = outputs.map((output) => output.type === 'display_data' && output.content.data['text/plain'])
    expect(shown).toEqual(Array.from({ length: 1000 }, (_, n) => String(n)))
  })

  test('console, process.stdout and process.stderr keep their order among displays', async () => {
    const { outputs } = await kernel.run(`
      console.log('one'); console.error('two'); process.stdout.write('three\\n')
      display.html('<b>four</b>'); process.stderr.write(new TextEncoder().encode('fünf\\n')); console.table([{ a: 1 }])
      6`)
    const kinds = outputs.map(({ type, content }) =>
      'name' in content ? `${content.name} ${content.text.slice(0, 5)}` : type,
    )
    expect(kinds).toEqual([
      'stdout one\n',
      'stderr two\n',
      'stdout three',
      'display_data',
      'stderr fünf\n',
      'stdout ┌────',
      'execute_result',
    ])
  })

  test('carries no colours', async () => {
    const { stdout, text } = await kernel.run('console.log({ a: 1 }, "x", null); ({ b: 2 })')
    expect(stdout + text).not.toContain('\u001b')
  })

  test('is live: it comes while the cell still runs', async () => {
    const { stdout } = await kernel.run(
      'console.log("now"); while (!require("node:fs").existsSync("seen")) await new Promise((resolve) => setTimeout(resolve, 5)); console.log("then")',
      { onOutput: () => writeFileSync(join(kernel.folder, 'seen'), '') },
    )
    expect(stdout).toBe('now\nthen\n')
  })

  test('of a pipeline with back pressure arrives whole', async () => {
    const { stdout } = await kernel.run(`
      import { Readable } from 'node:stream'
      const chunks = Array.from({ length: 400 }, (_, n) => String.fromCharCode(97 + (n % 26)).repeat(10_000))
      let paused = 0
      for (const chunk of chunks) {
        if (process.stdout.write(chunk)) continue
        paused++
        await new Promise((resolve) => process.stdout.once('drain', resolve))
      }
      console.error(paused > 0)`)
    expect(stdout.length).toBe(4_000_000)
  })
})

describe('order', () => {
  test('of a cell is busy, execute_input, outputs, idle, a hundred times over', async () => {
    for (let n = 0; n < 100; n++) {
      const { messageId } = await kernel.run('console.log(1); display(2); await null; 3')
      const expected = ['busy', 'execute_input', 'stream', 'display_data', 'execute_result', 'idle']
      expect(kernel.trace(messageId)).toEqual(expected)
    }
  })

  test('of an error is after what was printed', async () => {
    const { messageId } = await kernel.run('console.log(1); throw new Error("x")')
    expect(kernel.trace(messageId)).toEqual(['busy', 'execute_input', 'stream', 'error', 'idle'])
  })

  test('a timer prints under the cell that set it, whatever runs meanwhile', async () => {
    const first = await kernel.run('setTimeout(() => console.log("from the first"), 150); 1')
    const second = await kernel.run(
      'await new Promise((resolve) => setTimeout(resolve, 300)); console.log("second")',
    )
    const late = await waitFor(() =>
      kernel.broadcasts.find(({ content }) => String(content.text).includes('from the first')),
    )
    expect(late.parentId).toBe(first.messageId)
    expect(second.stdout).toBe('second\n')
    expect(kernel.trace(first.messageId).slice(-2)).toEqual(['idle', 'stream'])
  })

  test('a library’s context survives awaits and event emitters', async () => {
    const ran = await kernel.run(`
      import { EventEmitter, once } from 'node:events'
      const bell = new EventEmitter()
      setTimeout(() => bell.emit('ring'), 10)
      await once(bell, 'ring')
      console.log('rang')`)
    expect(ran.stdout).toBe('rang\n')
  })
})

describe('displays', () => {
  test('an update names the same display', async () => {
    const { outputs } = await kernel.run(`
      const shown = display.html('<i>1</i>')
      shown.update({ 'text/html': '<i>2</i>' }, { raw: true })`)
    expect(outputs.map(({ type }) => type)).toEqual(['display_data', 'update_display_data'])
    const ids = outputs.map((output) => 'transient' in output.content && output.content.transient?.display_id)
    expect(ids[0]).toMatch(/^[0-9a-f-]{36}$/)
    expect(ids[1]).toBe(ids[0])
  })

  test('a display as the last value shows nothing twice', async () => {
    const { outputs } = await kernel.run('display({ a: 1 })')
    expect(outputs).toHaveLength(1)
  })

  test.each([
    ['html', '"<b>x</b>"', 'text/html', '<b>x</b>'],
    ['markdown', '"**x**"', 'text/markdown', '**x**'],
    ['svg', '"<svg/>"', 'image/svg+xml', '<svg/>'],
    ['json', '{ id: 2n ** 60n }', 'application/json', { id: '1152921504606846976' }],
    ['png', 'new Uint8Array([137, 80])', 'image/png', 'iVA='],
  ])('display.%s', async (name, argument, type, expected) => {
    const { outputs } = await kernel.run(`display.${name}(${argument})`)
    expect(outputs[0]).toMatchObject({ type: 'display_data', content: { data: { [type]: expected } } })
  })

  test('an object brings its own bundle, at once or later', async () => {
    const { outputs } = await kernel.run(`
      const now = { [Symbol.for('Jupyter.display')]() { return { 'text/plain': 'now' } } }
      const later = { async [Symbol.for('Jupyter.display')]() { await null; return { 'text/plain': 'later' } } }
      display(later)
      now`)
    const shown = outputs.map(({ content }) => 'data' in content && content.data['text/plain'])
    expect(shown.sort()).toEqual(['later', 'now'])
  })

  test('content that JSON cannot hold is sent all the same', async () => {
    const { outputs } = await kernel.run(`
      const cyclic: any = { big: 1n }; cyclic.self = cyclic
      display.json(cyclic)`)
    expect(outputs[0]).toMatchObject({
      content: { data: { 'application/json': { big: '1', self: '[Circular]' } } },
    })
  })

  test('clear_output is sent with its wait flag', async () => {
    const { outputs } = await kernel.run('display.clear(true)')
    expect(outputs).toEqual([{ type: 'clear_output', content: { wait: true } }])
  })
})
