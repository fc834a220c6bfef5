import { isRecord } from '../../src/record.js'
import type { Position } from './cell-document.js'
import { withoutFiles } from './notebook.js'

/** One proposal of the language server, as far as we read it. */
export interface Item {
  label: string
  insertText: string
  kind: string
  sortText: string
  isDeprecated: boolean
  /** As it came: what it is asked for more with. */
  raw: Record<string, unknown>
}

/** `CompletionItemKind` as JupyterLab names them. */
const kinds: readonly string[] =
  ',text,method,function,constructor,property,variable,class,interface,module,property,unit,value,enum,keyword,snippet,color,file,reference,folder,enum-member,constant,struct,event,operator,type-parameter'.split(
    ',',
  )

/** The name of a `CompletionItemKind`. */
export function kindOf(kind: unknown): string {
  return kinds[Number(kind)] || 'variable'
}

/** Reads a list of completions. */
export function readItems(result: unknown): Item[] {
  const list = isRecord(result) ? result.items : result
  const defaults = isRecord(result) && isRecord(result.itemDefaults) ? result.itemDefaults : {}
  if (!Array.isArray(list)) return []
  const items: Item[] = []
  for (const raw of list) {
    if (!isRecord(raw) || typeof raw.label !== 'string') continue
    const edit = isRecord(raw.textEdit) ? raw.textEdit.newText : undefined
    const tags = Array.isArray(raw.tags) ? raw.tags : []
    items.push({
      label: raw.label,
      insertText: firstText(edit, raw.textEditText, raw.insertText, raw.label),
      kind: kindOf(raw.kind),
      sortText: firstText(raw.sortText, raw.label),
      isDeprecated: tags.includes(1),
      raw: { ...('data' in defaults ? { data: defaults.data } : {}), ...raw },
    })
  }
  return items
}

function firstText(...values: unknown[]): string {
  return values.find((value) => typeof value === 'string') ?? ''
}

/** What the list as a whole replaces, where it says so. */
export function readRange(result: unknown): { start: Position; end: Position } | undefined {
  if (!isRecord(result)) return undefined
  const items = Array.isArray(result.items) ? result.items : []
  const defaults = isRecord(result.itemDefaults) ? result.itemDefaults.editRange : undefined
  const first = isRecord(items[0]) && isRecord(items[0].textEdit) ? items[0].textEdit : undefined
  const edit = defaults ?? first
  if (!isRecord(edit)) return undefined
  return rangeOf(edit.replace ?? edit.range ?? edit)
}

/** A range of the protocol. */
export function rangeOf(value: unknown): { start: Position; end: Position } | undefined {
  if (!isRecord(value)) return undefined
  const [start, end] = [positionOf(value.start), positionOf(value.end)]
  return start === undefined || end === undefined ? undefined : { start, end }
}

function positionOf(value: unknown): Position | undefined {
  if (!isRecord(value) || typeof value.line !== 'number' || typeof value.character !== 'number')
    return undefined
  return { line: value.line, character: value.character }
}

/** What a resolved proposal says of itself. */
export interface Detail {
  kind?: string
  signature?: string
  documentation?: string
}

/** Reads a resolved proposal. */
export function readDetail(result: unknown): Detail {
  if (!isRecord(result)) return {}
  const detail: Detail = {}
  const documentation = markdownOf(result.documentation)
  if (documentation !== '') detail.documentation = documentation
  if (typeof result.detail !== 'string' || result.detail === '') return detail
  detail.signature = oneLine(result.detail)
  const kind = /^(?:abstract )?(function|class|interface|enum|namespace|type)\b/.exec(detail.signature)?.[1]
  if (kind !== undefined) detail.kind = kind
  return detail
}

/** `(method) Array<string>.join(separator?: string): string` without its kind, on one line. */
function oneLine(text: string): string {
  const line = withoutFiles(text)
    .replace(/^\([a-z ]+\) /, '')
    .replace(/\s+/g, ' ')
    .trim()
  return line.length > 300 ? `${line.slice(0, 299)}…` : line
}

/** `MarkupContent`, a `MarkedString` or a list of those, as Markdown. */
export function markdownOf(value: unknown): string {
  if (typeof value === 'string') return withoutFiles(value)
  if (Array.isArray(value)) return value.map(markdownOf).filter(Boolean).join('\n\n')
  if (!isRecord(value) || typeof value.value !== 'string') return ''
  if (typeof value.language === 'string')
    return `\`\`\`${value.language}\n${withoutFiles(value.value)}\n\`\`\``
  return withoutFiles(value.value)
}

/** Markdown as plain text: fences, emphasis, links and escapes gone. */
export function plainOf(markdown: string): string {
  return markdown
    .replace(/^```[a-z]*\n?/gm, '')
    .replace(/\[([^\]]*)\]\(([^)]*)\)/g, '$1')
    .replace(/(\*\*?)(\S(?:[^*\n]*\S)?)\1/g, '$2')
    .replace(/(?<![\w`])`([^`\n]+)`/g, '$1')
    .replace(/\\([\\`*_{}[\]<>#|!])/g, '$1')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

/** The call that the cursor is in: its signature, the parameter at the cursor, what is written of both. */
export function readSignature(result: unknown): string | undefined {
  if (!isRecord(result) || !Array.isArray(result.signatures)) return undefined
  const active = Number(result.activeSignature ?? 0)
  const signature: unknown = result.signatures[active] ?? result.signatures[0]
  if (!isRecord(signature) || typeof signature.label !== 'string') return undefined
  const others = result.signatures.length - 1
  const parts = [`\`\`\`typescript\n${withoutFiles(signature.label)}\n\`\`\``]
  if (others > 0) parts.push(`and ${others} more ${others === 1 ? 'way' : 'ways'} to call it`)
  const parameters = Array.isArray(signature.parameters) ? signature.parameters : []
  const parameter: unknown = parameters[Number(signature.activeParameter ?? result.activeParameter ?? 0)]
  if (isRecord(parameter)) {
    const [from, to] = Array.isArray(parameter.label) ? parameter.label.map(Number) : []
    const label =
      typeof parameter.label === 'string' ? parameter.label : signature.label.slice(from ?? 0, to ?? 0)
    const told = markdownOf(parameter.documentation)
    if (label !== '') parts.push(`**\`${withoutFiles(label)}\`**${told === '' ? '' : `: ${told}`}`)
  }
  const documentation = markdownOf(signature.documentation)
  if (documentation !== '') parts.push(documentation)
  return parts.join('\n\n')
}
