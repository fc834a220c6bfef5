import { signInMimeType } from '../auth/sign-in-view.js'
import { durationText } from '../duration.js'
import type { XdrError } from '../errors.js'
import type { KernelOutput } from '../notebook/outputs.js'
import type { RunWatcher } from '../notebook/run.js'
import {
  type CellReport,
  describeFailure,
  type RunFailure,
  type RunStatus,
  type RunSummary,
} from '../notebook/run-report.js'

/** Tells a person, or a log, how a run goes. */
export interface RunReporter extends RunWatcher {
  /** What is said before the first cell. */
  line(text: string): void
  /** What comes beside the cells. */
  note(text: string): void
  /** Keeps the screen still while a question is asked. */
  duringQuestion<T>(question: () => Promise<T>): Promise<T>
  summary(summary: RunSummary): void
}

interface SignInShown {
  userCode: string
  verificationUriComplete: string
}

/** A sign-in that waits in a cell's output. */
export function signInOf(output: KernelOutput): SignInShown | undefined {
  return 'content' in output && 'data' in output.content
    ? readSignIn(output.content.data[signInMimeType])
    : undefined
}

/** What a display says of a sign-in, to programs. */
export function readSignIn(data: unknown): SignInShown | undefined {
  if (typeof data !== 'object' || data === null) return undefined
  const { user_code, verification_uri_complete } = { user_code: '', verification_uri_complete: '', ...data }
  return { userCode: String(user_code), verificationUriComplete: String(verification_uri_complete) }
}

/** A display as text, for a terminal or a log. */
export function textOf(data: Record<string, unknown>): string {
  const text = data['text/plain']
  return typeof text === 'string'
    ? text
    : Array.isArray(text)
      ? text.join('')
      : `[${Object.keys(data).join(', ')}]`
}

/** Finds what a person must see of a sign-in, also where no output is printed: how it begins, and how it ends. */
export class SignInNotices {
  readonly #waiting = new Set<string | undefined>()

  /** @returns what is to be shown of this output, if anything */
  read(output: KernelOutput): string | undefined {
    if (output.type !== 'display_data' && output.type !== 'update_display_data') return undefined
    const { data, transient } = output.content
    const id = transient?.display_id
    const isWaiting = signInOf(output) !== undefined
    if (isWaiting === this.#waiting.has(id)) return undefined
    if (isWaiting) this.#waiting.add(id)
    else this.#waiting.delete(id)
    return textOf(data)
  }
}

const marks: Record<CellReport['status'], string> = {
  ok: '✓',
  'expected-error': '✓',
  error: '✗',
  timeout: '✗',
  interrupted: '✗',
  died: '✗',
  'not-run': '·',
}

/** `✓` or `✗` */
export function markOf(status: CellReport['status']): string {
  return marks[status]
}

const endings: Record<RunStatus, string> = {
  ok: 'Done',
  error: 'Stopped at an error',
  timeout: 'Stopped, out of time',
  interrupted: 'Interrupted',
  died: 'Stopped, the kernel died',
}

/** The closing lines of a run: how it ended, what failed, where the notebook is. */
export function describeRun(summary: RunSummary): string[] {
  const { status, cells, cellsRun, ms, outputPath, unsaved } = summary
  const failed = cells.filter(isFailed)
  const wentOn = status === 'error' && (failed.length > 1 || cells[cellsRun - 1] !== failed[0])
  const ending = wentOn ? `Done, with errors in ${countOf(failed.length, 'cell')}` : endings[status]
  return [
    `${ending}: ${cellsRun} of ${countOf(cells.length, 'cell')} in ${durationText(ms)}.`,
    ...failed.flatMap(({ index, title, error }) => [
      `  cell ${index + 1} (${title}): ${sayFailure(error)}`,
      // What ended the run in another way is told on stderr.
      ...(status === 'error' ? hintLines(error) : []),
    ]),
    unsaved === undefined
      ? `The executed notebook is ${outputPath}`
      : `The executed notebook is not whole: ${outputPath} holds what could be saved`,
  ]
}

/**
 * The line that tells of a file that cannot be saved for now.
 *
 * @param where whose file it is, where several runs write
 */
export function describeUnsaved({ message, hint }: XdrError, where = ''): string {
  return `! ${where}${message}; the run goes on (${hint})`
}

export const savedAgain = 'The executed notebook is saved again.'

/** Whether a cell is one of those that failed a run. */
function isFailed({ status }: CellReport): boolean {
  return markOf(status) === '✗'
}

export function sayFailure(error: RunFailure | undefined): string {
  return error === undefined ? 'it failed' : describeFailure(error)
}

/** The next step, below a failure in a list. */
export function hintLines(error: RunFailure | undefined): string[] {
  return error?.hint === undefined ? [] : [`    → ${error.hint}`]
}

export function countOf(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
