import { durationText } from '../duration.js'
import type { XdrError } from '../errors.js'
import type { KernelOutput } from '../notebook/outputs.js'
import type { CellStart } from '../notebook/run.js'
import type { CellReport } from '../notebook/run-report.js'
import type { TenantReport, TenantsSummary } from '../notebook/run-tenants.js'
import { countsOf, labelOf } from '../notebook/run-tenants-page.js'
import { canRedraw } from '../screen/live-lines.js'
import { LiveText } from './live-text.js'
import { paint } from './paint.js'
import { countOf, describeUnsaved, hintLines, sayFailure, textOf } from './run-reporter.js'

interface Running {
  startMs: number
  cell: CellStart | undefined
  /** The beginning of a line that has not ended. */
  partLine: string
}

/** Tells how a run over tenants goes: one display for all in a terminal, a line at begin and end for a log. */
export class TenantDisplay {
  readonly #startMs = performance.now()
  readonly #running = new Map<TenantReport, Running>()
  readonly #live = new LiveText(() => this.#compose())
  readonly #asJson: boolean
  readonly #isQuiet: boolean
  readonly #streams: boolean
  #tenants: readonly TenantReport[] = []

  constructor({ asJson, isQuiet, streams }: { asJson: boolean; isQuiet: boolean; streams: boolean }) {
    this.#asJson = asJson
    this.#isQuiet = isQuiet || asJson
    this.#streams = streams
  }

  line(text: string): void {
    if (this.#isQuiet) return
    this.#live.hide()
    process.stdout.write(`${text}\n`)
  }

  onBegin(reports: readonly TenantReport[]): void {
    this.#tenants = reports
  }

  onStart(report: TenantReport): void {
    this.#running.set(report, { startMs: performance.now(), cell: undefined, partLine: '' })
    if (!canRedraw(process.stdout)) this.line(`… ${labelOf(report)}`)
    if (!this.#isQuiet) this.#live.start()
    this.#live.refresh()
  }

  onCell(report: TenantReport, cell: CellStart): void {
    const running = this.#running.get(report)
    if (running === undefined || cell.kind !== 'code') return
    running.cell = cell
    if (this.#streams) this.line(this.#prefixed(report, `[${cell.index + 1}/${cell.count}] ${cell.title}`))
    this.#live.refresh()
  }

  onOutput(report: TenantReport, output: KernelOutput): void {
    const running = this.#running.get(report)
    if (!this.#streams || running === undefined) return
    const text = textOfOutput(output)
    if (text === undefined) return
    const lines = (running.partLine + text).split('\n')
    // Runs write at the same time: only whole lines are kept apart.
    running.partLine = lines.pop() ?? ''
    for (const line of lines) this.line(this.#prefixed(report, line))
  }

  onCellEnd(report: TenantReport, { status }: CellReport): void {
    const running = this.#running.get(report)
    if (running === undefined || status === 'not-run') return
    if (running.partLine !== '') this.line(this.#prefixed(report, running.partLine))
    running.partLine = ''
  }

  onEnd(report: TenantReport): void {
    this.#running.delete(report)
    const { status, ms, cells, cellsRun, error, failedCell, unsaved } = report
    const text = `${labelOf(report)} · ${cellsRun} of ${countOf(cells, 'cell')} in ${durationText(ms)}`
    const place = failedCell === undefined ? '' : `cell ${failedCell.index + 1}: `
    if (status !== 'ok') this.line(paint('red', `✗ ${text} · ${place}${sayFailure(error)}`))
    else if (unsaved !== undefined) this.line(paint('red', `✗ ${text} · ${sayFailure(unsaved)}`))
    else this.line(`✓ ${text}`)
    this.#live.refresh()
  }

  onUnsaved(report: TenantReport | undefined, error: XdrError): void {
    const where = report === undefined ? '' : `${labelOf(report)}: `
    this.line(paint('red', describeUnsaved(error, where)))
  }

  onSavedAgain(report: TenantReport | undefined): void {
    this.line(
      report === undefined
        ? 'The summary is saved again.'
        : `${labelOf(report)}: the notebook is saved again`,
    )
  }

  /** The closing lines: how many, what failed, where it all is. */
  summary(summary: TenantsSummary): void {
    this.#live.stop()
    if (this.#asJson) {
      process.stdout.write(`${JSON.stringify(summary)}\n`)
      return
    }
    const lines = describeTenants(summary)
    if (!this.#isQuiet) for (const line of lines) this.line(line)
    else if (summary.status !== 'ok') process.stderr.write(`${lines.join('\n')}\n`)
  }

  #prefixed(report: TenantReport, line: string): string {
    return `${paint('dim', `${labelOf(report)} │`)} ${line}`
  }

  #compose(): string | undefined {
    if (this.#running.size === 0) return undefined
    const nowMs = performance.now()
    const lines = [...this.#running].map(([report, { startMs, cell }]) => {
      const at = cell === undefined ? 'the kernel starts' : `[${cell.index + 1}/${cell.count}] ${cell.title}`
      return `… ${labelOf(report)} · ${at} · ${durationText(nowMs - startMs)}`
    })
    const counts = `${countsOf({ tenants: this.#tenants })} · ${durationText(nowMs - this.#startMs)}`
    return [...lines, paint('dim', counts)].join('\n')
  }
}

function describeTenants(summary: TenantsSummary): string[] {
  const { tenants, ms, folder, error, unsaved } = summary
  const failed = tenants.filter(
    ({ status, unsaved: lost }) => (status !== 'ok' && status !== 'not-run') || lost !== undefined,
  )
  return [
    `${countsOf(summary)}, in ${durationText(ms)}.`,
    ...failed.flatMap((report) => {
      const failure = report.error ?? report.unsaved
      return [`  ${labelOf(report)}: ${sayFailure(failure)}`, ...hintLines(failure)]
    }),
    ...(error === undefined
      ? []
      : [
          `The others were not begun: ${error.message}`,
          ...(error.hint === undefined ? [] : [`  → ${error.hint}`]),
        ]),
    ...(unsaved === undefined ? [] : [`The summary is not whole: ${unsaved.message}`]),
    `The executed notebooks and their summary are in ${folder} (index.html)`,
  ]
}

function textOfOutput(output: KernelOutput): string | undefined {
  switch (output.type) {
    case 'stream':
      return output.content.text
    case 'display_data':
    case 'execute_result':
      return `${textOf(output.content.data)}\n`
    case 'error':
      return `${output.content.traceback.join('\n')}\n`
    // What is redrawn in place has no place among the lines of others.
    case 'update_display_data':
    case 'clear_output':
      return undefined
  }
}
