import { escapedMarkdown } from './markdown-text.js'

/** Wider ones are of no use as text. */
const mostColumns = 20
const mostCellLength = 200

interface Column {
  name: string
  isNumber: boolean
}

/** The rows of a Frictionless data resource as a table of GitHub's; `undefined` where it is none. */
export function markdownTable(resource: unknown): string | undefined {
  const { schema, data, description, title } = Object(resource)
  const fields: unknown = Object(schema).fields
  if (!Array.isArray(fields) || !Array.isArray(data) || fields.length === 0) return undefined
  const columns = fields.slice(0, mostColumns).map((field): Column => {
    const { name, type } = Object(field)
    return { name: String(name), isNumber: type === 'integer' || type === 'number' }
  })
  const lines = [
    line(columns.map(({ name }) => name)),
    `| ${columns.map(({ isNumber }) => (isNumber ? '---:' : '---')).join(' | ')} |`,
    ...data.map((row) => line(columns.map(({ name }) => valueText(ownValue(row, name))))),
  ]
  const left = fields.length - columns.length
  const notes = [
    ...(typeof title === 'string' ? [title] : []),
    ...(typeof description === 'string' ? [description] : []),
    ...(left > 0 ? [`${left} more columns are not shown`] : []),
  ]
  return `${lines.join('\n')}${notes.length === 0 ? '' : `\n\n_${escapedMarkdown(notes.join('; '))}_`}`
}

function line(cells: readonly string[]): string {
  return `| ${cells.map(cellText).join(' | ')} |`
}

function cellText(text: string): string {
  const cut = text.length > mostCellLength ? `${text.slice(0, mostCellLength - 1)}…` : text
  return escapedMarkdown(cut).replace(/\r?\n|\r/g, '<br>')
}

function ownValue(row: unknown, name: string): unknown {
  const fields: Record<string, unknown> = Object(row)
  return Object.hasOwn(fields, name) ? fields[name] : undefined
}

function valueText(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
