import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { KernelListener } from '../support/kernel-listener.js'
import { type KernelSession, openKernel, waitFor } from '../support/kernel-session.js'
import { RawSocket } from '../support/kernel-wire.js'

let kernel: KernelSession
let front: RawSocket
let heard: KernelListener
beforeAll(async () => {
  kernel = await openKernel()
  front = new RawSocket(kernel.client.connectionFile)
  heard = new KernelListener(kernel.client.connectionFile)
  await waitFor(() => heard.latest('iopub_welcome'))
})
beforeEach(() => {
  heard.messages.length = 0
})
afterAll(async () => {
  front[Symbol.dispose]()
  heard[Symbol.dispose]()
  await kernel[Symbol.asyncDispose]()
})

const tell = (type: string, content: object, buffers: Buffer[] = [], metadata = {}) =>
  front.send(front.frames({ type, content, buffers, metadata }))
const open = (comm_id: string, target_name: string, data = {}) =>
  tell('comm_open', { comm_id, target_name, data })
const hear = (type: string) => waitFor(() => heard.latest(type))
const info = async (target_name?: string) =>
  (await kernel.client.request('shell', 'comm_info_request', { target_name })).comms

describe('opened by the front end', () => {
  test('data, metadata and bytes go both ways, untouched', async () => {
    const { messageId } = await kernel.run(`
      comm.registerTarget('echo', (line, { data: opening }) => {
        line.send({ opening })
        line.onMessage(({ data, metadata, buffers }) =>
          line.send({ data, sizes: buffers.map((bytes) => bytes.length) }, { metadata, buffers }))
      })`)
    await open('e1', 'echo', { hello: 1 })
    expect((await hear('comm_msg')).content).toEqual({ comm_id: 'e1', data: { opening: { hello: 1 } } })
    expect((await hear('comm_msg')).parentHeader.msg_id).toBe(messageId)
    heard.messages.length = 0

    const bytes = [Buffer.from([0, 255, 128]), Buffer.alloc(300_000, 7), Buffer.alloc(0)]
    await tell('comm_msg', { comm_id: 'e1', data: { n: [1, null] } }, bytes, { version: '2.1.0' })
    const answer = await hear('comm_msg')
    expect(answer.content).toEqual({
      comm_id: 'e1',
      data: { data: { n: [1, null] }, sizes: [3, 300_000, 0] },
    })
    expect(answer.metadata).toEqual({ version: '2.1.0' })
    expect(answer.buffers.map((buffer, n) => buffer.equals(bytes[n] ?? Buffer.of(1)))).toEqual([
      true,
      true,
      true,
    ])
  })

  test('by an unknown target is closed at once', async () => {
    await open('u1', 'nobody')
    expect((await hear('comm_close')).content).toEqual({ comm_id: 'u1', data: {} })
    await expect.poll(() => info('nobody')).toEqual({})
  })

  test('a message to a comm that is not there is answered by its end', async () => {
    await tell('comm_msg', { comm_id: 'gone', data: {} })
    expect((await hear('comm_close')).content).toEqual({ comm_id: 'gone', data: {} })
  })

  test('messages are handled in order, also while a cell runs', async () => {
    await kernel.run(`
      const order: number[] = []
      comm.registerTarget('order', (line) => line.onMessage(({ data }) => {
        order.push(data.n)
        if (order.length === 50) line.send('all')
      }))`)
    const running = kernel.run('await new Promise(() => {})')
    await waitFor(() => heard.latest('execute_input'))
    await open('o1', 'order')
    for (let n = 0; n < 50; n++) await tell('comm_msg', { comm_id: 'o1', data: { n } })
    expect((await hear('comm_msg')).content.data).toBe('all')
    await kernel.client.interrupt()
    await running
    expect((await kernel.run('order.every((n, at) => n === at)')).text).toBe('true')
  })

  test('what a handler prints or throws, at once or later, is shown under the cell that made it', async () => {
    const { messageId } = await kernel.run(`
      comm.registerTarget('bad', (line) => {
        console.log('printed by a handler')
        line.onMessage(async () => { await null; throw new RangeError('later') })
        throw new TypeError('at once')
      })`)
    await kernel.run('"another cell"')
    await open('b1', 'bad')
    const first = await waitFor(() => heard.messages.find(({ content }) => content.evalue === 'at once'))
    expect(first.parentHeader.msg_id).toBe(messageId)
    const printed = await hear('stream')
    expect([printed.content.text, printed.parentHeader.msg_id]).toEqual(['printed by a handler\n', messageId])
    await tell('comm_msg', { comm_id: 'b1', data: {} })
    const second = await waitFor(() => heard.messages.find(({ content }) => content.evalue === 'later'))
    expect([second.content.ename, second.parentHeader.msg_id]).toEqual(['RangeError', messageId])
    expect((await kernel.run('1')).text).toBe('1')
  })

  test('its end is told once, and frees its place', async () => {
    await kernel.run(`
      const ends: unknown[] = []
      comm.registerTarget('end', (line) => line.onClose(({ data }) => ends.push([data, line.isClosed])))`)
    await open('c1', 'end')
    await open('c2', 'end')
    // Two sockets: what is sent on one may be read after what is sent later on the other.
    await expect.poll(() => info('end')).toEqual({ c1: { target_name: 'end' }, c2: { target_name: 'end' } })
    await tell('comm_close', { comm_id: 'c1', data: { why: 'done' } })
    await tell('comm_close', { comm_id: 'c1', data: {} })
    await expect.poll(() => info('end')).toEqual({ c2: { target_name: 'end' } })
    expect((await kernel.run('JSON.stringify(ends)')).text).toContain('[[{"why":"done"},true]]')
  })
})

describe('opened by a cell', () => {
  test('as a global and as an export of xdrlab it is one and the same', async () => {
    const { messageId } = await kernel.run(`
      import { openComm } from 'xdrlab'
      const mine = openComm('widget', { value: 1 }, { metadata: { version: '2' }, buffers: [new Uint8Array([1, 2])] })
      const other = comm.open('widget.other')
      mine.onMessage(({ data }) => console.log('got', data.value))`)
    const opened = await waitFor(() => heard.messages.find(({ content }) => content.target_name === 'widget'))
    expect(opened).toMatchObject({
      content: { data: { value: 1 } },
      metadata: { version: '2' },
      parentHeader: { msg_id: messageId },
    })
    expect(opened.buffers.map((buffer) => [...buffer])).toEqual([[1, 2]])
    const { comm_id } = opened.content
    expect(await info('widget')).toEqual({ [String(comm_id)]: { target_name: 'widget' } })
    expect(Object.keys((await info()) as object).length).toBeGreaterThan(1)
    await tell('comm_msg', { comm_id, data: { value: 42 } })
    expect((await hear('stream')).content.text).toBe('got 42\n')

    await kernel.run('mine.close({ bye: true }); mine.close()')
    const closes = () => heard.messages.filter(({ header }) => header.msg_type === 'comm_close')
    await expect
      .poll(() => closes().map(({ content }) => content))
      .toEqual([{ comm_id, data: { bye: true } }])
    expect((await kernel.run('mine.send(1)')).error?.evalue).toContain('closed')
  })

  test('bytes are taken when they are sent, whatever the cell does with its array then', async () => {
    await kernel.run(`
      const pixels = new Uint8Array(100_000).fill(1)
      const stream = comm.open('pixels')
      stream.send({}, { buffers: [pixels] })
      pixels.fill(2)`)
    const { buffers } = await hear('comm_msg')
    expect(buffers[0]?.every((byte) => byte === 1)).toBe(true)
  })
})
