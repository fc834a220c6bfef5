import { Script } from 'node:vm'
import { parentPort, workerData } from 'node:worker_threads'
import { cellOfSignal, slot } from './watchdog-protocol.js'

/**
 * Hears SIGINT while the kernel's thread is busy. Node runs signal handlers in the main thread's loop alone, which a
 * `while (true)` never comes back to; but `vm` stops any thread's script on SIGINT when asked to, and so tells it.
 *
 * The scripts are nested: while one of them runs, Node does not give SIGINT back its default, which ends the process.
 */
const depth = 3
const words = new Int32Array(workerData as SharedArrayBuffer)
const name = 'xdrlab-hold'
let known = Atomics.load(words, slot.asked)

const awaitCells = (): never => {
  for (;;) {
    Atomics.wait(words, slot.asked, known)
    known = Atomics.load(words, slot.asked)
  }
}

const hold = (level: number): void => {
  for (;;) {
    try {
      if (level === 0) awaitCells()
      else new Script(`globalThis['${name}'](${level - 1})`).runInThisContext({ breakOnSigint: true })
    } catch {
      parentPort?.postMessage(cellOfSignal(words, known))
    }
  }
}

Reflect.set(globalThis, name, hold)
hold(depth)
