import { plain } from '../text.js'
import type { Parameter } from './parameter-cell.js'
import { typeOfValue } from './parameter-inference.js'
import { isUnclear, memberName, quoted, typeText } from './parameter-types.js'

/** A value that fits its parameter. */
export interface SetValue {
  declared: Pick<Parameter, 'name' | 'keyword' | 'annotation' | 'type'>
  value: unknown
}

/** The longest list or object that is written on one line. */
const longestLine = 100

/**
 * The cell that sets values: each declared again, with the type that it has, so that later cells keep theirs.
 *
 * @param title its first line, as a comment
 */
export function codeOf(values: readonly SetValue[], title = 'Parameters'): string {
  const lines = values.map(({ declared, value }) => {
    const { keyword, name } = declared
    return `${keyword} ${name}: ${typeOf(declared, value)} = ${valueText(value, '')}`
  })
  return [`// ${plain(title)}`, ...lines].join('\n')
}

function typeOf({ annotation, type }: SetValue['declared'], value: unknown): string {
  return annotation ?? typeText(isUnclear(type) ? typeOfValue(value) : type)
}

/** A value as an expression of TypeScript that makes it and does nothing else. */
export function valueText(value: unknown, indent = ''): string {
  if (value instanceof Date) return `new Date(${quoted(value.toISOString())})`
  const inner = `${indent}  `
  if (Array.isArray(value)) {
    const items = value.map((item) => valueText(item, inner))
    return listText(items, { open: '[', close: ']', gap: '' }, indent)
  }
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(([name, each]) => `${keyText(name)}: ${valueText(each, inner)}`)
    return listText(members, { open: '{', close: '}', gap: ' ' }, indent)
  }
  if (typeof value === 'string') return quoted(value)
  if (typeof value === 'bigint') return `${value}n`
  return Object.is(value, -0) ? '-0' : String(value)
}

/** On one line where it is short, else a line for each. */
function listText(
  items: readonly string[],
  { open, close, gap }: { open: string; close: string; gap: string },
  indent: string,
): string {
  if (items.length === 0) return open + close
  const line = `${open}${gap}${items.join(', ')}${gap}${close}`
  if (line.length <= longestLine && !line.includes('\n')) return line
  return `${open}\n${items.map((item) => `${indent}  ${item},\n`).join('')}${indent}${close}`
}

/** Without brackets, that one name would set the prototype. */
function keyText(name: string): string {
  return name === '__proto__' ? '["__proto__"]' : memberName(name)
}
