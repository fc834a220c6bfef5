// A stop that is asked for again while V8 reports the one before, as the watchdog may well do: it comes by at any call.
import { writeSync } from 'node:fs'
import { StopGate } from '../../dist/kernel/stop-gate.js'
import { gate, sharedBytes, slot } from '../../dist/kernel/watchdog-protocol.js'

const shared = new SharedArrayBuffer(sharedBytes)
const words = new Int32Array(shared)
const stopGate = new StopGate(shared, () => {})
const ask = (force) => {
  words[slot.gate] = gate.asked
  stopGate.enter(force)
  return words[slot.gate]
}
const answers = []
let isReporting = false
const handle = process._fatalException
process._fatalException = (...given) => {
  // Called before each stop, and by V8's report of it.
  if (isReporting) {
    isReporting = false
    answers.push(ask(true))
  }
  return Reflect.apply(handle, process, given)
}

let rounds = 0
const stopMany = () => {
  if (rounds++ === 200) {
    writeSync(1, `${answers.filter((answer) => answer === gate.notNow).length}\n`)
    process.exit()
  }
  setImmediate(stopMany)
  ask(true)
  isReporting = true
  for (;;);
}
setImmediate(stopMany)
