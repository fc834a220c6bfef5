import type { Parameter } from './parameter-cell.js'
import { quoted, typeOfValue, typeText } from './parameter-types.js'

/** What a value is declared as; of a name that no cell declares, only the name is known. */
export type Declared = Pick<Parameter, 'name' | 'keyword' | 'annotation' | 'type'>

/** The cell that sets values: each declared again, with the type that it has, so that later cells keep theirs. */
export function codeOf(values: readonly { declared: Declared; value: unknown }[]): string {
  const lines = values.map(({ declared, value }) => {
    const { keyword, name } = declared
    return `${keyword} ${name}: ${typeOf(declared, value)} = ${valueText(value)}`
  })
  return ['// Parameters', ...lines].join('\n')
}

function typeOf({ annotation, type }: Declared, value: unknown): string {
  if (annotation !== undefined) return annotation
  return typeText(type.kind === 'any' ? typeOfValue(value) : type)
}

/** A value as an expression of TypeScript that makes it and does nothing else. */
export function valueText(value: unknown): string {
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
