import { readFileSync } from 'node:fs'

/** A notebook of code cells, as a front end saves it. */
export function makeNotebook(...sources: string[]): string {
  return JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: 'xdrlab', display_name: 'TypeScript (xdrlab)', language: 'typescript' } },
    cells: sources.map((source, i) => ({
      cell_type: 'code',
      id: `cell-${i + 1}`,
      metadata: {},
      execution_count: null,
      outputs: [],
      source,
    })),
  })
}

export interface ReadCell {
  cell_type: string
  source: string
  execution_count: number | null
  outputs: ReadOutput[]
  /** All outputs in one text, whatever their kind. */
  text: string
}

export interface ReadOutput {
  output_type: string
  name?: string
  ename?: string
  evalue?: string
  traceback?: string[]
  data?: Record<string, string>
}

/** The cells of a saved notebook, and what nbformat 4.5 has against it. */
export function readSaved(path: string): { text: string; cells: ReadCell[]; problems: string[] } {
  const text = readFileSync(path, 'utf8')
  const document = JSON.parse(text)
  const cells = document.cells.map((cell: Record<string, unknown>) => {
    const outputs = (cell.outputs ?? []) as ReadOutput[]
    const source = Array.isArray(cell.source) ? cell.source.join('') : cell.source
    return { ...cell, source, outputs, text: JSON.stringify(outputs) }
  })
  return { text, cells, problems: findProblems(document) }
}

const cellFields = {
  code: ['cell_type', 'execution_count', 'id', 'metadata', 'outputs', 'source'],
  markdown: ['cell_type', 'id', 'metadata', 'source'],
}
const outputFields = {
  stream: ['name', 'output_type', 'text'],
  display_data: ['data', 'metadata', 'output_type'],
  execute_result: ['data', 'execution_count', 'metadata', 'output_type'],
  error: ['ename', 'evalue', 'output_type', 'traceback'],
}

/** What nbformat's own schema for 4.5 demands of cells and outputs: these fields, no others, of these types. */
export function findProblems(document: Record<string, unknown>): string[] {
  const problems: string[] = []
  const check = (holds: boolean, what: string) => {
    if (!holds) problems.push(what)
  }
  const ids = new Set<string>()
  check(document.nbformat === 4 && document.nbformat_minor === 5, 'the version is not 4.5')
  check(isObject(document.metadata), 'metadata is no object')
  for (const [i, cell] of (document.cells as Record<string, unknown>[]).entries()) {
    const at = `cell ${i + 1}`
    const fields = cellFields[cell.cell_type as keyof typeof cellFields]
    check(sameFields(cell, fields), `${at} has the fields ${Object.keys(cell)}`)
    check(typeof cell.id === 'string' && /^[\w-]{1,64}$/.test(cell.id), `${at} has the id ${cell.id}`)
    check(!ids.has(String(cell.id)), `${at} has an id that another has`)
    ids.add(String(cell.id))
    check(isText(cell.source), `${at} has no source`)
    if (cell.cell_type !== 'code') continue
    check(isCount(cell.execution_count), `${at} has the count ${cell.execution_count}`)
    for (const output of cell.outputs as Record<string, unknown>[]) {
      const kind = String(output.output_type)
      check(
        sameFields(output, outputFields[kind as keyof typeof outputFields]),
        `${at} has an output ${kind} with the fields ${Object.keys(output)}`,
      )
      check(output.data === undefined || isBundle(output.data), `${at} has data that is no MIME bundle`)
      check(kind !== 'execute_result' || isCount(output.execution_count), `${at} has a result without count`)
      check(kind !== 'stream' || ['stdout', 'stderr'].includes(String(output.name)), `${at}: stream's name`)
      check(kind !== 'stream' || isText(output.text), `${at} has a stream without text`)
    }
  }
  return problems
}

function sameFields(value: Record<string, unknown>, fields: readonly string[] | undefined): boolean {
  return String(Object.keys(value).sort()) === String(fields)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isText(value: unknown): boolean {
  return typeof value === 'string' || (Array.isArray(value) && value.every((l) => typeof l === 'string'))
}

function isCount(value: unknown): boolean {
  return value === null || (Number.isInteger(value) && Number(value) >= 0)
}

/** Text, but JSON types may hold anything. */
function isBundle(value: unknown): boolean {
  return (
    isObject(value) &&
    Object.entries(value).every(([mime, content]) => /\bjson$/.test(mime) || isText(content))
  )
}
