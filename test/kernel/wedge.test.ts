import { pbkdf2Sync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type KernelSession, openKernel, waitFor } from '../support/kernel-session.js'
import { RawSocket } from '../support/kernel-wire.js'

let kernel: KernelSession
beforeAll(async () => {
  kernel = await openKernel()
  await kernel.run('let kept = 42; const { AsyncResource } = require("node:async_hooks")')
})
afterAll(async () => {
  await kernel[Symbol.asyncDispose]()
})

/** Of code that never lets go: the file says that the kernel has come to it. */
const mark = (name: string) => `require('node:fs').writeFileSync(${JSON.stringify(`marked-${name}`)}, '1');`
const isMarked = (session: KernelSession, name: string) => () => {
  try {
    return readFileSync(`${session.folder}/marked-${name}`, 'utf8')
  } catch {
    return undefined
  }
}

const endless: Record<string, string> = {
  'a loop': 'MARK while (true) {}',
  'a loop after an await': 'await null; MARK while (true) {}',
  'a loop after a timer was awaited': 'await new Promise((go) => setTimeout(go, 20)); MARK while (true) {}',
  'a loop after displays': 'display(1); await null; display(2); MARK while (true) {}',
  'a loop in a timer': 'setTimeout(() => { MARK while (true) {} }, 10); await new Promise(() => {})',
  'a loop in an immediate': 'setImmediate(() => { MARK while (true) {} }); await new Promise(() => {})',
  'a loop in a tick': 'process.nextTick(() => { MARK while (true) {} }); await new Promise(() => {})',
  'ticks without end': 'MARK (function again() { process.nextTick(again) })(); await new Promise(() => {})',
  'a loop in a promise callback': 'Promise.resolve().then(() => { MARK while (true) {} }); 1',
  'a loop some promises later':
    '(async () => { for (let i = 0; i < 6; i++) await null; MARK while (true) {} })(); 1',
  'promises without end': 'MARK (async () => { while (true) await null })(); 1',
  'a loop within an async resource':
    'await null; MARK while (true) new AsyncResource("X").runInAsyncScope(() => {})',
  'a loop in catch':
    'try { await new Promise((_, no) => setTimeout(no, 20)) } catch { MARK while (true) {} }',
  'a loop in try and finally': 'try { MARK while (true) {} } catch {} finally { while (true) {} }',
  'a loop in an event': 'new (require("node:events"))().on("x", () => { MARK while (true) {} }).emit("x")',
  'a loop in the callback of a file':
    'require("node:fs").readFile(".", () => { MARK while (true) {} }); await new Promise(() => {})',
  'a loop in a display of the result': '({ [Symbol.for("Jupyter.display")]() { MARK while (true) {} } })',
  'a loop that prints': 'MARK for (let i = 0; ; i++) console.log(i)',
  'a regular expression that runs away': 'MARK /^(a+)+$/.test("a".repeat(50) + "b")',
  'a sleeping Atomics.wait': 'MARK Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)',
  'a sleeping Atomics.wait after an await':
    'await null; MARK Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)',
  'a sort with a comparison':
    'MARK const list = Array.from({ length: 2e5 }, Math.random); while (true) list.sort((a, b) => Math.sin(a) - b)',
  'a loop that makes stacks':
    'MARK for (;;) { const error = new Error("x"); error.stack; try { null.x } catch (again) { again.stack } }',
  'JSON without end': 'MARK while (true) JSON.stringify(Array.from({ length: 1e6 }, (_, at) => at))',
  'a child that is waited for': 'MARK require("node:child_process").execSync("sleep 600; echo slept")',
}

let serial = 0
const start = (code: string) => {
  const name = String(++serial)
  return {
    running: kernel.run(code.replace('MARK', mark(name)), { timeoutMs: 55_000 }),
    reached: isMarked(kernel, name),
  }
}

const endsWithin = (running: Promise<unknown>, ms: number) =>
  Promise.race([running.then(() => true), new Promise((resolve) => setTimeout(resolve, ms, false))])

const expectStopped = async (running: ReturnType<KernelSession['run']>) => {
  const { error, messageId } = await running
  expect(error?.ename).toBe('KeyboardInterrupt')
  expect(kernel.trace(messageId).filter((type) => type === 'error' || type === 'idle')).toEqual([
    'error',
    'idle',
  ])
  const next = await kernel.run('await new Promise((go) => setTimeout(go, 5)); console.log("prints"); kept')
  expect([next.text, next.stdout]).toEqual(['42', 'prints\n'])
}

describe('an interrupt request ends, and all state is kept:', () => {
  test.each(Object.entries(endless))('%s', async (_name, code) => {
    const { running, reached } = start(code)
    await waitFor(reached, 20_000)
    await kernel.client.interrupt()
    await expectStopped(running)
  })

  test('twenty loops in a row', { timeout: 120_000 }, async () => {
    for (let round = 0; round < 20; round++) {
      const { running, reached } = start(
        round % 2 === 0 ? 'MARK while (true) {}' : 'await null; MARK while (true) {}',
      )
      await waitFor(reached, 20_000)
      await kernel.client.interrupt()
      await expectStopped(running)
    }
  })

  test('a loop that two requests are for', async () => {
    const { running, reached } = start('await null; MARK while (true) {}')
    await waitFor(reached, 20_000)
    await Promise.all([kernel.client.interrupt(), kernel.client.interrupt()])
    await expectStopped(running)
  })

  test('a loop in a user expression', async () => {
    const running = kernel.run('1', { userExpressions: { x: `${mark('expression')} while (true) {}` } })
    await waitFor(isMarked(kernel, 'expression'), 20_000)
    await kernel.client.interrupt()
    expect((await running).userExpressions.x).toMatchObject({ status: 'error', ename: 'KeyboardInterrupt' })
    expect((await kernel.run('kept')).text).toBe('42')
  })

  test('a loop after an answer', async () => {
    const running = kernel.run(`await input('? '); ${mark('answer')} while (true) {}`, {
      allowStdin: true,
      onInput: async () => 'go on',
    })
    await waitFor(isMarked(kernel, 'answer'), 20_000)
    await kernel.client.interrupt()
    await expectStopped(running)
    const asked = await kernel.run('await input("? ")', { allowStdin: true, onInput: async () => 'again' })
    expect(asked.text).toBe("'again'")
  })

  test('a cell that was interrupted before it began', async () => {
    for (let round = 0; round < 10; round++) {
      const running = kernel.run('display(1); while (true) {}')
      await kernel.client.interrupt()
      // Where the request was the faster one, it found nothing to stop.
      if (!(await endsWithin(running, 1_000))) await kernel.client.interrupt()
      await expectStopped(running)
    }
  })

  test.each([
    ['an open question', 'await input("? ")'],
    [
      'a cell that goes on to loop because it was interrupted',
      'try { await input("? ") } catch { while (true) {} }',
    ],
  ])('%s', async (_name, code) => {
    let isAsked = false
    const running = kernel.run(code, {
      allowStdin: true,
      onInput: () => {
        isAsked = true
        return new Promise(() => {})
      },
    })
    await waitFor(() => isAsked || undefined)
    await kernel.client.interrupt()
    await expectStopped(running)
  })

  test('what is about to end by itself, whichever comes first', { timeout: 120_000 }, async () => {
    const until = (ms: number) => `const end = Date.now() + ${ms}; while (Date.now() < end);`
    const ends = [
      (ms: number) => `{ ${until(ms)} } 1`,
      (ms: number) => `await null; { ${until(ms)} }`,
      (ms: number) => `process.nextTick(() => { ${until(ms)} }); process.nextTick(() => {}); await null; 1`,
      (ms: number) => `await new Promise((go) => setTimeout(() => { ${until(ms)} go() }, 1))`,
      (ms: number) => `await new Promise((go) => setImmediate(() => { go(); ${until(ms)} }))`,
      (ms: number) =>
        `while (true) { const now = Date.now(); if (now % 60 === ${ms % 60}) break; console.log(now) }`,
    ]
    // The first attempt to stop comes some 40 ms after the interrupt: the ends lie around it.
    for (let round = 0; round < 10; round++) {
      for (const end of ends) {
        const running = kernel.run(end(40 + round))
        await kernel.client.interrupt()
        const { status, error } = await running
        expect(['ok', 'KeyboardInterrupt']).toContain(error?.ename ?? status)
        expect((await kernel.run('await null; kept')).text).toBe('42')
      }
    }
  })
})

test('SIGINT ends what never would, and all state is kept', { timeout: 240_000 }, async () => {
  const signal = () => process.kill(kernel.client.pid ?? 0, 'SIGINT')
  for (const [name, code] of Object.entries(endless)) {
    const { running, reached } = start(code)
    await waitFor(reached, 20_000)
    // Its listener starts with the first cell that takes long: until then, as a person would, once more.
    const again = setInterval(signal, 1_500)
    signal()
    await running.finally(() => clearInterval(again))
    await expectStopped(running).catch((error: unknown) => {
      throw new Error(name, { cause: error })
    })
  }
})

test('a child in the background is left alone', async () => {
  await kernel.run(
    'const child = require("node:child_process").spawn("sleep", ["600"], { stdio: "ignore" }); let ended = false; child.on("exit", () => { ended = true })',
  )
  const { running, reached } = start('MARK require("node:child_process").execSync("sleep 600")')
  await waitFor(reached, 20_000)
  await kernel.client.interrupt()
  await expectStopped(running)
  expect((await kernel.run('const was = ended; child.kill(); was')).text).toBe('false')
})

test('what cannot be interrupted says so, and stops when it can', { timeout: 180_000 }, async () => {
  // One call is to take some seconds, whatever the machine.
  const derive = (rounds: number) => pbkdf2Sync('a', 'b', rounds, 64, 'sha512')
  const began = performance.now()
  derive(1e5)
  const rounds = Math.ceil((4_000 / (performance.now() - began)) * 1e5)
  const { running, reached } = start(
    `MARK for (;;) require("node:crypto").pbkdf2Sync("a", "b", ${rounds}, 64, "sha512")`,
  )
  await waitFor(reached, 20_000)
  const pressed = performance.now()
  void kernel.client.interrupt()
  const text = await waitFor(
    () => kernel.broadcasts.find(({ content }) => String(content.text).includes('restart the kernel')),
    30_000,
  )
  const told = performance.now() - pressed
  expect(text.type).toBe('stream')
  expect(told).toBeLessThan(15_000)
  const { messageId } = await running
  expect(text.parentId).toBe(messageId)
  await expectStopped(running)
})

describe('while a cell loops', () => {
  test('the heartbeat answers', async () => {
    const { running, reached } = start('MARK while (true) {}')
    await waitFor(reached, 20_000)
    using raw = new RawSocket(kernel.client.connectionFile, 'hb_port')
    await raw.send(['', 'ping'])
    expect((await raw.receive(10_000))?.map(String)).toEqual(['', 'ping'])
    await kernel.client.interrupt()
    await expectStopped(running)
  })

  test.each(['while (true) {}', 'await null; while (true) {}'])(
    'a shutdown ends the process: %s',
    async (loop) => {
      const mine = await openKernel()
      const running = mine.run(`${mark('loop')} ${loop}`).catch(() => undefined)
      await waitFor(isMarked(mine, 'loop'), 20_000)
      mine.client.request('control', 'shutdown_request', { restart: true }).catch(() => undefined)
      expect(await mine.client.exited).toEqual({ code: 0, signal: null })
      await running
      await mine[Symbol.asyncDispose]()
    },
  )

  test('a shutdown is answered and ends a process that V8 cannot stop', async () => {
    const mine = await openKernel()
    const running = mine
      .run(`${mark('native')} require("node:crypto").pbkdf2Sync("a", "b", 2e9, 64, "sha512")`)
      .catch(() => undefined)
    await waitFor(isMarked(mine, 'native'), 20_000)
    using raw = new RawSocket(mine.client.connectionFile, 'control_port')
    await raw.send(raw.frames({ type: 'shutdown_request', content: { restart: true } }))
    const answer = await raw.receive(15_000)
    expect(answer && raw.decode(answer)).toMatchObject({
      header: { msg_type: 'shutdown_reply' },
      content: { status: 'ok', restart: true },
    })
    expect(await mine.client.exited).toEqual({ code: null, signal: 'SIGKILL' })
    await running
    await mine[Symbol.asyncDispose]()
  })

  test('the death of whoever started the kernel ends it', async () => {
    await using outer = await openKernel()
    const path = JSON.stringify(new URL('../../dist/kernel/client.js', import.meta.url).href)
    const { text } = await outer.run(
      `const { startKernel } = await import(${path}); const inner = await startKernel({ cwd: process.cwd() }); inner.execute(${JSON.stringify(`${mark('inner')} while (true) {}`)}).catch(() => {}); inner.pid`,
    )
    await waitFor(isMarked(outer, 'inner'), 20_000)
    process.kill(outer.client.pid ?? 0, 'SIGKILL')
    await outer.client.exited
    await waitFor(() => {
      try {
        process.kill(Number(text), 0)
        return undefined
      } catch {
        return true
      }
    }, 20_000)
  })
})
