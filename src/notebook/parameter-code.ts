import { plain } from '../text.js'
import type { Parameter } from './parameter-cell.js'
import { quoted, typeOfValue, typeText } from './parameter-types.js'

/** A value that fits its parameter. */
export interface SetValue {
  declared: Pick<Parameter, 'name' | 'keyword' | 'annotation' | 'type'>
  value: unknown
}

/**
 * The cell that sets values: each declared again, with the type that it has, so that later cells keep theirs.
 *
 * @param title its first line, as a comment
 */
export function codeOf(values: readonly SetValue[], title = 'Parameters'): string {
  const lines = values.map(({ declared, value }) => {
    const { keyword, name } = declared
    return `${keyword} ${name}: ${typeOf(declared, value)} = ${valueText(value)}`
  })
  return [`// ${plain(title)}`, ...lines].join('\n')
}

function typeOf({ annotation, type }: SetValue['declared'], value: unknown): string {
  return annotation ?? typeText(type.kind === 'any' ? typeOfValue(value) : type)
}

/** A value as an expression of TypeScript that makes it and does nothing else. */
function valueText(value: unknown): string {
  if (value instanceof Date) return `new Date(${quoted(value.toISOString())})`
  if (Array.isArray(value)) return `[${value.map(valueText).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(([name, each]) => `${memberText(name)}: ${valueText(each)}`)
    return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`
  }
  if (typeof value === 'string') return quoted(value)
  if (typeof value === 'bigint') return `${value}n`
  if (Object.is(value, -0)) return '-0'
  return String(value)
}

/** Written without brackets, that one name would set the prototype. */
function memberText(name: string): string {
  if (name === '__proto__') return '["__proto__"]'
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name)
}
