import { mkdirSync, writeFileSync } from 'node:fs'
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

const comes = (line: string) =>
  waitFor(() => kernel.broadcasts.find(({ content }) => content.text === `${line}\n`))

const stops = {
  'an interrupt request': () => kernel.client.interrupt(),
  SIGINT: async () => void process.kill(kernel.client.pid ?? 0, 'SIGINT'),
}

describe.each(Object.entries(stops))('%s', (_name, stop) => {
  test('ends an awaiting cell long before its wait does, and keeps the state', async () => {
    // Not at once: a signal heard right after a cell was asked for may be one of before, and is not for it.
    const running = kernel.run(
      'let reached = 1; const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))\n' +
        'await wait(200); console.log("waiting"); await wait(60_000)\nreached = 2',
    )
    await comes('waiting')
    kernel.broadcasts.length = 0
    const pressed = performance.now()
    await stop()
    const { error } = await running
    expect(performance.now() - pressed).toBeLessThan(10_000)
    expect(error?.ename).toBe('KeyboardInterrupt')
    expect((await kernel.run('reached')).text).toBe('1')
  })

  test('without a running cell does nothing', async () => {
    await stop()
    expect((await kernel.run('1 + 1')).text).toBe('2')
  })
})

describe('SIGINT, from the first cell on,', () => {
  const executeInput = (session: KernelSession) =>
    waitFor(() => session.broadcasts.find(({ type }) => type === 'execute_input'))

  test('ends the cell that has just begun', async () => {
    // Later, another thread listens as well: to that one a signal may be longer under way than a request.
    for (let round = 0; round < 3; round++) {
      await using mine = await openKernel()
      const running = mine.run('await new Promise((resolve) => setTimeout(resolve, 60_000))')
      await executeInput(mine)
      process.kill(mine.client.pid ?? 0, 'SIGINT')
      expect((await running).error?.ename).toBe('KeyboardInterrupt')
    }
  })

  test('is not for a cell that is asked for after it', async () => {
    await using mine = await openKernel()
    // Answered by what runs cells, which is there then: a first cell that takes long would have another thread listen,
    // to which signals are longer under way.
    await mine.client.request('shell', 'complete_request', { code: '', cursor_pos: 0 })
    for (let round = 0; round < 30; round++) {
      process.kill(mine.client.pid ?? 0, 'SIGINT')
      expect((await mine.run('await null; 1 + 1')).text).toBe('2')
    }
  })
})

test('what an interrupted cell still yields is dropped', async () => {
  const running = kernel.run(
    'let goOn; console.log("held up"); await new Promise((resolve) => { goOn = resolve }); "too late"',
  )
  await comes('held up')
  await kernel.client.interrupt()
  const { messageId } = await running
  const next = await kernel.run('goOn(); await new Promise((resolve) => setImmediate(resolve)); "in time"')
  expect(next.text).toBe("'in time'")
  expect(kernel.trace(messageId).filter((type) => type === 'execute_result')).toEqual([])
})

test('what a library is in the midst of is not stopped half-way, and the cell tidies up', async () => {
  // As a page of rows that is being read: busy for longer than the interrupt waits for an answer.
  const slow = `export const read = () => new Promise((resolve) => setTimeout(() => {
    console.log('reading')
    for (const end = Date.now() + 400; Date.now() < end; );
    resolve('read')
  }, 1))`
  const folder = join(kernel.folder, 'node_modules', 'slow-pages')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "type": "module", "exports": "./index.js" }')
  writeFileSync(join(folder, 'index.js'), slow)
  for (let round = 0; round < 3; round++) {
    kernel.broadcasts.length = 0
    const running = kernel.run(
      'const { read } = await import("slow-pages")\ntry { await read() } finally { console.log("tidied up") }',
    )
    await comes('reading')
    await kernel.client.interrupt()
    const { error, stdout } = await running
    expect([error?.ename, stdout]).toEqual(['KeyboardInterrupt', 'reading\ntidied up\n'])
  }
})

test('an interrupted cell says so once, also when nothing is run after it', async () => {
  const ticks = () =>
    kernel.broadcasts
      .map(({ content }) => String(content.text ?? ''))
      .join('')
      .split('tick').length
  await kernel.run('const ticking = setInterval(() => console.log("tick"), 100); undefined')
  const running = kernel.run('console.log("under way"); await new Promise(() => {})')
  await comes('under way')
  await kernel.client.interrupt()
  const { messageId } = await running
  const ended = ticks()
  // The kernel's own clock: longer than it waits for a cell that does not end.
  await waitFor(() => (ticks() > ended + 15 ? true : undefined), 30_000)
  expect(kernel.trace(messageId).filter((type) => type === 'error')).toEqual(['error'])
  await kernel.run('clearInterval(ticking)')
})

test('an interrupt aborts the cells behind it', async () => {
  const cells = [
    kernel.run(
      'console.log("the first of two"); await new Promise((resolve) => setTimeout(resolve, 60_000))',
    ),
    kernel.run('1'),
  ]
  // Read, it may still not have begun.
  await comes('the first of two')
  // Answered in turn: by now the kernel has read both.
  await kernel.client.request('shell', 'kernel_info_request', {})
  await kernel.client.interrupt()
  expect((await Promise.all(cells)).map(({ status }) => status)).toEqual(['error', 'aborted'])
})

test('a time limit interrupts the cell and rejects', async () => {
  const late = kernel.client.execute('await new Promise((resolve) => setTimeout(resolve, 60_000))', {
    timeoutMs: 200,
  })
  await expect(late).rejects.toMatchObject({ code: 'XDR_TIMEOUT' })
  expect((await kernel.run('1')).text).toBe('1')
})

test('an aborted signal interrupts the cell and rejects', async () => {
  const abort = new AbortController()
  setTimeout(() => abort.abort(), 200)
  const { signal } = abort
  const cancelled = kernel.client.execute('await new Promise((resolve) => setTimeout(resolve, 60_000))', {
    signal,
  })
  await expect(cancelled).rejects.toMatchObject({ code: 'XDR_ABORTED' })
  expect((await kernel.run('1')).text).toBe('1')
})

test('requests other than cells are answered while a cell runs', async () => {
  let hasEnded = false
  const running = kernel
    .run(
      'while (!require("node:fs").existsSync("answered")) await new Promise((resolve) => setTimeout(resolve, 5)); "ran"',
    )
    .finally(() => {
      hasEnded = true
    })
  const info = await kernel.client.request('shell', 'kernel_info_request', {})
  expect(info.implementation).toBe('xdrlab')
  expect(hasEnded).toBe(false)
  writeFileSync(join(kernel.folder, 'answered'), '')
  expect((await running).text).toBe("'ran'")
})
