import { abortedError, XdrError } from '../errors.js'
import type { Output } from './notebook-file.js'
import type { CellEnd, StopReason } from './run-cell.js'
import { type CellReport, failureOf, type RunFailure, type RunStatus, thrownFailure } from './run-report.js'

/** How long it may take. */
export interface RunLimits {
  /** Each cell, milliseconds; it is interrupted then. */
  cellTimeoutMs?: number
  /** All cells together, milliseconds. */
  totalTimeoutMs?: number
}

/** What a cell's end means. */
export interface Verdict {
  status: CellReport['status']
  error: RunFailure | undefined
  /** Goes below the cell's own outputs: whoever opens the notebook reads there why it ends. */
  output: Output | undefined
  /** No further cell can be run, whatever the person chose for errors. */
  isFinal: boolean
}

/** Judges the end of a cell that may or may not throw. */
export function judgeCell(end: CellEnd, mayThrow: boolean, limits: RunLimits): Verdict {
  const { reply, stoppedBy, lost } = end
  const error = reasonOf(end, limits)
  if (error !== undefined) {
    return {
      status: stoppedBy === undefined ? 'died' : statusOf(stoppedBy),
      error: failureOf(error),
      output: errorOutput(error),
      isFinal: lost !== undefined || stoppedBy !== 'cell-timeout',
    }
  }
  const thrown = reply?.status === 'ok' ? undefined : thrownFailure(reply?.error ?? notRunContent)
  if (stoppedBy !== undefined)
    return { status: statusOf(stoppedBy), error: thrown, output: undefined, isFinal: true }
  const status = thrown === undefined ? 'ok' : mayThrow ? 'expected-error' : 'error'
  return { status, error: thrown, output: undefined, isFinal: false }
}

/** The error of ours that explains the end; what the cell threw, or the kernel says of an interrupt, needs none. */
function reasonOf({ reply, stoppedBy, lost }: CellEnd, limits: RunLimits): XdrError | undefined {
  const where = lost === undefined ? '' : `; ${lost.message}`
  switch (stoppedBy) {
    case undefined:
      return lost === undefined ? undefined : diedError(lost)
    case 'interrupted':
      return reply === undefined ? interruptedError(where) : undefined
    case 'cell-timeout':
      return timeoutError('the cell', limits.cellTimeoutMs, where, '--timeout')
    case 'total-timeout':
      return timeoutError('the run', limits.totalTimeoutMs, where, '--total-timeout')
  }
}

/** What ended a run between two of its cells. */
export function judgeStop(
  reason: StopReason,
  limits: RunLimits,
): Pick<Verdict, 'error'> & { status: RunStatus } {
  const error = reasonOf({ reply: undefined, stoppedBy: reason, lost: undefined }, limits)
  return { status: statusOf(reason), error: error === undefined ? undefined : failureOf(error) }
}

function statusOf(reason: StopReason): RunStatus {
  return reason === 'interrupted' ? 'interrupted' : 'timeout'
}

function errorOutput(error: XdrError): Output {
  const traceback = [`${error.name} [${error.code}]: ${error.message}`, `  → ${error.hint}`]
  return { output_type: 'error', ename: error.name, evalue: error.message, traceback }
}

const notRunContent = { ename: 'Aborted', evalue: 'the kernel did not run the cell', traceback: [] }

function interruptedError(where: string): XdrError {
  const { code, message, hint } = abortedError('the run')
  return new XdrError(code, `${message}${where}`, { hint })
}

function diedError({ message }: XdrError): XdrError {
  return new XdrError('XDR_KERNEL', `${message} while the cell ran`, {
    hint: 'the cell ended it, or the system did for want of memory: look at what the cell does, and run it again',
  })
}

function timeoutError(what: string, ms = 0, where: string, option: string): XdrError {
  return new XdrError('XDR_TIMEOUT', `${what} took longer than the ${ms / 1000} s it may${where}`, {
    hint: `allow it more with ${option}, or ask for less`,
  })
}
