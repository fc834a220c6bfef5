import { durationText } from '../../duration.js'
import { XdrError } from '../../errors.js'
import { isRecord } from '../../record.js'
import { givenParameters, hasTag, runKey } from '../metadata.js'
import type { Notebook } from '../notebook-file.js'
import { type Parameter, parametersOf } from '../parameter-cell.js'

/** A line of a report's head. */
export interface Fact {
  name: string
  value: string
}

/** What a notebook tells of the run that it comes from, in the words of our runner, of papermill or of Jupyter. */
export function runFacts(notebook: Notebook): Fact[] {
  const { start, ms } = timesOf(notebook)
  const { tenant } = record(notebook.metadata[runKey])
  return [
    ...fact('Started', start === undefined ? undefined : momentText(start)),
    ...fact('Duration', ms === undefined ? undefined : durationText(ms)),
    ...fact('Result', resultOf(notebook)),
    ...fact('Tenant', typeof tenant === 'string' ? tenant : undefined),
    ...fact('Parameters', parametersOfRun(notebook).join('\n') || undefined),
  ]
}

function fact(name: string, value: string | undefined): Fact[] {
  return value === undefined ? [] : [{ name, value }]
}

/** The values that were handed in, and the defaults of the others. */
function parametersOfRun(notebook: Notebook): string[] {
  const given = new Map(Object.entries(givenParameters(notebook) ?? {}))
  const declared = declaredIn(notebook).map(({ name, defaultText }) => ({ name, defaultText }))
  const others = [...given.keys()].filter((name) => !declared.some((known) => known.name === name))
  return [...declared, ...others.map((name) => ({ name, defaultText: undefined }))].flatMap(
    ({ name, defaultText }) => {
      const value = given.has(name) ? valueText(given.get(name)) : defaultText
      return value === undefined ? [] : [`${name} = ${value}`]
    },
  )
}

/** A report is of what there is: a cell that cannot be read declares nothing. */
function declaredIn(notebook: Notebook): Parameter[] {
  try {
    return parametersOf(notebook, 'the notebook') ?? []
  } catch (error) {
    if (error instanceof XdrError) return []
    throw error
  }
}

function timesOf({ metadata, cells }: Notebook): { start: number | undefined; ms: number | undefined } {
  const ours = record(metadata[runKey])
  const papermill = record(metadata.papermill)
  const executions = cells.map((cell) => record(cell.metadata.execution))
  const ends = executions.flatMap((execution) => timeOf(execution['shell.execute_reply']) ?? [])
  const starts = executions.flatMap((execution) => timeOf(execution['iopub.execute_input']) ?? [])
  const [start] = [
    ...[timeOf(ours.startedAt), timeOf(papermill.start_time)].filter((time) => time !== undefined),
    ...starts.sort((a, b) => a - b),
  ]
  const end = timeOf(ours.endedAt) ?? timeOf(papermill.end_time) ?? ends.sort((a, b) => a - b).at(-1)
  if (typeof ours.ms === 'number') return { start, ms: ours.ms }
  return { start, ms: start === undefined || end === undefined ? undefined : end - start }
}

/** Said where it is not simply done. */
function resultOf({ cells, metadata }: Notebook): string | undefined {
  const { status, error } = record(metadata[runKey])
  const { name, message } = record(error)
  if (typeof message === 'string') return typeof name === 'string' ? `${name}: ${message}` : message
  if (typeof status === 'string' && status !== 'error') return status === 'ok' ? undefined : status
  const at = cells.findIndex((cell) => {
    const isExpected = hasTag(cell, 'raises-exception')
    return !isExpected && cell.outputs?.some(({ output_type: type }) => type === 'error') === true
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

function valueText(value: unknown): string {
  return JSON.stringify(value)
}

function record(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {}
}
