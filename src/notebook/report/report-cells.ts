import { stripVTControlCharacters } from 'node:util'
import { type Cell, type Notebook, type Output, sourceOf } from '../notebook-file.js'
import { withoutPendingSignIns } from '../outputs.js'
import { secretsIn, withoutSecrets } from '../share-secrets.js'
import { splitTitle } from './markdown-html.js'
import { type Fact, runFacts } from './run-facts.js'

/** A cell as a report shows it: texts whole, secrets blanked, what its tags take out gone. */
export interface ReportCell {
  /** In the notebook, counted from 1. */
  number: number
  kind: Cell['cell_type']
  /** Empty where it is not to be seen. */
  source: string
  outputs: Output[]
  /** Images that Markdown names `attachment:…`, by name and then by MIME type, base64. */
  attachments: Record<string, Record<string, string>>
}

/** A secret that the notebook had, and the report has not. */
export interface HiddenSecret {
  /** The cell, counted from 1; `null` for what stands over the cells. */
  cell: number | null
  kind: string
}

export interface ReportOptions {
  /** What the report is called where the notebook has no title of its own. */
  name: string
  /** The notebook's folder, for the pictures that its Markdown names; without it none are taken. */
  folder?: string
  /** Whether code is shown. Default true. */
  input?: boolean
}

/** A notebook as a report shows it, whatever it is written as. */
export interface Report {
  title: string
  facts: Fact[]
  cells: ReportCell[]
  hidden: HiddenSecret[]
}

/** What a report shows of a notebook. Nothing in it is run. */
export function readReport(notebook: Notebook, { name, input = true }: ReportOptions): Report {
  const hidden: HiddenSecret[] = []
  const cells = notebook.cells.flatMap((cell, index): ReportCell[] => {
    const tags = tagsOf(cell)
    return tags.has('remove-cell') ? [] : [readCell(cell, index + 1, { tags, input, hidden })]
  })
  const blank = blankerOf(null, hidden)
  const facts = runFacts(notebook).map((fact) => ({ name: fact.name, value: blank(fact.value) }))
  return { title: takeTitle(cells) ?? blank(name), facts, cells, hidden }
}

function readCell(
  cell: Cell,
  number: number,
  { tags, input, hidden }: { tags: ReadonlySet<string>; input: boolean; hidden: HiddenSecret[] },
): ReportCell {
  const blank = blankerOf(number, hidden)
  const showsInput = !tags.has('remove-input') && (input || cell.cell_type !== 'code')
  const outputs = tags.has('remove-output') ? [] : merged(withoutPendingSignIns(cell.outputs ?? []))
  return {
    number,
    kind: cell.cell_type,
    source: showsInput ? blank(sourceOf(cell)) : '',
    outputs: outputs.map((output) => blankOutput(output, blank)),
    attachments: attachmentsOf(cell, blank),
  }
}

/** The heading that the first text begins with, which then stands over the report and not in it. */
function takeTitle(cells: readonly ReportCell[]): string | undefined {
  const first = cells.find(({ kind }) => kind === 'markdown')
  const split = first === undefined ? undefined : splitTitle(first.source)
  if (first === undefined || split === undefined || split.title === '') return undefined
  first.source = split.rest
  return split.title
}

/** A notebook's secrets, each once a cell. */
function blankerOf(cell: number | null, hidden: HiddenSecret[]): (text: string) => string {
  return (text) =>
    blankUncoloured(text, (kind) => {
      if (!hidden.some((known) => known.cell === cell && known.kind === kind)) hidden.push({ cell, kind })
    })
}

/** Colours may stand between the letters of a secret. */
function blankUncoloured(text: string, onFound: (kind: string) => void): string {
  const bare = text.includes('\u001b') ? stripVTControlCharacters(text) : text
  const isBroken = bare !== text && secretsIn(bare).length > secretsIn(text).length
  return withoutSecrets(isBroken ? bare : text, onFound)
}

/** nbconvert, papermill and Jupyter Book spell them with `_` or `-`. */
function tagsOf({ metadata: { tags } }: Cell): Set<string> {
  return new Set(Array.isArray(tags) ? tags.map((tag) => String(tag).replaceAll('_', '-')) : [])
}

/** Neighbouring chunks of a stream as one: what a secret was split over is whole again. */
function merged(outputs: readonly Output[]): Output[] {
  const result: Output[] = []
  for (const output of outputs) {
    const last = result.at(-1)
    if (output.output_type !== 'stream') result.push(output)
    else if (last?.output_type === 'stream' && last.name === output.name) last.text += joined(output.text)
    else result.push({ ...output, text: joined(output.text) })
  }
  return result
}

function blankOutput(output: Output, blank: (text: string) => string): Output {
  switch (output.output_type) {
    case 'stream':
      return { ...output, text: blank(output.text) }
    case 'error': {
      const { ename, evalue, traceback } = output
      return {
        ...output,
        ename: blank(ename),
        evalue: blank(evalue),
        traceback: [blank(joined(traceback, '\n'))],
      }
    }
    default:
      return { ...output, data: blankBundle(output.data, blank) }
  }
}

function blankBundle(
  data: Record<string, unknown>,
  blank: (text: string) => string,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(data).map(([type, content]) => [
      type,
      isImage(type) ? joined(content) : isJson(type) ? blankJson(content, blank) : blank(joined(content)),
    ]),
  )
}

function blankJson(value: unknown, blank: (text: string) => string): unknown {
  if (typeof value === 'string') return blank(value)
  if (Array.isArray(value)) return value.map((item) => blankJson(item, blank))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      // `device_code: …` is known for one by its name alone.
      const named = typeof item === 'string' ? `${name}: ${item}` : ''
      const shown = named === '' || blank(named) === named ? blankJson(item, blank) : blank(named)
      return [blank(name), shown]
    }),
  )
}

/** Bytes in base64, in which nothing is to be found. */
export function isImage(type: string): boolean {
  return /^image\/(?:png|jpeg|gif|webp)$/.test(type)
}

function isJson(type: string): boolean {
  return /^application\/(?:.*\+)?json$/.test(type)
}

function attachmentsOf(cell: Cell, blank: (text: string) => string): ReportCell['attachments'] {
  const { attachments } = cell as Cell & { attachments?: unknown }
  return Object.fromEntries(
    Object.entries(Object(attachments ?? {})).map(([name, bundle]) => [
      name,
      Object.fromEntries(
        Object.entries(Object(bundle)).map(([type, data]) => [
          type,
          isImage(type) ? joined(data) : blank(joined(data)),
        ]),
      ),
    ]),
  )
}

/** nbformat keeps a text as one, or as its lines. */
function joined(content: unknown, between = ''): string {
  if (typeof content === 'string') return content
  if (Array.isArray(content)) return content.map(String).join(between)
  return content === undefined || content === null ? '' : JSON.stringify(content)
}
