import { EventEmitter, once } from 'node:events'
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'

/** One request as it came over the wire, and what it was answered with. */
export interface SeenRequest {
  method: string
  /** Without query. */
  path: string
  headers: IncomingHttpHeaders
  body: string
  /** `undefined` while it is held and after a reset. */
  status: number | undefined
  /** The text of the answer, as the client got it. */
  answer: string | undefined
  /** Monotonic milliseconds. */
  atMs: number
}

/** What goes wrong with one request, between a client and the real server. */
export type Fault =
  /** Nothing goes wrong: keeps the order of a list of faults. */
  | { kind: 'pass' }
  /** The connection is reset, before the server has seen the request. */
  | { kind: 'reset' }
  /** Never answered; ends when the client goes. */
  | { kind: 'hold' }
  /** Held until then, and then it meets another fault. */
  | { kind: 'late'; until: Promise<unknown>; fault: Exclude<Fault, { kind: 'late' }> }
  /** Answered in the server's place. */
  | { kind: 'answer'; status: number; headers?: Record<string, string>; body?: string }
  /** The server answers, and its answer is changed on the way. */
  | {
      kind: 'edit'
      status?: number
      headers?: Record<string, string>
      text?: (body: string) => string
      /** The server has done its part, and its answer never arrives. */
      withheld?: boolean
    }

export interface FaultProxy extends AsyncDisposable {
  readonly origin: string
  readonly seen: readonly SeenRequest[]
  /** Forwards to this origin from now on. */
  forwardTo(upstream: string): void
  /** The next requests to `path` meet these faults, one each, in order. */
  fail(path: string, ...faults: Fault[]): void
  /** Every request to `path` meets the fault, once those given to `fail` are used up. */
  failAlways(path: string, fault: Fault): void
  /** The requests to one path. */
  to(path: string): SeenRequest[]
  /** Resolves once `count` requests to `path` have come in. */
  arrived(path: string, count?: number): Promise<void>
  /** Resolves once a held request's client has gone. */
  abandoned(): Promise<void>
}

const longestWaitMs = 20_000
/** These belong to one connection and are set anew. */
const hopByHop = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length'])

/** A real HTTP proxy on loopback: every case is the real server plus one fault. */
export async function startFaultProxy(): Promise<FaultProxy> {
  const seen: SeenRequest[] = []
  const queued = new Map<string, Fault[]>()
  const lasting = new Map<string, Fault>()
  const events = new EventEmitter()
  let upstream: string | undefined

  const server = createServer(async (incoming, outgoing) => {
    const path = new URL(incoming.url ?? '/', 'http://proxy').pathname
    const record: SeenRequest = {
      method: incoming.method ?? '',
      path,
      headers: incoming.headers,
      body: await readAll(incoming).catch(() => ''),
      status: undefined,
      answer: undefined,
      atMs: performance.now(),
    }
    const given = queued.get(path)?.shift() ?? lasting.get(path) ?? pass
    seen.push(record)
    events.emit('seen')
    if (given.kind === 'late') await given.until
    const fault = given.kind === 'late' ? given.fault : given
    switch (fault.kind) {
      case 'reset':
        incoming.socket.resetAndDestroy()
        return
      case 'hold':
        outgoing.once('close', () => events.emit('abandoned'))
        return
      case 'answer':
        record.status = fault.status
        record.answer = fault.body ?? ''
        outgoing.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers })
        outgoing.end(fault.body)
        return
      case 'edit':
      case 'pass':
        if (upstream === undefined) outgoing.writeHead(502).end()
        else forward(upstream, incoming, record, outgoing, fault)
    }
  })
  // A WebSocket: its handshake meets the faults of its path, and then its bytes go both ways as they are.
  server.on('upgrade', async (incoming: IncomingMessage, client: Socket, head: Buffer) => {
    client.on('error', () => client.destroy())
    const path = new URL(incoming.url ?? '/', 'http://proxy').pathname
    const { method = '', headers } = incoming
    const record: SeenRequest = { ...unanswered, method, path, headers, atMs: performance.now() }
    const given = queued.get(path)?.shift() ?? lasting.get(path) ?? pass
    seen.push(record)
    events.emit('seen')
    if (given.kind === 'late') await given.until
    const fault = given.kind === 'late' ? given.fault : given
    if (fault.kind === 'reset') client.resetAndDestroy()
    else if (fault.kind === 'hold') client.once('close', () => events.emit('abandoned'))
    else if (fault.kind === 'answer') {
      record.status = fault.status
      const lines = Object.entries(fault.headers ?? {}).map(([name, value]) => `${name}: ${value}\r\n`)
      client.end(
        `HTTP/1.1 ${fault.status} Fault\r\nconnection: close\r\n${lines.join('')}\r\n${fault.body ?? ''}`,
      )
    } else if (upstream === undefined) client.destroy()
    else tunnel(upstream, incoming, record, client, head)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  return {
    origin: `http://127.0.0.1:${port}`,
    seen,
    forwardTo: (origin) => {
      upstream = origin
    },
    fail: (path, ...faults) => void queued.set(path, [...(queued.get(path) ?? []), ...faults]),
    failAlways: (path, fault) => void lasting.set(path, fault),
    to: (path) => seen.filter((request) => request.path === path),
    arrived: async (path, count = 1) => {
      const signal = AbortSignal.timeout(longestWaitMs)
      while (seen.filter((request) => request.path === path).length < count)
        await once(events, 'seen', { signal })
    },
    abandoned: async () => {
      await once(events, 'abandoned', { signal: AbortSignal.timeout(longestWaitMs) })
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

const unanswered = { body: '', status: undefined, answer: undefined }

function tunnel(
  upstream: string,
  incoming: IncomingMessage,
  record: SeenRequest,
  client: Socket,
  head: Buffer,
): void {
  const { hostname, port } = new URL(upstream)
  const ahead = connect(Number(port), hostname, () => {
    const lines = Array.from(
      { length: incoming.rawHeaders.length / 2 },
      (_, i) => `${incoming.rawHeaders[2 * i]}: ${incoming.rawHeaders[2 * i + 1]}\r\n`,
    )
    ahead.write(`${incoming.method} ${incoming.url} HTTP/1.1\r\n${lines.join('')}\r\n`)
    ahead.write(head)
    ahead.pipe(client).pipe(ahead)
  })
  ahead.once('data', (first: Buffer) => {
    record.status = Number(/^HTTP\/1.1 (\d+)/.exec(first.toString('latin1'))?.[1])
  })
  ahead.on('error', () => client.destroy())
  ahead.on('close', () => client.destroy())
  client.on('close', () => ahead.destroy())
}

function forward(
  upstream: string,
  incoming: IncomingMessage,
  record: SeenRequest,
  outgoing: ServerResponse,
  fault: Fault & { kind: 'edit' | 'pass' },
): void {
  const ahead = request(new URL(incoming.url ?? '/', upstream), {
    method: record.method,
    headers: forwarded(incoming.headers),
  })
  ahead.on('error', () => outgoing.destroy())
  outgoing.on('close', () => ahead.destroy())
  ahead.on('response', async (response) => {
    const text = await readAll(response).catch(() => undefined)
    if (text === undefined) {
      outgoing.destroy()
      return
    }
    const edit: Omit<Fault & { kind: 'edit' }, 'kind'> = fault.kind === 'edit' ? fault : {}
    for (const [name, value] of Object.entries(response.headers)) {
      if (value !== undefined && !hopByHop.has(name)) outgoing.setHeader(name, value)
    }
    for (const [name, value] of Object.entries(edit.headers ?? {})) outgoing.setHeader(name, value)
    record.status = edit.status ?? response.statusCode ?? 502
    record.answer = edit.text === undefined ? text : edit.text(text)
    if (edit.withheld) return
    outgoing.writeHead(record.status)
    outgoing.end(record.answer)
  })
  ahead.end(record.body)
}

function forwarded(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  const kept: Record<string, string | string[]> = { connection: 'close' }
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !hopByHop.has(name)) kept[name] = value
  }
  return kept
}

async function readAll(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

/** The real answer with some of its fields replaced; `undefined` takes a field out. */
export function changed(fields: Record<string, unknown>): Fault {
  return { kind: 'edit', text: (body) => JSON.stringify({ ...JSON.parse(body), ...fields }) }
}

/** An answer in JSON, in place of the server's. */
export function answer(
  status: number,
  body: Record<string, unknown>,
  headers: Record<string, string> = {},
): Fault & { kind: 'answer' } {
  return { kind: 'answer', status, body: JSON.stringify(body), headers }
}

export const pass: Fault & { kind: 'pass' } = { kind: 'pass' }
export const reset: Fault = { kind: 'reset' }
export const hold: Fault = { kind: 'hold' }
export const holdAnswer: Fault = { kind: 'edit', withheld: true }

/** `count` times the same fault. */
export function times(count: number, fault: Fault): Fault[] {
  return Array.from({ length: count }, () => fault)
}
