import { readFileSync, readlinkSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type KernelSession, openKernel } from '../support/kernel-session.js'
import { RawSocket } from '../support/kernel-wire.js'

let kernel: KernelSession
beforeAll(async () => {
  kernel = await openKernel()
})
afterAll(async () => {
  await kernel[Symbol.asyncDispose]()
})

async function nextReply(raw: RawSocket): Promise<{ type: string; status: unknown } | undefined> {
  const frames = await raw.receive(20_000)
  if (frames === undefined) return undefined
  const { header, content } = raw.decode(frames)
  return { type: header.msg_type, status: content.status }
}

/** Requests are answered in turn: what was sent before this one has had its chance. */
async function expectNoReply(raw: RawSocket): Promise<void> {
  await raw.send(raw.frames({ type: 'history_request', content: { hist_access_type: 'tail', n: 0 } }))
  expect((await nextReply(raw))?.type).toBe('history_reply')
}

describe('a message that comes a second time', () => {
  test('is dropped without an answer, and runs nothing again', async () => {
    using raw = new RawSocket(kernel.client.connectionFile)
    await kernel.run('let runs = 0')
    const frames = raw.frames({ type: 'execute_request', content: { code: 'runs++' } })
    await raw.send(frames)
    expect(await nextReply(raw)).toMatchObject({ type: 'execute_reply', status: 'ok' })
    await raw.send(frames)
    await raw.send(frames)
    await expectNoReply(raw)
    expect((await kernel.run('runs')).text).toBe('1')
  })

  test('is dropped from another socket as well', async () => {
    using first = new RawSocket(kernel.client.connectionFile)
    using second = new RawSocket(kernel.client.connectionFile)
    const frames = first.frames({ type: 'kernel_info_request', content: {} })
    await first.send(frames)
    expect(await nextReply(first)).toMatchObject({ type: 'kernel_info_reply', status: 'ok' })
    await second.send(frames)
    await expectNoReply(second)
  })
})

describe('a signed message that is odd', () => {
  test.each([
    ['named like a member of every object', { type: 'constructor', content: {} }],
    ['of the type __proto__', { type: '__proto__', content: {} }],
    ['of an empty type', { type: '', content: {} }],
    ['that only a kernel sends', { type: 'execute_reply', content: { status: 'ok' } }],
    ['with a type of a megabyte', { type: 'x'.repeat(1 << 20), content: {} }],
    ['with content of other kinds', { type: 'comm_msg', content: { comm_id: { a: 1 }, data: 7 } }],
  ])('%s: no reply, and the kernel lives on', async (_name, message) => {
    using raw = new RawSocket(kernel.client.connectionFile)
    await raw.send(raw.frames(message))
    await expectNoReply(raw)
    expect((await kernel.run('1')).text).toBe('1')
  })

  test.each([
    ['execute_request', { code: null, user_expressions: 7, silent: 'x' }],
    ['execute_request', {}],
    ['complete_request', { code: { a: 1 }, cursor_pos: 'x' }],
    ['inspect_request', { cursor_pos: -4 }],
    ['is_complete_request', { code: ['('] }],
    ['history_request', { hist_access_type: 'nonsense', n: 'x' }],
    ['history_request', { hist_access_type: 'range', session: {}, start: [], stop: {} }],
    ['comm_info_request', { target_name: 5 }],
    ['kernel_info_request', { constructor: 1 }],
    ['toString_request', {}],
  ])('%s with %j is answered', async (type, content) => {
    using raw = new RawSocket(kernel.client.connectionFile)
    await raw.send(raw.frames({ type, content }))
    const answer = await raw.receive(5_000)
    expect(answer && raw.decode(answer).content.status).toMatch(/^(ok|error|complete|incomplete|invalid)$/)
  })

  test('whose content is a thousand brackets deep', async () => {
    using raw = new RawSocket(kernel.client.connectionFile)
    const code = '('.repeat(20_000)
    await raw.send(raw.frames({ type: 'complete_request', content: { code, cursor_pos: code.length } }))
    expect(await nextReply(raw)).toMatchObject({ type: 'complete_reply', status: 'ok' })
  })
})

describe('the key', () => {
  test('and the way to it are in no argument, variable or report that a cell reads', async () => {
    using raw = new RawSocket(kernel.client.connectionFile)
    const { text = '' } = await kernel.run(`
      require('node:util').inspect(
        [process.argv, process.execArgv, process.env, process.title, process.report.getReport()],
        { depth: 8, maxArrayLength: null, maxStringLength: null })`)
    expect(text).toContain('main.js')
    expect(text).not.toContain(raw.key)
    expect((await kernel.run('process.argv.length')).text).toBe('2')
    expect((await kernel.run('process.argv.join()')).text).not.toContain('connection')
  })
})

test.runIf(process.platform === 'linux')(
  'the sockets are bound to the address of the file, and no other',
  async () => {
    // Ours are Unix sockets in a folder of the user's own: no TCP port is listened on at all.
    const inodes = new Set(
      readFileSync('/proc/self/net/tcp', 'utf8')
        .concat(readFileSync('/proc/self/net/tcp6', 'utf8'))
        .split('\n')
        .filter((line) => line.trim().split(/\s+/)[3] === '0A')
        .map((line) => line.trim().split(/\s+/)[9]),
    )
    const { pid } = kernel.client
    const { text = '[]' } = await kernel.run('JSON.stringify(require("fs").readdirSync("/proc/self/fd"))')
    const open: string[] = JSON.parse(text.slice(1, -1))
    const listening = open.filter((fd) => {
      try {
        return inodes.has(/socket:\[(\d+)\]/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1])
      } catch {
        return false
      }
    })
    expect(open.length).toBeGreaterThan(10)
    expect(listening).toEqual([])
  },
)
