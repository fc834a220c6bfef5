import { durationText } from '../duration.js'
import type { XdrError } from '../errors.js'
import type { KernelOutput } from '../notebook/outputs.js'
import type { CellStart } from '../notebook/run.js'
import type { CellReport, RunSummary } from '../notebook/run-report.js'
import { canRedraw } from '../screen/live-lines.js'
import { LiveText } from './live-text.js'
import { paint } from './paint.js'
import {
  describeRun,
  describeUnsaved,
  markOf,
  type RunReporter,
  SignInNotices,
  savedAgain,
  sayFailure,
} from './run-reporter.js'

/** A line for each cell: redrawn in place in a terminal; written at begin and end for a pipe or a log. */
export class RunLines implements RunReporter {
  readonly #running = new LiveText(() => this.#describeRunning())
  readonly #signIns = new SignInNotices()
  #cell: { start: CellStart; atMs: number } | undefined

  line(text: string): void {
    this.#running.hide()
    process.stdout.write(`${text}\n`)
    this.#running.refresh()
  }

  note(text: string): void {
    this.line(text)
  }

  duringQuestion<T>(question: () => Promise<T>): Promise<T> {
    return this.#running.pausedDuring(question)
  }

  onCell(start: CellStart): void {
    if (start.kind !== 'code') return
    if (!canRedraw(process.stdout)) this.line(nameOf(start))
    this.#cell = { start, atMs: performance.now() }
    this.#running.start()
    this.#running.refresh()
  }

  onOutput(output: KernelOutput): void {
    const notice = this.#signIns.read(output)
    if (notice !== undefined) this.line(notice)
  }

  onCellEnd({ status, ms, error }: CellReport): void {
    const name = this.#cell === undefined ? '' : `${nameOf(this.#cell.start)} · `
    this.#cell = undefined
    this.#running.stop()
    const line = `${markOf(status)} ${name}${durationText(ms)}`
    if (markOf(status) === '✓') this.line(line)
    else this.line(paint('red', `${line} · ${sayFailure(error)}`))
  }

  onUnsaved(error: XdrError): void {
    this.line(paint('red', describeUnsaved(error)))
  }

  onSavedAgain(): void {
    this.line(savedAgain)
  }

  summary(summary: RunSummary): void {
    this.#running.stop()
    for (const line of describeRun(summary)) this.line(line)
  }

  #describeRunning(): string | undefined {
    if (this.#cell === undefined) return undefined
    return `… ${nameOf(this.#cell.start)} · ${durationText(performance.now() - this.#cell.atMs)}`
  }
}

function nameOf({ index, count, title }: CellStart): string {
  return `[${index + 1}/${count}] ${title}`
}
