// Two scripts in one turn, as V8's REPL mode runs cells: a stop comes at the first one's very end, and in the second one.
import { startScript } from '../../dist/kernel/repl.js'
import { scriptPrefix } from '../../dist/kernel/scripts.js'
import { StopGate } from '../../dist/kernel/stop-gate.js'
import { gate, sharedBytes, slot } from '../../dist/kernel/watchdog-protocol.js'

const shared = new SharedArrayBuffer(sharedBytes)
const words = new Int32Array(shared)
const stopGate = new StopGate(shared, () => {})
globalThis.stop = () => {
  words[slot.gate] = gate.asked
  stopGate.enter(false)
}
const run = (code) => startScript(`${code}\n//# sourceURL=${scriptPrefix}cell-1`).kind

setImmediate(() => {
  console.log(run('stop()'))
  console.log(run('stop(); for (;;);'))
})
