import { readFileSync } from 'node:fs'
import { Reply, Router, XPublisher } from 'zeromq'
import { XdrError } from '../src/errors.js'
import { isRecord } from './json.js'

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

/** The five sockets of a kernel, bound. */
export interface Channels {
  shell: Router
  control: Router
  stdin: Router
  iopub: XPublisher
  heartbeat: Reply
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

/**
 * Binds the five sockets, to the address of the connection file and no other.
 *
 * @throws XdrError `XDR_KERNEL` naming the channel that is taken
 */
export async function bindChannels(connection: Connection): Promise<Channels> {
  const channels: Channels = {
    shell: new Router(),
    control: new Router(),
    stdin: new Router(),
    // Without limit: a Publisher drops silently what a slow reader has not fetched, 1,000 messages by default.
    iopub: new XPublisher({ sendHighWaterMark: 0, verbosity: 'allSubs' }),
    heartbeat: new Reply(),
  }
  const bind = async (socket: Router | XPublisher | Reply, name: PortName) => {
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
  await Promise.all([
    bind(channels.shell, 'shell_port'),
    bind(channels.control, 'control_port'),
    bind(channels.stdin, 'stdin_port'),
    bind(channels.iopub, 'iopub_port'),
    bind(channels.heartbeat, 'hb_port'),
  ])
  return channels
}
