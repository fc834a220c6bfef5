import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type KernelSession, openKernel, waitFor } from '../support/kernel-session.js'

let kernel: KernelSession
beforeAll(async () => {
  kernel = await openKernel({
    'child.mjs': `
      process.stdout.write('out of ' + process.argv[2] + '\\n')
      process.stderr.write('err of ' + process.argv[2] + '\\n')
      process.exitCode = Number(process.argv[3] ?? 0)`,
    'worker.mjs': `console.log('from a worker'); console.error('worker err')`,
  })
})
afterAll(async () => {
  await kernel[Symbol.asyncDispose]()
})

describe('a cell that never lets go of the event loop', () => {
  /** Computes on until the test has seen something, and says so in a file. */
  const untilSeen = (name: string) => `while (!require('node:fs').existsSync('seen-${name}'));`
  const seen = (name: string) => writeFileSync(join(kernel.folder, `seen-${name}`), '')
  const hasCome = (text: string) =>
    waitFor(() => kernel.broadcasts.find(({ content }) => content.text === text), 20_000)

  test('is read along: what it prints comes before its end, in order', async () => {
    const running = kernel.run(
      `console.log('first'); ${untilSeen('first')} console.error('second'); ${untilSeen('second')} display.text('shown'); console.log('third'); ${untilSeen('third')} 'result'`,
      { timeoutMs: 50_000 },
    )
    for (const name of ['first', 'second', 'third']) {
      await hasCome(`${name}\n`)
      seen(name)
    }
    const { outputs, messageId } = await running
    expect(outputs.map(({ type }) => type)).toEqual([
      'stream',
      'stream',
      'display_data',
      'stream',
      'execute_result',
    ])
    expect(kernel.trace(messageId).at(-1)).toBe('idle')
  })

  test('is read along after an await and in a timer', async () => {
    const running = kernel.run(
      `await null; console.log('after an await'); ${untilSeen('await')}
      await new Promise((go) => setTimeout(() => { console.log('in a timer'); ${untilSeen('timer')} go() }, 1))`,
      { timeoutMs: 50_000 },
    )
    await hasCome('after an await\n')
    seen('await')
    await hasCome('in a timer\n')
    seen('timer')
    expect((await running).stdout).toBe('after an await\nin a timer\n')
  })

  test('is read along while a function that it calls prints until the stack overflows', async () => {
    const { stdout, error } = await kernel.run(
      "let deep = 0; const dive = () => { console.log(deep++); dive() }; try { dive() } catch {} console.log('up again')",
    )
    expect(error).toBeUndefined()
    const lines = stdout.trimEnd().split('\n')
    expect(lines.pop()).toBe('up again')
    expect(lines.slice(0, 1_000)).toEqual(Array.from({ length: 1_000 }, (_, n) => String(n)))
  })

  test('holds nothing of the megabytes that it has printed', async () => {
    const { text } = await kernel.run(
      `require('node:v8').setFlagsFromString('--expose-gc')
      const collect = require('node:vm').runInNewContext('gc')
      const held = () => { collect(); const { heapUsed, external } = process.memoryUsage(); return heapUsed + external }
      const before = held()
      for (let n = 0; n < 600_000; n++) process.stdout.write('sixty-four megabytes in lines of a hundred characters, with numbers, '.padEnd(100, '.') + n + '\\n')
      Math.round((held() - before) / 1e6) + ' MB'`,
      { timeoutMs: 50_000 },
    )
    expect(Number.parseInt(text?.slice(1) ?? '', 10)).toBeLessThan(20)
  })
})

describe('nothing is lost', () => {
  test('of a million lines in one tick, in order and in few messages', async () => {
    const { stdout, outputs } = await kernel.run(
      "for (let n = 0; n < 1_000_000; n++) console.log('line ' + n)",
      {
        timeoutMs: 50_000,
      },
    )
    expect(stdout.length).toBe(11_888_890)
    let at = 0
    for (const line of stdout.split('\n').slice(0, -1)) if (line !== `line ${at++}`) throw new Error(line)
    expect(at).toBe(1_000_000)
    expect(outputs.length).toBeLessThan(1_000)
  })

  test('and what was sent is kept by nobody: memory is what it was', async () => {
    const used = async () => {
      const { text } = await kernel.run(`
        require('node:v8').setFlagsFromString('--expose-gc')
        require('node:vm').runInNewContext('gc')()
        const { heapUsed, arrayBuffers } = process.memoryUsage()
        heapUsed + arrayBuffers`)
      return Number(text)
    }
    const print = () =>
      kernel.run("for (let n = 0; n < 200_000; n++) console.log('a line of some length ' + n)")
    await print()
    const before = await used()
    for (let n = 0; n < 5; n++) await print()
    // The network's side gives back what it has sent a moment later.
    await expect.poll(async () => (await used()) - before, { timeout: 20_000 }).toBeLessThan(15_000_000)
  })

  test('of 20,000 updates of one display', async () => {
    const { outputs } = await kernel.run(
      "const shown = display.text('0'); for (let n = 1; n <= 20_000; n++) shown.update({ 'text/plain': String(n) }, { raw: true })",
      { timeoutMs: 50_000 },
    )
    const texts = outputs.map(({ content }) => 'data' in content && content.data['text/plain'])
    expect(texts).toEqual(Array.from({ length: 20_001 }, (_, n) => String(n)))
  })

  test('of both streams in turns', async () => {
    const { outputs } = await kernel.run(
      'for (let n = 0; n < 3_000; n++) (n % 2 ? console.error : console.log)(n)',
    )
    const all = outputs.map(({ content }) => 'text' in content && content.text).join('')
    expect(all).toBe(Array.from({ length: 3_000 }, (_, n) => `${n}\n`).join(''))
  })

  test('of characters that come in pieces, whatever other cells print meanwhile', async () => {
    const first = await kernel.run(`
      const bytes = Buffer.from('a😀ü€b')
      for (const byte of bytes) process.stdout.write(new Uint8Array([byte]))
      process.stdout.write(Buffer.from('😀').subarray(0, 2))
      setTimeout(() => process.stdout.write(Buffer.from('😀').subarray(2)), 100)
      undefined`)
    expect(first.stdout).toBe('a😀ü€b')
    const second = await kernel.run(
      "process.stdout.write(Buffer.from('é')); await new Promise((r) => setTimeout(r, 150))",
    )
    expect(second.stdout).toBe('é')
    const late = await waitFor(() =>
      kernel.broadcasts.find(
        ({ parentId, content }) => parentId === first.messageId && content.text === '😀',
      ),
    )
    expect(late.type).toBe('stream')
  })

  test('of text in another encoding', async () => {
    const { stdout } = await kernel.run(
      "process.stdout.write('aGk=', 'base64'); process.stdout.write('fc', 'latin1')",
    )
    expect(stdout).toBe('hifc')
  })
})

describe('shown under the cell is what is printed by', () => {
  test('a worker thread', async () => {
    const { messageId } = await kernel.run(`
      import { Worker } from 'node:worker_threads'
      import { once } from 'node:events'
      const worker = new Worker('./worker.mjs')
      await once(worker, 'exit')`)
    for (const text of ['from a worker\n', 'worker err\n']) {
      const found = await waitFor(() => kernel.broadcasts.find(({ content }) => content.text === text))
      expect(found.parentId).toBe(messageId)
    }
  })

  test.each([
    ['spawn, inherited', "spawn('node', ['child.mjs', TAG], { stdio: 'inherit' })"],
    ['spawn, by number', "spawn('node', ['child.mjs', TAG], { stdio: ['ignore', 1, 2] })"],
    [
      'spawn, our streams',
      "spawn('node', ['child.mjs', TAG], { stdio: [0, process.stdout, process.stderr] })",
    ],
    ['fork', "fork('child.mjs', [TAG])"],
  ])('%s', async (name, call) => {
    const { messageId, text } = await kernel.run(`
      import { fork, spawn } from 'node:child_process'
      const child = ${call.replace('TAG', JSON.stringify(name))}
      const streams = [child.stdout, child.stderr]
      await new Promise((resolve) => child.once('close', resolve))
      streams`)
    expect(text).toBe('[ null, null ]')
    for (const line of [`out of ${name}\n`, `err of ${name}\n`]) {
      const found = await waitFor(() =>
        kernel.broadcasts.find(({ content }) => String(content.text).includes(line)),
      )
      expect(found.parentId).toBe(messageId)
    }
  })

  test.each([
    ['spawnSync', "spawnSync('node', ['child.mjs', TAG], { stdio: 'inherit' }).stdout"],
    ['execSync', "execSync('node child.mjs ' + TAG, { stdio: 'inherit' })"],
    ['execFileSync', "execFileSync('node', ['child.mjs', TAG], { stdio: 'inherit' })"],
  ])('%s, and it returns as it would', async (name, call) => {
    const ran = await kernel.run(`
      import { execFileSync, execSync, spawnSync } from 'node:child_process'
      ${call.replace('TAG', JSON.stringify(name))}`)
    expect(ran.text).toBe('null')
    expect(ran.stdout).toBe(`out of ${name}\n`)
    expect(ran.stderr).toBe(`err of ${name}\n`)
  })

  test('one that fails', async () => {
    const ran = await kernel.run(`
      import { execFileSync } from 'node:child_process'
      execFileSync('node', ['child.mjs', 'failing', '3'], { stdio: 'inherit' })`)
    expect(ran.error?.evalue).toContain('Command failed')
    expect([ran.stdout, ran.stderr]).toEqual(['out of failing\n', 'err of failing\n'])
  })

  test('none whose output the cell takes itself', async () => {
    const ran = await kernel.run(`
      import { execFileSync, spawnSync } from 'node:child_process'
      const taken = spawnSync('node', ['child.mjs', 'taken'])
      const partly = spawnSync('node', ['child.mjs', 'partly'], { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' })
      const text = execFileSync('node', ['child.mjs', 'text'], { stdio: ['ignore', 'pipe', 'ignore'], encoding: 'utf8' })
      JSON.stringify([String(taken.stdout), String(taken.stderr), partly.stdout, partly.stderr, text])`)
    expect(JSON.parse(ran.text?.slice(1, -1).replaceAll('\\\\', '\\') ?? '')).toEqual([
      'out of taken\n',
      'err of taken\n',
      'out of partly\n',
      null,
      'out of text\n',
    ])
    expect([ran.stdout, ran.stderr]).toEqual(['', 'err of partly\n'])
  })
})
