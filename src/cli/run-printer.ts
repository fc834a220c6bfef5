import { styleText } from 'node:util'
import { createLogUpdate } from 'log-update'
import { signInMimeType } from '../auth/sign-in-view.js'
import type { KernelOutput } from '../notebook/outputs.js'
import type { RunSummary } from '../notebook/run.js'

/** A sign-in that waits in a cell's output. */
export function signInOf(
  output: KernelOutput,
): { userCode: string; verificationUriComplete: string } | undefined {
  const data =
    'content' in output && 'data' in output.content ? output.content.data[signInMimeType] : undefined
  if (typeof data !== 'object' || data === null) return undefined
  const { user_code, verification_uri_complete } = { user_code: '', verification_uri_complete: '', ...data }
  return { userCode: String(user_code), verificationUriComplete: String(verification_uri_complete) }
}

interface Live {
  id: string
  /** Redraws in place; `undefined` where the output is no terminal. */
  draw: ReturnType<typeof createLogUpdate> | undefined
  first: string
  last: string
}

/** Prints a run as it goes: cells, their outputs as text, displays updated in place. */
export class RunPrinter {
  readonly #quiet: boolean
  /** The display at the end of the screen: only there can a terminal redraw it. */
  #live: Live | undefined
  readonly #notes: string[] = []

  constructor(quiet: boolean) {
    this.#quiet = quiet
  }

  line(text: string): void {
    this.#write(`${text}\n`)
  }

  /** A line that waits until the live display has ended, so that it does not push it up. */
  note(text: string): void {
    if (this.#live === undefined) this.line(text)
    else this.#notes.push(text)
  }

  cell({
    index,
    count,
    kind,
    source,
  }: {
    index: number
    count: number
    kind: 'code' | 'markdown'
    source: string
  }): void {
    if (kind === 'markdown') this.line(`\n${source}\n`)
    else this.line(`${dim(`[${index + 1}/${count}]`)}\n${dim(indent(source.trimEnd()))}`)
  }

  output(output: KernelOutput): void {
    switch (output.type) {
      case 'stream':
        this.#write(output.content.text)
        break
      case 'display_data':
        this.#show(textOf(output.content.data), output.content.transient?.display_id)
        break
      case 'update_display_data':
        this.#update(textOf(output.content.data), output.content.transient?.display_id)
        break
      case 'execute_result':
        this.line(textOf(output.content.data))
        break
      case 'error':
        this.line(red(output.content.traceback.join('\n')))
        break
      case 'clear_output':
        break
    }
  }

  cellEnd({ status, ms }: { status: 'ok' | 'error' | 'aborted'; ms: number }): void {
    this.#endLive()
    this.line(dim(`${status === 'ok' ? '✓' : '✗'} ${(ms / 1000).toFixed(1)} s\n`))
  }

  summary(summary: RunSummary): void {
    this.#endLive()
    if (this.#quiet) {
      process.stdout.write(`${JSON.stringify(summary)}\n`)
      return
    }
    const done = `${summary.cellsRun} of ${summary.cells} cells in ${(summary.ms / 1000).toFixed(1)} s`
    const words = {
      ok: `Done: ${done}.`,
      error: `Stopped at an error: ${done}.`,
      interrupted: `Interrupted: ${done}.`,
    }
    this.line(`${words[summary.status]}\nThe executed notebook is ${summary.outputPath}`)
  }

  #show(text: string, id: string | undefined): void {
    this.#endLive()
    if (id === undefined || this.#quiet) {
      this.line(text)
      return
    }
    // A pipe or a log cannot redraw: it gets the first and the last state, not every tick between.
    const draw = process.stdout.isTTY ? createLogUpdate(process.stdout, { showCursor: true }) : undefined
    if (draw === undefined) this.line(text)
    else draw(text)
    this.#live = { id, draw, first: text, last: text }
  }

  #update(text: string, id: string | undefined): void {
    const live = this.#live
    if (live === undefined || live.id !== id) {
      this.line(text)
      return
    }
    live.draw?.(text)
    live.last = text
  }

  /** Leaves the live display as it stands and goes on below it. */
  #endLive(): void {
    const live = this.#live
    this.#live = undefined
    if (live?.draw !== undefined) live.draw.done()
    else if (live !== undefined && live.last !== live.first) this.line(live.last)
    for (const note of this.#notes.splice(0)) this.line(note)
  }

  #write(text: string): void {
    this.#endLive()
    if (!this.#quiet) process.stdout.write(text)
  }
}

function textOf(data: Record<string, unknown>): string {
  const text = data['text/plain']
  return typeof text === 'string'
    ? text
    : Array.isArray(text)
      ? text.join('')
      : `[${Object.keys(data).join(', ')}]`
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n')
}

/** Colours only where a terminal shows them and `NO_COLOR` does not forbid it. */
function dim(text: string): string {
  return paint('dim', text)
}

function red(text: string): string {
  return paint('red', text)
}

function paint(format: 'dim' | 'red', text: string): string {
  return process.stdout.isTTY && process.stdout.hasColors() ? styleText(format, text) : text
}
