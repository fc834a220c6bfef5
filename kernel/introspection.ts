import { toUnits } from './code-points.js'
import { expressionAt } from './cursor-expression.js'
import type { Inspection } from './language/protocol.js'
import { type LiveValue, LiveWorld } from './live-world.js'

/** A tooltip holds this much; the rest is for detail level 1. */
const shortLines = 6
const shortLength = 600
const longestLength = 20_000

/** What types say of a place, if they say it in time; and what is missing, once. */
export interface TypedInspector {
  /** `null` where there is nothing to say, `undefined` where it did not come in time. */
  inspect(
    code: string,
    cursor: number,
    isDetailed: boolean,
    withinMs: number,
  ): Promise<Inspection | null | undefined>
  takeNote(): string | undefined
}

/** A tooltip may take longer than a completion, milliseconds. */
const typesWithinMs = 500

interface Told {
  text: string
  markdown: string
}

interface ToldValue extends Told {
  isFunction: boolean
}

/**
 * The content of an `inspect_reply`: what types say of the name at the cursor, and what it is now, told without running
 * anything of it.
 */
export async function inspectReply(
  code: string,
  cursorPos: unknown,
  isDetailed: boolean,
  typed?: TypedInspector,
): Promise<object> {
  const cursor = toUnits(code, cursorPos)
  // It is a process of its own, and thinks while we look.
  const types = typed?.inspect(code, cursor, isDetailed, typesWithinMs)
  const value = liveValue(code, cursor, isDetailed)
  const asked = await types
  const inspection = asked === null ? undefined : asked
  // For those who wonder where the types are.
  const metadata = {
    xdrlab: { types: typed === undefined ? 'off' : asked === undefined ? 'none in time' : 'known' },
  }
  const told: Told[] = []
  if (inspection !== undefined) told.push(inspection)
  if (inspection?.source !== undefined)
    told.push({ text: inspection.source, markdown: fenced(inspection.source) })
  // Of functions and classes the types have said it better.
  const isSaid =
    value?.isFunction === true && inspection !== undefined && (!isDetailed || inspection.source !== undefined)
  if (value !== undefined && !isSaid) told.push(value)
  if (told.length === 0) return { status: 'ok', found: false, data: {}, metadata }
  const note = asked === undefined ? typed?.takeNote() : undefined
  if (note !== undefined) told.push({ text: note, markdown: escapeMarkdown(note) })
  return {
    status: 'ok',
    found: true,
    data: {
      'text/plain': told.map(({ text }) => text).join('\n\n'),
      'text/markdown': told.map(({ markdown }) => markdown).join('\n\n'),
    },
    metadata,
  }
}

/** What the name at the cursor is now. */
function liveValue(code: string, cursor: number, isDetailed: boolean): ToldValue | undefined {
  const expression = expressionAt(code, cursor)
  using world = new LiveWorld()
  const value = expression === undefined ? undefined : world.look(expression)
  if (expression === undefined || value === undefined) return undefined
  const { kind, code: text, notes } = describe(world, value, isDetailed)
  const tail = notes.length > 0 ? `\n\n${notes.join('\n')}` : ''
  return {
    isFunction: value.type === 'function',
    text: `${expression}: ${kind}\n\n${text}${tail}`,
    markdown: `**${escapeMarkdown(expression)}**: ${escapeMarkdown(kind)}\n\n${fenced(text)}${tail}`,
  }
}

interface Description {
  kind: string
  code: string
  notes: string[]
}

function describe(world: LiveWorld, value: LiveValue, isDetailed: boolean): Description {
  const { type, objectId } = value
  if (type === 'function' && objectId !== undefined) return describeFunction(world, objectId, isDetailed)
  const kind = type === 'object' ? (value.className ?? value.subtype ?? type) : type
  if (objectId === undefined || type === 'symbol')
    return { kind, code: short(primitive(value), isDetailed), notes: [] }
  const shown = world.ask(objectId, preview, isDetailed ? 100 : 20)
  return { kind, code: typeof shown === 'string' ? shown : value.description, notes: [] }
}

function describeFunction(world: LiveWorld, objectId: string, isDetailed: boolean): Description {
  const told = world.ask(
    objectId,
    'function () { return [this.name, Function.prototype.toString.call(this)] }',
  )
  const [name, written] = Array.isArray(told) ? told.map(String) : []
  // A cell's `function f` is compiled to `let f = function`: V8 knows the name, the source has lost it.
  const source = (written ?? '').replace(/^((?:async )?function\*?) ?\(/, (_all, word) => `${word} ${name}(`)
  const isClass = /^class\b/.test(source)
  const parent = isClass
    ? world.ask(objectId, 'function () { const up = Object.getPrototypeOf(this); return up ? up.name : "" }')
    : ''
  const notes = typeof parent === 'string' && parent !== '' ? [`extends ${parent}`] : []
  const kind = isClass ? 'class' : /^async\b/.test(source) ? 'async function' : 'function'
  if (isDetailed || isClass) return { kind, code: short(source, isDetailed), notes }
  const signature = signatureOf(source)
  const body = short(source, false)
  return { kind, code: body === signature ? body : `${signature}\n\n${body}`, notes }
}

/** The source up to its body: `async function find(name, { limit = 10 } = {})`. */
function signatureOf(source: string): string {
  const from = source.indexOf('(')
  const arrow = source.indexOf('=>')
  if (from < 0 || (arrow >= 0 && arrow < from))
    return source.slice(0, Math.max(0, arrow) || shortLength).trim()
  let depth = 0
  for (let at = from; at < source.length; at++) {
    const char = source[at] ?? ''
    if ('([{'.includes(char)) depth++
    else if (')]}'.includes(char) && --depth === 0) return source.slice(0, at + 1)
    else if (char === '"' || char === "'" || char === '`') at = endOfString(source, at, char)
  }
  return source.slice(0, shortLength)
}

function endOfString(source: string, start: number, quote: string): number {
  let at = start + 1
  while (at < source.length && source[at] !== quote) at += source[at] === '\\' ? 2 : 1
  return at
}

function short(text: string, isDetailed: boolean): string {
  const limit = isDetailed ? longestLength : shortLength
  const cut = isDetailed ? text : text.split('\n').slice(0, shortLines).join('\n')
  return cut.length > limit || cut.length < text.length ? `${cut.slice(0, limit)}\n…` : cut
}

function primitive({ type, value, description }: LiveValue): string {
  return type === 'string' ? JSON.stringify(value) : description
}

/**
 * A line for each member, within V8's side-effect check: `util.inspect` would not pass it, and would call what the
 * cells have defined.
 */
const preview = `function (most) {
  const line = (value) => {
    if (typeof value === 'string') return JSON.stringify(value.length > 60 ? value.slice(0, 60) + '…' : value)
    if (typeof value === 'bigint') return value + 'n'
    if (typeof value === 'function') return /^class\\b/.test(Function.prototype.toString.call(value)) ? 'class ' + value.name : value.name + '()'
    if (typeof value !== 'object' || value === null) return String(value)
    if (Array.isArray(value)) return 'Array(' + value.length + ')'
    const made = Object.getPrototypeOf(value)
    const maker = made === null ? undefined : made.constructor
    return typeof maker === 'function' && maker.name !== 'Object' ? maker.name + ' {…}' : '{…}'
  }
  if (this instanceof Error) return String(this.stack)
  if (this instanceof Date) return isNaN(this) ? 'Invalid Date' : this.toISOString()
  if (this instanceof RegExp) return String(this)
  const lines = []
  if (this instanceof Map || this instanceof Set) {
    for (const item of this) {
      if (lines.length >= most) break
      lines.push(this instanceof Map ? '  ' + line(item[0]) + ' => ' + line(item[1]) : '  ' + line(item))
    }
    return '(' + this.size + ') {\\n' + lines.join('\\n') + (this.size > most ? '\\n  …' : '') + '\\n}'
  }
  if (Array.isArray(this) || ArrayBuffer.isView(this)) {
    for (let at = 0; at < this.length && at < most; at++) lines.push('  ' + line(this[at]))
    return '(' + this.length + ') [\\n' + lines.join('\\n') + (this.length > most ? '\\n  …' : '') + '\\n]'
  }
  for (const name of Object.getOwnPropertyNames(this)) {
    if (lines.length >= most) { lines.push('  …'); break }
    const property = Object.getOwnPropertyDescriptor(this, name)
    lines.push('  ' + name + ': ' + ('value' in property ? line(property.value) : '(get)'))
  }
  return '{\\n' + lines.join('\\n') + '\\n}'
}`

function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}typescript\n${text}\n${fence}`
}

function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|!]/g, '\\$&')
}
