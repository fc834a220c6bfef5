import { XdrError } from '../src/errors.js'
import { activeCell } from './cell.js'
import { describeThrown } from './errors.js'
import type { Iopub } from './iopub.js'

/** Keeps the kernel alive whatever a cell's timers throw, and `process.exit` from ending it unseen. */
export function guardProcess(iopub: Iopub): void {
  process.exit = () => {
    throw new XdrError(
      'XDR_KERNEL',
      'process.exit() would end the kernel and everything the notebook holds',
      {
        hint: 'to begin afresh, use the restart button of the notebook; to stop a cell, throw an error',
      },
    )
  }
  const report = (thrown: unknown, what: string) => {
    const cell = activeCell()
    iopub.write(cell?.request.header, 'stderr', `${what}: ${describeThrown(thrown)}\n`)
  }
  process.on('uncaughtException', (error) => report(error, 'Uncaught'))
  process.on('unhandledRejection', (reason) => report(reason, 'Unhandled rejection'))
}
