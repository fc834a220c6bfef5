import { XdrError } from '../errors.js'
import type { KernelOutput } from './outputs.js'
import type { ErrorContent } from './run-report.js'

/** The moments of a cell that Jupyter's front ends keep in its metadata, by their names there. */
export type CellMoment =
  | 'iopub.status.busy'
  | 'iopub.execute_input'
  | 'iopub.status.idle'
  | 'shell.execute_reply'

/** A running kernel as the runner needs it; the command line hands one in. */
export interface NotebookKernel {
  execute(
    code: string,
    options: {
      allowStdin: boolean
      onOutput(output: KernelOutput): void
      onInput(prompt: string, isPassword: boolean): Promise<string>
      onMoment?(moment: CellMoment): void
    },
  ): Promise<CellReply>
  interrupt(): Promise<void>
}

interface CellReply {
  status: 'ok' | 'error' | 'aborted'
  executionCount: number
  error?: ErrorContent
}

/** Why a cell was stopped from outside. */
export type StopReason = 'cell-timeout' | 'total-timeout' | 'interrupted'

/** How a cell ended. */
export interface CellEnd {
  /** `undefined` where it had not stopped when it should have, or the kernel is gone. */
  reply: CellReply | undefined
  stoppedBy: StopReason | undefined
  /** The kernel cannot run another cell: it has ended, or does not stop this one. */
  lost: XdrError | undefined
}

export interface CellRun {
  kernel: NotebookKernel
  source: string
  /** Ends the cell and the run; its reason is a {@link StopReason}. */
  stop: AbortSignal
  /** For this cell, milliseconds. */
  timeoutMs: number | undefined
  /** Answers a question; `undefined` where nobody can. */
  ask: ((prompt: string, isPassword: boolean) => Promise<string>) | undefined
  onOutput(output: KernelOutput): void
  onMoment(moment: CellMoment): void
}

/** How long an interrupted cell may take to stop, milliseconds: one that blocks its kernel never hears of it. */
const interruptGraceMs = 3_000

/**
 * Runs one cell until it ends, or is stopped by the run's signal or its own time.
 *
 * @throws what a listener threw
 */
export async function runCell(cell: CellRun): Promise<CellEnd> {
  const { kernel, stop } = cell
  const watch = watchStops(stop, cell.timeoutMs)
  try {
    const executed = kernel.execute(cell.source, {
      allowStdin: cell.ask !== undefined,
      onInput: cell.ask ?? noAnswer,
      onOutput: cell.onOutput,
      onMoment: cell.onMoment,
    })
    // Whoever stops waiting for it must not leave it unheard.
    executed.catch(() => undefined)
    await Promise.race([executed, watch.stopped])
    const stoppedBy = watch.reason()
    if (stoppedBy === undefined) return { reply: await executed, stoppedBy, lost: undefined }
    // A kernel that cannot hear this has ended, and the cell says so.
    kernel.interrupt().catch(() => undefined)
    const reply = await Promise.race([executed, watch.overdue()])
    return { reply, stoppedBy, lost: reply === undefined ? stuckError() : undefined }
  } catch (error) {
    return endOf(error, watch.reason())
  } finally {
    watch.forget()
  }
}

function endOf(error: unknown, stoppedBy: StopReason | undefined): CellEnd {
  if (!(error instanceof XdrError)) throw error
  if (error.code === 'XDR_KERNEL') return { reply: undefined, stoppedBy, lost: error }
  // Ctrl-C at a question of the cell, which the question itself hears.
  if (error.code === 'XDR_ABORTED') return { reply: undefined, stoppedBy: 'interrupted', lost: undefined }
  throw error
}

function watchStops(stop: AbortSignal, timeoutMs: number | undefined) {
  let reason: StopReason | undefined
  let timer: NodeJS.Timeout | undefined
  let grace: NodeJS.Timeout | undefined
  let onAbort = () => {}
  const stopped = new Promise<void>((resolve) => {
    const end = (why: StopReason) => {
      reason ??= why
      resolve()
    }
    onAbort = () => end(stop.reason)
    if (stop.aborted) onAbort()
    stop.addEventListener('abort', onAbort, { once: true })
    if (timeoutMs !== undefined) timer = setTimeout(() => end('cell-timeout'), timeoutMs)
  })
  return {
    stopped,
    reason: () => reason,
    overdue: () =>
      new Promise<undefined>((resolve) => {
        grace = setTimeout(() => resolve(undefined), interruptGraceMs)
      }),
    forget: () => {
      clearTimeout(timer)
      clearTimeout(grace)
      stop.removeEventListener('abort', onAbort)
    },
  }
}

function stuckError(): XdrError {
  return new XdrError('XDR_KERNEL', 'the cell does not hear that it should stop', {
    hint: 'it blocks its kernel (a long loop or a native call): run it again with less to do',
  })
}

async function noAnswer(): Promise<string> {
  return ''
}
