import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { version } from '../../src/package.js'
import { KernelListener } from '../support/kernel-listener.js'
import { type KernelSession, openKernel, waitFor } from '../support/kernel-session.js'
import { RawSocket } from '../support/kernel-wire.js'

const kernelProgram = new URL('../../dist/kernel/main.js', import.meta.url).pathname

let kernel: KernelSession
beforeAll(async () => {
  kernel = await openKernel()
})
afterAll(async () => {
  await kernel[Symbol.asyncDispose]()
})

describe('requests', () => {
  test('kernel_info says what front ends need to know', async () => {
    expect(await kernel.client.request('control', 'kernel_info_request', {})).toMatchObject({
      status: 'ok',
      protocol_version: expect.stringMatching(/^5\.[4-9]/),
      implementation: 'xdrlab',
      implementation_version: version,
      language_info: { name: 'typescript', file_extension: '.ts', mimetype: 'application/typescript' },
      supported_features: [],
    })
  })

  test.each([
    ['history_request', { status: 'ok', history: [] }],
    ['comm_info_request', { status: 'ok', comms: {} }],
    ['inspect_request', { status: 'ok', found: false }],
    ['complete_request', { status: 'ok', matches: [], cursor_start: 0, cursor_end: 3 }],
  ])('%s has its own reply', async (type, expected) => {
    expect(await kernel.client.request('shell', type, { code: 'abc', cursor_pos: 3 })).toMatchObject(expected)
  })

  test('an unknown one is answered as such, and the kernel lives on', async () => {
    const reply = await kernel.client.request('shell', 'make_coffee_request', {})
    expect(reply).toMatchObject({ status: 'error', ename: 'NotImplemented' })
    expect((await kernel.run('1')).text).toBe('1')
  })

  test.each([
    ['const a: number = 1', { status: 'complete' }],
    ['foo(', { status: 'incomplete', indent: '  ' }],
    ['if (x) {\n  y()', { status: 'incomplete', indent: '  ' }],
    ['const f = (a: number) =>', { status: 'incomplete', indent: '' }],
    ['`open', { status: 'incomplete' }],
    ['/* open', { status: 'incomplete' }],
    ['"open', { status: 'invalid' }],
    ['let let = 1', { status: 'invalid' }],
    ['}', { status: 'invalid' }],
  ])('is_complete_request: %j', async (code, expected) => {
    expect(await kernel.client.request('shell', 'is_complete_request', { code })).toMatchObject(expected)
  })
})

describe('frames that are no message of this connection', () => {
  const request = { type: 'kernel_info_request', content: {} }
  type Spoiler = (frames: Buffer[], raw: RawSocket) => (Buffer | string)[]
  const spoilers: Record<string, Spoiler> = {
    'a wrong signature': ([delimiter = '', , ...rest]) => [delimiter, '0'.repeat(64), ...rest],
    'no signature': ([delimiter = '', , ...rest]) => [delimiter, '', ...rest],
    'a changed content': (frames) => [...frames.slice(0, -1), '{"code":"process.kill(process.pid)"}'],
    'a signed message of another key': ([delimiter = '', signature = '', ...rest]) => [
      delimiter,
      Buffer.from(signature).reverse(),
      ...rest,
    ],
    'too few frames': (frames) => frames.slice(0, 3),
    'no delimiter': (frames) => frames.slice(1),
    'an empty frame': () => [''],
  }

  test.each(Object.entries(spoilers))('%s: dropped without an answer', async (_name, spoil) => {
    using raw = new RawSocket(kernel.client.connectionFile)
    await raw.send(spoil(raw.frames(request), raw))
    expect(await raw.receive(200)).toBeUndefined()
    await raw.send(raw.frames(request))
    const answer = await raw.receive(5_000)
    expect(answer && raw.decode(answer).content.status).toBe('ok')
  })

  test('are logged, and neither the key nor a right signature with them', async () => {
    const victim = await openKernel()
    using raw = new RawSocket(victim.client.connectionFile)
    const [delimiter = '', signature = '', ...rest] = raw.frames(request)
    await raw.send([delimiter, 'f'.repeat(64), ...rest])
    await raw.receive(200)
    process.kill(victim.client.pid ?? 0, 'SIGKILL')
    await victim.client.exited
    const logged = victim.client.endError?.message
    expect(logged).toContain('dropped a message on shell: wrong signature')
    expect(logged).not.toContain(raw.key)
    expect(logged).not.toContain(signature.toString())
    await victim[Symbol.asyncDispose]()
  })
})

test('the heartbeat comes back as it was sent', async () => {
  using raw = new RawSocket(kernel.client.connectionFile, 'hb_port')
  await raw.send(['', 'ping'])
  expect((await raw.receive(5_000))?.map(String)).toEqual(['', 'ping'])
})

test('the connection file is for its owner alone, and its key is nowhere that cells look', async () => {
  const { connectionFile } = kernel.client
  expect(statSync(connectionFile).mode & 0o777).toBe(0o600)
  using raw = new RawSocket(connectionFile)
  const { text } = await kernel.run(
    'require("node:util").inspect([process.env, process.argv, process.title, globalThis], { depth: 6, showHidden: true, maxArrayLength: null, maxStringLength: null })',
  )
  expect(text?.length).toBeGreaterThan(1_000)
  expect(text).not.toContain(raw.key)
})

describe('shutdown_request', () => {
  test.each([
    ['control', true],
    ['shell', false],
  ] as const)('on %s is answered with its restart flag, and ends the process', async (channel, restart) => {
    const mine = await openKernel()
    expect(await mine.client.request(channel, 'shutdown_request', { restart })).toEqual({
      status: 'ok',
      restart,
    })
    expect(await mine.client.exited).toEqual({ code: 0, signal: null })
    await mine[Symbol.asyncDispose]()
  })

  test('ends a kernel that is busy', async () => {
    const mine = await openKernel()
    const running = mine
      .run('await new Promise((resolve) => setTimeout(resolve, 60_000))')
      .catch(() => undefined)
    expect(await mine.client.shutdown()).toEqual({ code: 0, signal: null })
    await running
    await mine[Symbol.asyncDispose]()
  })
})

test('a first front end that listens late has missed nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'xdrlab-late-'))
  const path = join(folder, 'connection.json')
  const ports = { shell_port: 1, iopub_port: 2, stdin_port: 3, control_port: 4, hb_port: 5 }
  writeFileSync(path, JSON.stringify({ transport: 'ipc', ip: join(folder, 'k'), key: 'late', ...ports }))
  const child = spawn(process.execPath, [kernelProgram, path])
  {
    using shell = new RawSocket(path)
    const request = async (type: string, content: object) => {
      await shell.send(shell.frames({ type, content }))
      const reply = await shell.receive(30_000)
      expect(reply && shell.decode(reply).content.status).toBe('ok')
    }
    await request('kernel_info_request', {})
    await request('execute_request', {
      code: 'console.log("early"); await new Promise((go) => setTimeout(go, 400)); 1',
    })
    using listener = new KernelListener(path)
    const types = () =>
      listener.messages.map(({ header, content }) => (content.execution_state ?? header.msg_type) as string)
    await waitFor(() => types().filter((type) => type === 'idle')[1])
    expect(types()).toEqual([
      'iopub_welcome',
      'busy',
      'idle',
      'busy',
      'execute_input',
      'stream',
      'execute_result',
      'idle',
    ])
  }
  child.kill()
  await once(child, 'close')
  rmSync(folder, { recursive: true })
})

describe('a connection file', () => {
  const good = {
    transport: 'tcp',
    ip: '127.0.0.1',
    key: 'key-sentinel-271828',
    shell_port: 1,
    iopub_port: 2,
    stdin_port: 3,
    control_port: 4,
    hb_port: 5,
  }

  test.each([
    ['that is missing', undefined, 'cannot be read'],
    ['that is no JSON', '{"key": "key-sentinel-271828", oops', 'is not JSON'],
    ['that is a list', '[]', 'is not a JSON object'],
    ['of another transport', JSON.stringify({ ...good, transport: 'udp' }), 'transport'],
    ['without key', JSON.stringify({ ...good, key: undefined }), 'has no key'],
    ['with a bad port', JSON.stringify({ ...good, hb_port: 99_999 }), 'hb_port'],
    ['of another scheme', JSON.stringify({ ...good, signature_scheme: 'hmac-md5' }), 'signature_scheme'],
  ])('%s ends the kernel with one clear line', async (_name, text, expected) => {
    const folder = mkdtempSync(join(tmpdir(), 'xdrlab-connection-'))
    const path = join(folder, 'connection.json')
    if (text !== undefined) writeFileSync(path, text)
    const child = spawn(process.execPath, [kernelProgram, path])
    let stderr = ''
    child.stderr.on('data', (chunk) => {
      stderr += chunk
    })
    const [code] = await once(child, 'close')
    rmSync(folder, { recursive: true })
    expect(code).toBe(1)
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect(stderr).toContain(expected)
    expect(stderr).not.toContain('sentinel')
  })
})
