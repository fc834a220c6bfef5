import { parentPort, Worker, workerData } from 'node:worker_threads'
import { XdrError } from '../src/errors.js'
import { bindSocket, iopubRelay } from './connection.js'
import { log } from './log.js'
import { BadMessage, type Message, Wire } from './message.js'
import { Sender } from './sender.js'
import { Stopper } from './stopper.js'
import {
  type FromWatchdog,
  headerOffset,
  slot,
  type ToWatchdog,
  type WatchdogStart,
  wordNow,
} from './watchdog-protocol.js'
import { Publisher, Reply, Router } from './zeromq.js'

/** How long a kernel that does not answer may take to shut down, milliseconds. */
const shutdownGraceMs = 1_500
/** How long any kernel may take to end once it was told to, milliseconds. */
const endGraceMs = 5_000
/** How often it is looked whether a cell runs long, and whether the parent lives, milliseconds. */
const lookEveryMs = 100
const parentEveryMs = 1_000
/** Text that waits longer than this is held up by a cell that does not let the event loop turn, milliseconds. */
const unsentForMs = 50
/** Once a thread of its own listens for SIGINT it needs this much memory, megabytes. */
const sigintLimits = { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 8, stackSizeMb: 1 }

const { connection, shared, parent } = workerData as WatchdogStart
const words = new Int32Array(shared)
const wire = new Wire(connection.key)
const control = new Router()
const heartbeat = new Reply()
const sender = new Sender(control)
const children = new Set<number>()
const tell = (message: FromWatchdog) => parentPort?.postMessage(message)
const stopper = new Stopper(words, children, { notice })
let serial = 0
let sigintThread: Worker | undefined

parentPort?.on('message', (message: ToWatchdog) => {
  switch (message.kind) {
    case 'heard':
      stopper.heard(message.serial)
      break
    case 'reply':
      sender.send(message.frames.map((frame) => Buffer.from(frame)))
      break
    case 'child':
      children.add(message.pid)
      break
    case 'flush':
      void sender.drained().then(() => tell({ kind: 'sent' }))
      break
    case 'end':
      void end()
      break
  }
})

const bound = Promise.all([
  bindSocket(control, connection, 'control_port'),
  bindSocket(heartbeat, connection, 'hb_port'),
])
try {
  await bound
  void echoHeartbeats()
  void readControl()
  watchCells()
  if (parent !== undefined) watchParent(parent)
} catch (error) {
  tell({ kind: 'failed', message: error instanceof XdrError ? error.message : String(error) })
}

async function end(): Promise<void> {
  await bound.catch(() => undefined)
  await sigintThread?.terminate()
  stopper.close()
  control.close()
  heartbeat.close()
  process.exit()
}

async function echoHeartbeats(): Promise<void> {
  for await (const frames of heartbeat) await heartbeat.send(frames)
}

async function readControl(): Promise<void> {
  for await (const frames of control) {
    let message: Message
    try {
      message = wire.decode(frames)
    } catch (error) {
      if (!(error instanceof BadMessage)) throw error
      log(`dropped a message on control: ${error.message}`)
      continue
    }
    tell({ kind: 'control', serial: ++serial, frames })
    const type = message.header.msg_type
    if (type === 'interrupt_request') stopper.press(serial)
    if (type === 'shutdown_request') shutDown(message, serial)
  }
}

/** The kernel does it, if it can; a stuck one is ended. */
function shutDown(message: Message, serial: number): void {
  stopper.press(serial)
  setTimeout(() => {
    if (stopper.lastHeard >= serial) return
    const { header, identities, content } = message
    const reply = { status: 'ok', restart: content.restart === true }
    sender.send(wire.encode({ type: 'shutdown_reply', content: reply, parent: header, identities }).frames)
    void sender.drained().then(() => setTimeout(endProcess, 50))
  }, shutdownGraceMs)
  setTimeout(endProcess, endGraceMs)
}

function endProcess(): void {
  log('the kernel did not end by itself, and was ended')
  process.kill(process.pid, 'SIGKILL')
}

/** Says something under the running cell, past the kernel's own thread, which cannot. */
function notice(text: string): void {
  const length = Atomics.load(words, slot.headerLength)
  if (length === 0) return
  const header = JSON.parse(
    Buffer.from(shared)
      .subarray(headerOffset, headerOffset + length)
      .toString(),
  )
  const publisher = new Publisher({ linger: 1_000 })
  publisher.connect(iopubRelay)
  const content = { name: 'stderr', text }
  const { frames } = wire.encode({
    type: 'stream',
    content,
    parent: header,
    identities: [Buffer.from('stream')],
  })
  // The subscriptions travel to a new publisher first; until then it would drop the message.
  setTimeout(() => {
    void publisher.send(frames).then(() => setTimeout(() => publisher.close(), 1_000))
  }, 50)
}

/** Looks after cells that run long: what they have printed is sent, and a SIGINT is listened for. */
function watchCells(): void {
  let seen = 0
  setInterval(() => {
    const since = Atomics.load(words, slot.unsentSince)
    if (since !== 0 && wordNow() - since > unsentForMs) stopper.flushText()
    const running = Atomics.load(words, slot.cell)
    // The thread for it costs memory.
    if (running !== 0 && running === seen && sigintThread === undefined) listenForSigint()
    seen = running
  }, lookEveryMs)
}

function listenForSigint(): void {
  const thread = new Worker(new URL('./sigint-thread.js', import.meta.url), {
    env: {},
    execArgv: [],
    workerData: shared,
    resourceLimits: sigintLimits,
  })
  sigintThread = thread
  thread.on('message', (cell: number) => {
    tell({ kind: 'interrupt', serial: ++serial, cell })
    if (cell !== 0 || Atomics.load(words, slot.cell) === 0) stopper.press(serial)
  })
  thread.on('error', (error) => log(`SIGINT is heard only between cells: ${error}`))
}

/** A Jupyter server that is killed cannot stop its kernels. */
function watchParent(parent: number): void {
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    tell({ kind: 'orphaned' })
    setTimeout(endProcess, shutdownGraceMs)
  }, parentEveryMs)
}
