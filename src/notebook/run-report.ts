import type { XdrError } from '../errors.js'
import { plain } from '../text.js'
import { type Cell, sourceOf } from './notebook-file.js'

/** How a run, or a cell of it, ended. */
export type RunStatus =
  | 'ok'
  /** A cell threw. */
  | 'error'
  /** A cell, or the whole run, took longer than it may. */
  | 'timeout'
  /** Ctrl-C, or a signal. */
  | 'interrupted'
  /** The kernel's process ended. */
  | 'died'

/** What went wrong, as data. */
export interface RunFailure {
  name: string
  /** Of our own errors. */
  code?: string
  message: string
  /** The next step for the person, where it is known. */
  hint?: string
}

/** One code cell of a run. */
export interface CellReport {
  /** Where it stands among all cells of the notebook, from 0. */
  index: number
  /** The heading above it, else its first line. */
  title: string
  /** `expected-error`: it threw, and its tag `raises-exception` says that it may. */
  status: RunStatus | 'expected-error' | 'not-run'
  ms: number
  error?: RunFailure
}

/** How a run went. */
export interface RunSummary {
  status: RunStatus
  /** Every code cell that is not empty. */
  cells: CellReport[]
  /** Of those, how many were run. */
  cellsRun: number
  /** ISO 8601, UTC. */
  startedAt: string
  endedAt: string
  ms: number
  outputPath: string
  /** What ended the run, or the first error of one that went on. */
  error?: RunFailure
  /** Why the file is not what it should be: it holds an earlier state of the run. */
  unsaved?: RunFailure
  tenant?: string
  parameters?: Readonly<Record<string, unknown>>
}

/** The content of Jupyter's `error` message. */
export interface ErrorContent {
  ename: string
  evalue: string
  traceback: readonly string[]
}

const longestMessage = 1_000

/** An error of ours, as data. */
export function failureOf({ name, code, message, hint }: XdrError): RunFailure {
  return { name, code, message: plain(message, longestMessage), hint }
}

/** What a cell threw, as data: our own errors bring their code and the next step in the lines that a person reads. */
export function thrownFailure({ ename, evalue, traceback }: ErrorContent): RunFailure {
  const text = traceback.join('\n')
  const [, code] = /^\w+ \[(XDR_[A-Z_]+)\]: /.exec(text) ?? []
  const [, hint] = code === undefined ? [] : (/^ {2}→ (.+)$/m.exec(text) ?? [])
  return {
    name: plain(ename, 100),
    ...(code === undefined ? {} : { code }),
    // Of ours, the lines below show the place in a document: the notebook has them.
    message: plain(code === undefined ? evalue : (evalue.split('\n', 1)[0] ?? ''), longestMessage),
    ...(hint === undefined ? {} : { hint: plain(hint) }),
  }
}

/** `RangeError: too far`, `XdrError [XDR_KERNEL]: the kernel ended` in one line. */
export function describeFailure({ name, code, message }: RunFailure): string {
  return `${name}${code === undefined ? '' : ` [${code}]`}: ${message}`
}

/** What a cell is called in lists: the heading right above it, else its first line that says something. */
export function titleOf(cells: readonly Cell[], index: number): string {
  const cell = cells[index]
  const above = cells[index - 1]
  const heading = above?.cell_type === 'markdown' ? /^#{1,6}\s+(.+)$/m.exec(sourceOf(above))?.[1] : undefined
  const lines = cell === undefined ? [] : (sourceOf(cell).match(/^.*\w.*$/gm) ?? [])
  // What a cell imports says little about it.
  const line = lines.find((text) => !/^\s*import\b/.test(text)) ?? lines[0] ?? ''
  return plain(heading ?? line.replace(/^\s*\/\/\s*/, ''), longestTitle)
}

const longestTitle = 60
