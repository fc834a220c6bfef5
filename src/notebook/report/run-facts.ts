import type { Notebook } from '../notebook-file.js'

/** A line of a report's head. */
export interface Fact {
  name: string
  value: string
}

/** What a notebook tells of the run that it comes from, in the words of our runner, papermill or Jupyter. */
export function runFacts(notebook: Notebook): Fact[] {
  const { start, end } = timesOf(notebook)
  const parameters = Object.entries(parametersOf(notebook))
  return [
    ...fact('Started', start === undefined ? undefined : momentText(start)),
    ...fact('Duration', start === undefined || end === undefined ? undefined : durationText(end - start)),
    ...fact('Ended with', failureOf(notebook)),
    ...fact(
      'Parameters',
      parameters.length === 0
        ? undefined
        : parameters.map(([name, value]) => `${name} = ${valueText(value)}`).join('\n'),
    ),
  ]
}

function fact(name: string, value: string | undefined): Fact[] {
  return value === undefined ? [] : [{ name, value }]
}

/** The values that were handed in: ours and papermill's stand in the same places. */
function parametersOf({ metadata }: Notebook): Record<string, unknown> {
  const { xdrlab, papermill } = metadata
  return record(record(xdrlab).parameters ?? record(papermill).parameters)
}

/** Milliseconds since 1970. */
function timesOf({ metadata, cells }: Notebook): { start: number | undefined; end: number | undefined } {
  for (const run of [record(metadata.xdrlab), record(metadata.papermill)]) {
    const start = timeOf(run.start_time ?? run.start)
    if (start !== undefined) return { start, end: timeOf(run.end_time ?? run.end) }
  }
  const executions = cells.map((cell) => record(cell.metadata.execution))
  const starts = executions.flatMap((execution) => timeOf(execution['iopub.execute_input']) ?? [])
  const ends = executions.flatMap((execution) => timeOf(execution['shell.execute_reply']) ?? [])
  return {
    start: starts.length === 0 ? undefined : Math.min(...starts),
    end: ends.length === 0 ? undefined : Math.max(...ends),
  }
}

function failureOf({ cells }: Notebook): string | undefined {
  const at = cells.findIndex(({ outputs = [], metadata: { tags } }) => {
    const isExpected = Array.isArray(tags) && tags.includes('raises-exception')
    return !isExpected && outputs.some(({ output_type: type }) => type === 'error')
  })
  return at < 0 ? undefined : `an error in cell ${at + 1}`
}

function timeOf(value: unknown): number | undefined {
  const time = typeof value === 'string' ? Date.parse(withZone(value)) : Number.NaN
  return Number.isNaN(time) ? undefined : time
}

/** papermill writes UTC, and does not always say so. */
function withZone(text: string): string {
  return /(?:Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`
}

function momentText(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

function durationText(ms: number): string {
  const seconds = Math.max(0, ms) / 1000
  if (seconds < 60) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  const minutes = Math.floor(whole / 60)
  return minutes < 60
    ? `${minutes} min ${whole % 60} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min ${whole % 60} s`
}

function valueText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {}
}
