import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type KernelSession, openKernel, waitFor } from '../support/kernel-session.js'

/**
 * A stop that reaches a cell at the very instant at which it throws or ends. A cell can have V8 stop it right there by
 * an inspector session of its own, in place of an interrupt that would have to be aimed at the microsecond.
 */
const preparation = `
  let kept = 42
  const session = new (require('node:inspector').Session)()
  session.connect()
  const clearAsyncIds = () => {
    process.setUncaughtExceptionCaptureCallback(() => {})
    try { process._fatalException({}, false) } finally { process.setUncaughtExceptionCaptureCallback(null) }
  }
  const stopHere = () => { clearAsyncIds(); session.post('Runtime.terminateExecution', clearAsyncIds) }
`
const fails = "stopHere(); throw new Error('meets the stop')"

let kernel: KernelSession
beforeAll(async () => {
  kernel = await openKernel()
  await kernel.run(preparation)
})
afterAll(async () => {
  await kernel[Symbol.asyncDispose]()
})

const endings: Record<string, string> = {
  'a throw': `{ ${fails} }`,
  'a throw of no error': '{ stopHere(); throw 1 }',
  'a throw of V8’s own': '{ stopHere(); null.x }',
  'a throw deep within': `{ const deep = (n) => { if (n > 0) return deep(n - 1) + 1; ${fails} }; deep(50) }`,
  'a throw in a getter': `({ get bad() { ${fails} } }).bad`,
  'a throw in toJSON': `JSON.stringify({ toJSON() { ${fails} } })`,
  'a throw in the callback of a regular expression': `'a'.replace(/a/, () => { ${fails} })`,
  'a throw in an iterator': `for (const one of (function* () { ${fails} })()) ;`,
  'a throw in an async function': `{ const deep = async (n) => { if (n > 0) return (await deep(n - 1)) + 1; ${fails} }; await deep(9) }`,
  'a throw after an await': `await null; { ${fails} }`,
  'a throw after a timer': `await new Promise((go) => setTimeout(go, 1)); { ${fails} }`,
  'a rejected promise': "await new Promise((_, no) => { stopHere(); no(new Error('meets the stop')) })",
  'a throw in a timer': `setTimeout(() => { ${fails} }); await new Promise((go) => setTimeout(go, 20))`,
  'a stack': "stopHere(); new Error('x').stack",
  'the end': '{ stopHere() } 1',
  'the end after an await': 'await null; { stopHere() } 1',
}

test.each(Object.entries(endings))(
  '%s that meets a stop leaves the kernel and all state',
  async (_name, code) => {
    const running = kernel.run(code)
    // Where the stop has cost the cell its way to its own end, as an interrupt's does not.
    const interrupts = setInterval(() => void kernel.client.interrupt(), 100)
    const { status } = await running.finally(() => clearInterval(interrupts))
    expect(['ok', 'error']).toContain(status)
    // The last interrupt may come to this one.
    await waitFor(() => kernel.broadcasts.at(-1)?.content.execution_state === 'idle' || undefined)
    const next = await kernel.run('await null; kept')
    if (next.status === 'error') expect((await kernel.run('await null; kept')).text).toBe('42')
    else expect(next.text).toBe('42')
  },
)

test('interrupts aimed at the throw, and kept there', { timeout: 60_000 }, async () => {
  // The first attempt to stop comes some 40 ms after the interrupt; by how each cell ends the aim is corrected.
  let aimMs = 40
  for (let round = 0; round < 30; round++) {
    const spin = `const end = performance.now() + ${aimMs + Math.random()}; while (performance.now() < end);`
    const running = kernel.run(`{ ${spin} ${round % 2 === 0 ? "throw new Error('in time')" : 'null.x'} }`)
    await kernel.client.interrupt()
    const { error } = await running
    expect(['Error', 'TypeError', 'KeyboardInterrupt']).toContain(error?.ename)
    aimMs = Math.min(80, Math.max(20, aimMs + (error?.ename === 'KeyboardInterrupt' ? -0.3 : 0.3)))
    expect((await kernel.run('kept')).text).toBe('42')
  }
})

describe('a promise that is collected before it is settled', () => {
  test('does not end the kernel, in a cell that was interrupted', async () => {
    const running = kernel.run('console.log("waits"); await new Promise(() => {})')
    await waitFor(() => kernel.broadcasts.find(({ content }) => content.text === 'waits\n'))
    await kernel.client.interrupt()
    expect((await running).error?.ename).toBe('KeyboardInterrupt')
    await kernel.run(
      'require("node:v8").setFlagsFromString("--expose-gc"); const collect = require("node:vm").runInNewContext("gc")',
    )
    for (let round = 0; round < 3; round++) await kernel.run('collect(); await null')
    expect((await kernel.run('kept')).text).toBe('42')
  })
})

test('a stop while V8 reports the one before does not end the process', () => {
  const script = fileURLToPath(new URL('../support/stop-reported-process.mjs', import.meta.url))
  const { stdout, signal } = spawnSync(process.execPath, [script], { encoding: 'utf8', timeout: 20_000 })
  expect({ signal, stdout }).toEqual({ signal: null, stdout: '200\n' })
})

test('a stop that V8 took back does not stand in the way of the next one', () => {
  const script = fileURLToPath(new URL('../support/stop-twice-process.mjs', import.meta.url))
  const { stdout, signal } = spawnSync(process.execPath, [script], { encoding: 'utf8', timeout: 20_000 })
  expect({ signal, ended: stdout.trim().split('\n') }).toEqual({
    signal: null,
    ended: ['running', 'stopped'],
  })
})
