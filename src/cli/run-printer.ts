import { durationText } from '../duration.js'
import type { XdrError } from '../errors.js'
import type { KernelOutput } from '../notebook/outputs.js'
import type { CellStart } from '../notebook/run.js'
import type { CellReport, RunSummary } from '../notebook/run-report.js'
import { canRedraw, type LiveLines, liveLines } from '../screen/live-lines.js'
import { LiveText } from './live-text.js'
import { paint } from './paint.js'
import {
  describeRun,
  describeUnsaved,
  markOf,
  type RunReporter,
  savedAgain,
  signInOf,
  textOf,
} from './run-reporter.js'

interface Live {
  /** One display; a sign-in has its countdown below it. */
  displays: { id: string; first: string; last: string }[]
  isSignIn: boolean
  /** Where it is drawn in place; `undefined` where nothing can be redrawn. */
  lines: LiveLines | undefined
}

/** Prints a run as it goes: cells, their outputs as text, displays updated in place; and what runs, in a terminal. */
export class RunPrinter implements RunReporter {
  /** The display at the end of the screen: only there can a terminal redraw it. */
  #live: Live | undefined
  readonly #notes: string[] = []
  readonly #running = new LiveText(() => this.#describeRunning())
  #cell: { start: CellStart; atMs: number } | undefined
  #isAtLineStart = true

  line(text: string): void {
    this.#write(`${text}\n`)
  }

  /** A line that waits until the live display has ended, so that it does not push it up. */
  note(text: string): void {
    if (this.#live === undefined) this.line(text)
    else this.#notes.push(text)
  }

  duringQuestion<T>(question: () => Promise<T>): Promise<T> {
    return this.#running.pausedDuring(question)
  }

  onCell(start: CellStart): void {
    const { index, count, kind, title, source } = start
    if (kind === 'markdown') {
      this.line(`\n${source}\n`)
      return
    }
    this.line(
      `${paint('dim', `[${index + 1}/${count}] ${title}`)}\n${paint('dim', indent(source.trimEnd()))}`,
    )
    this.#cell = { start, atMs: performance.now() }
    this.#running.start()
  }

  onOutput(output: KernelOutput): void {
    switch (output.type) {
      case 'stream':
        this.#write(output.content.text)
        break
      case 'display_data':
        this.#show(output)
        break
      case 'update_display_data':
        this.#update(textOf(output.content.data), output.content.transient?.display_id)
        break
      case 'execute_result':
        this.line(textOf(output.content.data))
        break
      case 'error':
        this.line(paint('red', output.content.traceback.join('\n')))
        break
      case 'clear_output':
        break
    }
  }

  onCellEnd({ status, ms }: CellReport): void {
    this.#cell = undefined
    this.#running.stop()
    this.#endLive()
    if (!this.#isAtLineStart) this.line('')
    this.line(paint('dim', `${markOf(status)} ${durationText(ms)}\n`))
  }

  onUnsaved(error: XdrError): void {
    this.note(paint('red', describeUnsaved(error)))
  }

  onSavedAgain(): void {
    this.note(savedAgain)
  }

  summary(summary: RunSummary): void {
    this.#running.stop()
    for (const line of describeRun(summary)) this.line(line)
  }

  #describeRunning(): string | undefined {
    if (this.#cell === undefined || this.#live !== undefined || !this.#isAtLineStart) return undefined
    const { start, atMs } = this.#cell
    const elapsed = durationText(performance.now() - atMs)
    return paint('dim', `… [${start.index + 1}/${start.count}] ${start.title} · ${elapsed}`)
  }

  #show(output: Extract<KernelOutput, { type: 'display_data' | 'update_display_data' }>): void {
    const { data, transient } = output.content
    const text = textOf(data)
    const id = transient?.display_id
    if (id === undefined) {
      this.#endLive()
      this.line(text)
      return
    }
    const live = this.#live?.isSignIn === true ? this.#live : this.#startLive(signInOf(output) !== undefined)
    live.displays.push({ id, first: text, last: text })
    if (live.lines === undefined) this.#print(`${text}\n`)
    else live.lines.draw(drawnText(live))
  }

  #startLive(isSignIn: boolean): Live {
    this.#endLive()
    this.#running.hide()
    // A pipe, a log or a dumb terminal cannot redraw: it gets the first and the last state, not every tick between.
    const lines = canRedraw(process.stdout) ? liveLines(process.stdout) : undefined
    this.#live = { displays: [], isSignIn, lines }
    return this.#live
  }

  #update(text: string, id: string | undefined): void {
    const live = this.#live
    const display = live?.displays.find((each) => each.id === id)
    if (live === undefined || display === undefined) {
      this.line(text)
      return
    }
    display.last = text
    live.lines?.draw(drawnText(live))
  }

  /** Leaves the live display as it stands and goes on below it. */
  #endLive(): void {
    const live = this.#live
    this.#live = undefined
    live?.lines?.done()
    const changed = live?.lines === undefined ? (live?.displays ?? []) : []
    for (const { first, last } of changed) if (last !== first && last !== '') this.line(last)
    for (const note of this.#notes.splice(0)) this.line(note)
  }

  #write(text: string): void {
    this.#endLive()
    this.#running.hide()
    this.#print(text)
  }

  #print(text: string): void {
    process.stdout.write(text)
    this.#isAtLineStart = text === '' ? this.#isAtLineStart : text.endsWith('\n')
  }
}

function drawnText({ displays }: Live): string {
  return displays
    .map(({ last }) => last)
    .filter((text) => text !== '')
    .join('\n')
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n')
}
