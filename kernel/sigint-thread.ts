import { Script } from 'node:vm'
import { parentPort, workerData } from 'node:worker_threads'
import { cellOfSignal } from './watchdog-protocol.js'

/**
 * Hears SIGINT while the kernel's thread is busy. Node runs signal handlers in the main thread's loop alone, which a
 * `while (true)` never comes back to; but `vm` stops any thread's script on SIGINT when asked to, and so tells it.
 *
 * The scripts are nested: while one of them runs, Node does not give SIGINT back its default, which ends the process.
 */
const depth = 3
const words = new Int32Array(workerData as SharedArrayBuffer)
const still = new Int32Array(new SharedArrayBuffer(4))
const name = 'xdrlab-hold'

const hold = (level: number): void => {
  for (;;) {
    try {
      if (level === 0) Atomics.wait(still, 0, 0)
      else new Script(`globalThis['${name}'](${level - 1})`).runInThisContext({ breakOnSigint: true })
      if (level === 0) return
    } catch {
      parentPort?.postMessage(cellOfSignal(words))
    }
  }
}

Reflect.set(globalThis, name, hold)
hold(depth)
