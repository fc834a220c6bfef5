import { readFileSync } from 'node:fs'
import { XdrError } from '../src/errors.js'
import { isRecord } from '../src/record.js'
import { type Reply, Router, XPublisher, XSubscriber, ZmqProxy } from './zeromq.js'

const ports = ['shell_port', 'iopub_port', 'stdin_port', 'control_port', 'hb_port'] as const

/** One of the five channels' port keys in a connection file. */
export type PortName = (typeof ports)[number]

/** A Jupyter connection file, read and checked. */
export interface Connection extends Record<PortName, number> {
  transport: 'tcp' | 'ipc'
  /** Host for tcp, path prefix of the sockets for ipc. */
  ip: string
  key: string
}

/** The address inside this process from which all is broadcast that is sent to it, by any of its threads. */
export const iopubRelay = 'inproc://xdrlab-iopub'

/** The sockets of a kernel's own thread, bound; control and heartbeat are the watchdog's. */
export interface Channels {
  shell: Router
  stdin: Router
  iopub: XPublisher
  /** Closes them all, once what was sent has left. */
  close(): Promise<void>
}

/**
 * Reads the connection file that the Jupyter server wrote.
 *
 * @throws XdrError `XDR_KERNEL` naming the file and what is wrong with it, never its contents
 */
export function readConnection(path: string): Connection {
  const fail = (what: string) =>
    new XdrError('XDR_KERNEL', `the connection file ${path} ${what}`, {
      hint: 'a kernel is started by Jupyter or `xdrlab run`, which write this file; see `xdrlab install`',
    })
  let value: unknown
  try {
    value = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    // A SyntaxError quotes the text it failed on, and that text may be the key.
    throw fail(error instanceof SyntaxError ? 'is not JSON' : 'cannot be read')
  }
  if (!isRecord(value)) throw fail('is not a JSON object')
  const { transport, ip, key, signature_scheme: scheme } = value
  if (transport !== 'tcp' && transport !== 'ipc') throw fail('has no transport "tcp" or "ipc"')
  if (typeof ip !== 'string' || ip === '') throw fail('has no ip')
  if (typeof key !== 'string') throw fail('has no key')
  if (scheme !== undefined && scheme !== 'hmac-sha256')
    throw fail('asks for a signature_scheme other than hmac-sha256')
  const port = (name: PortName): number => {
    const number = value[name]
    if (typeof number === 'number' && Number.isInteger(number) && number > 0 && number < 65_536) return number
    throw fail(`has no valid ${name}`)
  }
  return {
    transport,
    ip,
    key,
    shell_port: port('shell_port'),
    iopub_port: port('iopub_port'),
    stdin_port: port('stdin_port'),
    control_port: port('control_port'),
    hb_port: port('hb_port'),
  }
}

/** Where a channel is reached, in ZeroMQ's spelling. */
export function endpoint(connection: Connection, name: PortName): string {
  const { transport, ip } = connection
  if (transport === 'ipc') return `ipc://${ip}-${connection[name]}`
  return `tcp://${ip.includes(':') ? `[${ip}]` : ip}:${connection[name]}`
}

/** How long the last broadcasts may take from the relay to the network, milliseconds. */
const relayMs = 30

/**
 * Binds the sockets of the kernel's own thread, to the address of the connection file and no other.
 *
 * The public iopub socket belongs to a native thread that relays to it: so the watchdog can say something while the
 * kernel's thread is stuck.
 *
 * @throws XdrError `XDR_KERNEL` naming the channel that is taken
 */
export async function bindChannels(connection: Connection): Promise<Channels> {
  const shell = new Router()
  const stdin = new Router()
  // Without limit: a Publisher drops silently what a slow reader has not fetched, 1,000 messages by default.
  const broadcast = { sendHighWaterMark: 0, verbosity: 'allSubs', linger: 1_000 } as const
  const relayed = new XSubscriber({ receiveHighWaterMark: 0 })
  const published = new XPublisher(broadcast)
  await Promise.all([
    bindSocket(shell, connection, 'shell_port'),
    bindSocket(stdin, connection, 'stdin_port'),
    bindSocket(published, connection, 'iopub_port'),
    relayed.bind(iopubRelay),
  ])
  const iopub = new XPublisher(broadcast)
  iopub.connect(iopubRelay)
  const relay = new ZmqProxy(relayed, published)
  const ended = relay.run()
  // Node waits for its native threads before it exits, and this one would not end by itself.
  const stop = () => relay.terminate()
  process.once('exit', stop)
  return {
    shell,
    stdin,
    iopub,
    async close() {
      for (const socket of [shell, stdin, iopub]) socket.close()
      await new Promise((resolve) => setTimeout(resolve, relayMs))
      process.off('exit', stop)
      stop()
      await ended
    },
  }
}

/**
 * Binds one socket to its port.
 *
 * @throws XdrError `XDR_KERNEL` naming the channel that is taken
 */
export async function bindSocket(
  socket: Router | XPublisher | Reply,
  connection: Connection,
  name: PortName,
): Promise<void> {
  // What is queued at shutdown still goes out, but a peer that is gone must not keep the process alive.
  socket.linger = 1_000
  socket.ipv6 = connection.ip.includes(':')
  try {
    await socket.bind(endpoint(connection, name))
  } catch {
    throw new XdrError('XDR_KERNEL', `cannot listen on ${endpoint(connection, name)} (${name})`, {
      hint: 'another process has this port: start the kernel again, Jupyter chooses new ports',
    })
  }
}
