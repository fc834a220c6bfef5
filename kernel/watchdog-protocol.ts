import type { Connection } from './connection.js'

/** The global by which the watchdog's thread finds the kernel's {@link StopGate}. */
export const gateName = '__xdrlab__stop'

/** What the watchdog's thread is started with. */
export interface WatchdogStart {
  connection: Connection
  shared: SharedArrayBuffer
  /** The process to end with; `undefined` where nobody is to be watched. */
  parent: number | undefined
}

/** From the watchdog's thread to the kernel. Whatever has a number is confirmed at once, or the kernel is stuck. */
export type FromWatchdog =
  | { kind: 'control'; serial: number; frames: Uint8Array[] }
  /** SIGINT, while the cell of that number ran. */
  | { kind: 'interrupt'; serial: number; cell: number }
  | { kind: 'sent' | 'orphaned' }
  | { kind: 'failed'; message: string }

/** From the kernel to the watchdog's thread. */
export type ToWatchdog =
  | { kind: 'heard'; serial: number }
  | { kind: 'reply'; frames: Uint8Array[] }
  /** A child that the kernel does not wait for: an interrupt leaves it alone. */
  | { kind: 'child'; pid: number }
  /** Answer `sent` once every reply has left. */
  | { kind: 'flush' }
  /** The process ends. */
  | { kind: 'end' }

/** Words of the shared memory, 32 bits each. */
export const slot = {
  /** One of {@link gate}. */
  gate: 0,
  /** Number of the running cell; 0 when none runs. */
  cell: 1,
  /** When it was asked for, milliseconds, of the clock's lower 31 bits. */
  askedAt: 3,
  /** Bytes of the running cell's header, JSON, from {@link headerOffset} on. */
  headerLength: 2,
  /** Since when printed text waits to be sent, as {@link slot.askedAt}; 0 when none does. */
  unsentSince: 4,
}

/** How far the two threads are with one attempt to stop what runs. */
export const gate = {
  /** The watchdog has asked, the kernel's thread has not come by. */
  asked: 0,
  /** The kernel's thread was come by, and stops what it ran. */
  stopping: 1,
  /** What runs now must not be stopped right here: ask again. */
  notNow: 2,
  /** The watchdog has given up on this attempt. */
  late: 3,
  /** What runs now, or ran a moment ago, is not the cell's own code, and ends by itself: ask again later. */
  elsewhere: 4,
} as const

/** How long a signal may be under way to the thread that listens for it, milliseconds. */
const signalTravelMs = 30

/** The clock as it fits a word. */
export function wordNow(): number {
  return Date.now() & 0x7fff_ffff
}

/**
 * The running cell, if a signal that a thread of its own hears now is meant for it, else 0: it may have been
 * sent before anyone had asked for the cell.
 */
export function cellOfSignal(words: Int32Array): number {
  const askedSinceMs = (wordNow() - Atomics.load(words, slot.askedAt)) & 0x7fff_ffff
  return askedSinceMs > signalTravelMs ? Atomics.load(words, slot.cell) : 0
}

export const headerOffset = 20
export const sharedBytes = 4096
