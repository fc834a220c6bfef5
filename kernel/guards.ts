import { XdrError } from '../src/errors.js'
import { activeCell } from './cell.js'
import { describeThrown } from './errors.js'
import type { Iopub } from './iopub.js'

/** Keeps the kernel alive whatever a cell's timers throw, and `process.exit` and its like from ending it unseen. */
export function guardProcess(iopub: Iopub): void {
  const refuse = (what: string): never => {
    throw new XdrError('XDR_KERNEL', `${what} would end the kernel and everything the notebook holds`, {
      hint: 'to begin afresh, use the restart button of the notebook; to stop a cell, throw an error',
    })
  }
  process.exit = () => refuse('process.exit()')
  process.abort = () => refuse('process.abort()')
  guardReallyExit(() => refuse('process.reallyExit()'))
  const { kill } = process
  process.kill = (pid, signal) => {
    // 0 asks whether a process is there; SIGINT is the stop button; a negative number or 0 as id means the group.
    const ends = signal !== 0 && signal !== 'SIGINT' && signal !== 2
    if (ends && (pid === process.pid || pid === 0 || pid === -process.pid)) return refuse('process.kill()')
    return kill.call(process, pid, signal)
  }
  const report = (thrown: unknown, what: string) => {
    const cell = activeCell()
    if (cell?.silent !== true) {
      iopub.write(cell?.request.header, 'stderr', `${what}: ${describeThrown(thrown)}\n`)
    }
  }
  process.on('uncaughtException', (error) => report(error, 'Uncaught'))
  process.on('unhandledRejection', (reason) => report(reason, 'Unhandled rejection'))
}

/** What `process.exit` ends in: the kernel's own, kept from before, gets through. */
function guardReallyExit(refuse: () => never): void {
  const reallyExit: unknown = Reflect.get(process, 'reallyExit')
  if (typeof reallyExit !== 'function') return
  let isExiting = false
  process.on('exit', () => {
    isExiting = true
  })
  Reflect.set(process, 'reallyExit', (code?: number) =>
    isExiting ? Reflect.apply(reallyExit, process, [code]) : refuse(),
  )
}
