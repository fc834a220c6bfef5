import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Message } from '../../kernel/message.js'
import { type KernelSession, openKernel, waitFor } from '../support/kernel-session.js'
import { RawSocket } from '../support/kernel-wire.js'

let kernel: KernelSession
beforeAll(async () => {
  kernel = await openKernel()
})
afterAll(async () => {
  await kernel[Symbol.asyncDispose]()
})

/** Sends cells in one go and gives their replies in the order they come. */
async function runAll(cells: (string | object)[]): Promise<Message[]> {
  using raw = new RawSocket(kernel.client.connectionFile)
  for (const cell of cells) {
    const content = typeof cell === 'string' ? { code: cell } : cell
    await raw.send(raw.frames({ type: 'execute_request', content }))
  }
  const replies: Message[] = []
  while (replies.length < cells.length) {
    const frames = await raw.receive(10_000)
    if (frames === undefined) throw new Error(`only ${replies.length} replies`)
    replies.push(raw.decode(frames))
  }
  return replies
}

const statuses = (replies: Message[]) => replies.map(({ content }) => content.status)

describe('when a cell fails', () => {
  test.each([
    ['at once', 'throw new Error("no")'],
    ['later', 'await new Promise((resolve) => setTimeout(resolve, 50)); throw new Error("no")'],
    ['to compile', 'let let'],
  ])('%s, what was sent before is aborted, in full shape, and nothing of it runs', async (_name, failing) => {
    await kernel.run('globalThis.ran = 0')
    const replies = await runAll(['1', failing, 'ran++', 'ran++', 'ran++'])
    expect(statuses(replies)).toEqual(['ok', 'error', 'aborted', 'aborted', 'aborted'])
    const [, failed, aborted] = replies
    expect(aborted?.content).toEqual({
      status: 'aborted',
      execution_count: failed?.content.execution_count,
      user_expressions: {},
      payload: [],
    })
    expect((await kernel.run('ran')).text).toBe('0')
    // By now: a reply can overtake what is broadcast.
    expect(kernel.trace(String(aborted?.parentHeader.msg_id))).toEqual(['busy', 'idle'])
  })

  test('what is sent in answer to its error runs, however fast', async () => {
    for (let n = 0; n < 20; n++) {
      let next: Promise<{ status: string }> | undefined
      await kernel.run('throw new Error("seen")', {
        onOutput: ({ type }) => {
          if (type === 'error') next = kernel.run('"after"')
        },
      })
      expect(await next).toMatchObject({ status: 'ok', text: "'after'" })
    }
  })

  test('with stop_on_error false, the cells behind it run', async () => {
    const replies = await runAll([{ code: 'throw 1', stop_on_error: false }, '2', '3'])
    expect(statuses(replies)).toEqual(['error', 'ok', 'ok'])
  })

  test('other requests behind it are answered', async () => {
    using raw = new RawSocket(kernel.client.connectionFile)
    for (const [type, content] of [
      ['execute_request', { code: 'throw 1' }],
      ['execute_request', { code: '1' }],
      ['is_complete_request', { code: '1' }],
    ] as const)
      await raw.send(raw.frames({ type, content }))
    const types = new Set<string>()
    for (let n = 0; n < 3; n++) types.add(raw.decode((await raw.receive(5_000)) ?? []).header.msg_type)
    expect([...types].sort()).toEqual(['execute_reply', 'is_complete_reply'])
  })
})

describe('execution_count', () => {
  test('counts cells that are stored, fails included, and no others', async () => {
    const replies = await runAll([
      '1',
      { code: 'throw 2', stop_on_error: false },
      { code: '3', store_history: false },
      { code: '4', silent: true },
      { code: '5', silent: true, store_history: true },
      '6',
    ])
    const [first = 0, ...rest] = replies.map(({ content }) => Number(content.execution_count))
    expect(rest.map((count) => count - first)).toEqual([1, 1, 1, 1, 2])
  })

  test('is the same in execute_input, execute_result and reply', async () => {
    const { messageId, executionCount } = await kernel.run('"counted"')
    const counts = kernel.broadcasts
      .filter(({ parentId, content }) => parentId === messageId && 'execution_count' in content)
      .map(({ content }) => content.execution_count)
    expect(counts).toEqual([executionCount, executionCount])
  })
})

test('a silent cell broadcasts its states and nothing else, whatever it does', async () => {
  const { messageId, outputs } = await kernel.run(
    'console.log(1); console.error(2); display.html("3"); process.stdout.write("4"); throw new Error("5")',
    { silent: true },
  )
  expect(outputs).toEqual([])
  expect(kernel.trace(messageId)).toEqual(['busy', 'idle'])
})

test('user_expressions are evaluated after the cell, each by itself, also of a silent one', async () => {
  const userExpressions = {
    sum: 'late + 1',
    bad: 'throw new RangeError("no")',
    syntax: 'let let',
    later: 'await Promise.resolve(7)',
  }
  for (const silent of [false, true]) {
    const ran = await kernel.run('globalThis.late = 41; undefined', { userExpressions, silent })
    expect(ran.userExpressions).toMatchObject({
      sum: { status: 'ok', data: { 'text/plain': '42' }, metadata: {} },
      bad: { status: 'error', ename: 'RangeError', evalue: 'no', traceback: expect.any(Array) },
      syntax: { status: 'error', ename: 'SyntaxError' },
      later: { status: 'ok', data: { 'text/plain': '7' } },
    })
  }
  expect((await kernel.run('throw 1', { userExpressions })).userExpressions).toEqual({})
})

describe('payloads', () => {
  const payloadOf = async (code: string) => (await runAll([code]))[0]?.content.payload

  test('page and setNextInput ask the front end, the latest of each', async () => {
    expect(await payloadOf('1')).toEqual([])
    expect(await payloadOf('page("a"); page("b"); setNextInput("next", { replace: true })')).toEqual([
      { source: 'page', data: { 'text/plain': 'b' }, start: 0 },
      { source: 'set_next_input', text: 'next', replace: true },
    ])
    expect(await payloadOf('page({ a: 1 })')).toEqual([
      { source: 'page', data: { 'text/plain': '{ a: 1 }' }, start: 0 },
    ])
    expect(await payloadOf('1')).toEqual([])
  })
})

describe('requests that this kernel refuses', () => {
  test('a debugger is told so in its own protocol', async () => {
    const request = { type: 'request', seq: 3, command: 'initialize', arguments: {} }
    expect(await kernel.client.request('control', 'debug_request', request)).toMatchObject({
      type: 'response',
      request_seq: 3,
      success: false,
      command: 'initialize',
      message: expect.stringContaining('no debugger'),
      status: 'error',
    })
    const info = await kernel.client.request('control', 'kernel_info_request', {})
    expect(info).toMatchObject({ debugger: false, supported_features: [] })
  })

  test.each([
    'create_subshell_request',
    'delete_subshell_request',
    'list_subshell_request',
    'execute_request',
  ])('%s on control', async (type) => {
    const reply = await kernel.client.request('control', type, { code: '1' })
    expect(reply).toMatchObject({ status: 'error', ename: 'NotImplemented', traceback: [] })
  })

  test('interrupt_request is answered, also when nothing runs', async () => {
    expect(await kernel.client.request('control', 'interrupt_request', {})).toEqual({ status: 'ok' })
    expect((await kernel.run('1')).text).toBe('1')
  })
})

test('everything but cells is answered while a cell runs, and its states end as busy', async () => {
  const running = kernel.run('await new Promise(() => {})')
  await waitFor(() => kernel.broadcasts.find(({ content }) => String(content.code).includes('() => {})')))
  for (const type of [
    'kernel_info_request',
    'complete_request',
    'inspect_request',
    'history_request',
    'comm_info_request',
  ])
    expect((await kernel.client.request('shell', type, { code: 'x', cursor_pos: 1 })).status).toBe('ok')
  await kernel.client.interrupt()
  expect((await running).error?.ename).toBe('KeyboardInterrupt')
})
