import { faintStyle } from '../html-style.js'
import { escapeHtml, plain } from '../text.js'
import type { SchemaEntry, SchemaPart } from './schema-parts.js'

/** Shown as they are by every platform; a hint to look at one tells nothing. */
const builtIn = new Set(['ID', 'String', 'Int', 'Float', 'Boolean', ''])
const longestDescription = 600
/** As many fields of a type are shown; `Query` of a large platform has thousands. */
const mostFields = 500

/** A part of a schema as a tree: the last value of a cell, or printed. */
export class SchemaView {
  readonly entry: SchemaEntry

  constructor(entry: SchemaEntry) {
    this.entry = entry
  }

  /** The text form. */
  toString(): string {
    const { entry } = this
    const fields = entry.fields.slice(0, mostFields)
    return [
      headline(entry),
      ...about(entry).map((line) => `  ${line}`),
      ...(entry.arguments ?? []).flatMap((part) => partLines(part, 1, '· ')),
      ...(isMember(entry) && fields.length > 0 ? [`  ${entry.of}`] : []),
      ...fields.flatMap((part) => partLines(part, isMember(entry) ? 2 : 1, '')),
      ...restLines(entry),
    ].join('\n')
  }

  /** The HTML form: complete, escaped, without script. */
  toHTML(): string {
    const { entry } = this
    const fields = entry.fields.slice(0, mostFields).map(partItem).join('')
    const given = (entry.arguments ?? []).map(partItem).join('')
    const parts = [
      `<div><strong><code>${safe(headline(entry))}</code></strong>`,
      ...about(entry).map((line) => `<div>${safe(line)}</div>`),
      given === ''
        ? ''
        : `<div style="${faintStyle}">arguments</div><ul role="list" style="${list}">${given}</ul>`,
      fields === ''
        ? ''
        : `<div style="${faintStyle}">${safe(memberTitle(entry))}</div><ul role="list" style="${list}">${fields}</ul>`,
      ...restLines(entry).map((line) => `<div style="${faintStyle}">${safe(line.trim())}</div>`),
      '</div>',
    ]
    return parts.join('')
  }

  /** What notebooks show. */
  [Symbol.for('Jupyter.display')](): Record<string, string> {
    return { 'text/plain': this.toString(), 'text/html': this.toHTML() }
  }

  /** Printed by `console.log`. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

const list = 'margin:.2em 0 .6em;padding-left:1.4em;list-style:none'
const struck = 'text-decoration:line-through'

function isMember({ name, of }: SchemaEntry): boolean {
  return name !== of
}

function headline(entry: SchemaEntry): string {
  const { kind, name, type } = entry
  return type === undefined || kind === 'value' ? `${kind} ${name}` : `${kind} ${name}: ${type}`
}

function memberTitle(entry: SchemaEntry): string {
  if (isMember(entry)) return `${entry.of} (show('${entry.of}'))`
  return entry.kind === 'enum' ? 'values' : entry.kind === 'union' ? 'one of' : 'fields'
}

function about({ description, deprecated }: SchemaPart): string[] {
  return [
    ...(description === undefined ? [] : [plain(description, longestDescription)]),
    ...(deprecated === undefined ? [] : [`deprecated: ${plain(deprecated, longestDescription)}`]),
  ]
}

function signature({ name, type, defaultValue, arguments: given = [] }: SchemaPart): string {
  const args = given.length === 0 ? '' : `(${given.map((each) => `${each.name}: ${each.type}`).join(', ')})`
  const value = defaultValue === undefined ? '' : ` = ${plain(defaultValue, 80)}`
  return `${name}${args}${type === undefined || type === name ? '' : `: ${type}`}${value}`
}

function partLines(part: SchemaPart, depth: number, mark: string): string[] {
  const pad = '  '.repeat(depth)
  const nested = (part.fields ?? []).flatMap((each) => partLines(each, depth + 1, ''))
  return [`${pad}${mark}${signature(part)}`, ...about(part).map((line) => `${pad}    ${line}`), ...nested]
}

function partItem(part: SchemaPart): string {
  const style = part.deprecated === undefined ? '' : ` style="${struck}"`
  const head = `<code${style}>${safe(signature(part))}</code>`
  const notes = about(part)
    .map((line) => ` <span style="${faintStyle}">${safe(line)}</span>`)
    .join('')
  if (part.fields === undefined || part.fields.length === 0) return `<li>${head}${notes}</li>`
  const inner = part.fields.map(partItem).join('')
  return `<li><details><summary style="cursor:pointer">${head}${notes}</summary><ul role="list" style="${list}">${inner}</ul></details></li>`
}

/** What is left out, where it is used, and what to look at next. */
function restLines({ name, of, fields, usedBy, ...entry }: SchemaEntry): string[] {
  const rest = fields.length - mostFields
  const types = [...(entry.arguments ?? []), ...fields].map(({ type = '' }) => type.replace(/[[\]!]/g, ''))
  const next = [...new Set(types)].filter((each) => !builtIn.has(each) && each !== of && each !== name)
  const hints = next.slice(0, 8).map((each) => `show('${each}')`)
  return [
    ...(rest > 0 ? [`  … and ${rest} more: xdr.schema.search('…') finds them`] : []),
    ...(usedBy.length > 0 ? [`used by ${usedBy.join(', ')}`] : []),
    ...(hints.length > 0 ? [`see ${hints.join(', ')}`] : []),
  ]
}

function safe(text: string): string {
  return escapeHtml(plain(text, 2000))
}
