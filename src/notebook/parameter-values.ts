import { plain } from '../text.js'
import { type ParameterType, quoted, typeText } from './parameter-types.js'

/** A value as it fits a type, or what is wrong with it, and where in it: `[2].name`. */
export type Fitted = { value: unknown; problem?: undefined } | { problem: string; path: string }

/** A value of a file, or of JSON, as it fits a type. */
export function fitValue(value: unknown, type: ParameterType): Fitted {
  switch (type.kind) {
    case 'any':
    case 'unclear':
      return { value }
    case 'string':
    case 'boolean':
    case 'undefined':
      return typeof value === type.kind ? { value } : wrong(value, type)
    case 'null':
      return value === null ? { value } : wrong(value, type)
    case 'number':
      return fitNumber(value)
    case 'bigint': {
      const whole = wholeOf(value)
      return whole === undefined ? wrong(value, type) : { value: whole }
    }
    case 'date':
      return fitDate(value)
    case 'literal': {
      const given = typeof type.value === 'bigint' ? wholeOf(value) : value
      return given === type.value ? { value: given } : wrong(value, type)
    }
    case 'union':
      return fitUnion(value, type)
    case 'array':
      return Array.isArray(value)
        ? fitItems(
            value,
            value.map(() => type.item),
          )
        : wrong(value, type)
    case 'tuple':
      return Array.isArray(value) && value.length === type.items.length
        ? fitItems(value, type.items)
        : wrong(value, type)
    case 'object':
      return fitObject(value, type)
  }
}

function fitNumber(value: unknown): Fitted {
  if (typeof value === 'bigint') {
    return { problem: `${value} is too large for a number; declare it as bigint or string`, path: '' }
  }
  return typeof value === 'number' && Number.isFinite(value) ? { value } : wrong(value, { kind: 'number' })
}

function wholeOf(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : undefined
}

/** Other texts than those of ISO 8601 mean different days to different people. */
function fitDate(value: unknown): Fitted {
  const isIso = typeof value === 'string' && /^\d{4}-\d\d-\d\d(?:[T ]|$)/.test(value)
  const date = isIso || value instanceof Date ? new Date(value) : undefined
  return date === undefined || Number.isNaN(date.getTime()) ? wrong(value, { kind: 'date' }) : { value: date }
}

function fitUnion(value: unknown, type: ParameterType & { kind: 'union' }): Fitted {
  const inner: Fitted[] = []
  for (const each of type.types) {
    const fitted = fitValue(value, each)
    if (fitted.problem === undefined) return fitted
    if (fitted.path !== '') inner.push(fitted)
  }
  // Where one of them is nearly right, what is wrong inside says more.
  const [only, ...more] = inner
  return only !== undefined && more.length === 0 ? only : wrong(value, type)
}

function fitItems(values: readonly unknown[], types: readonly ParameterType[]): Fitted {
  const fits: unknown[] = []
  for (const [index, type] of types.entries()) {
    const fitted = fitValue(values[index], type)
    if (fitted.problem !== undefined) return within(fitted, `[${index}]`)
    fits.push(fitted.value)
  }
  return { value: fits }
}

function fitObject(value: unknown, type: ParameterType & { kind: 'object' }): Fitted {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return wrong(value, type)
  const given = new Map(Object.entries(value))
  const types = new Map(type.fields.map((field) => [field.name, field.type]))
  const missing = type.fields.find(({ name, isOptional }) => !isOptional && !given.has(name))
  if (missing !== undefined) {
    return { problem: `lacks ${plain(missing.name, longestShown)} (${typeText(missing.type)})`, path: '' }
  }
  const fits: [string, unknown][] = []
  for (const [name, each] of given) {
    const fieldType = types.get(name) ?? type.others
    const at = `.${plain(name, longestShown)}`
    if (fieldType === undefined) return { problem: `is not a field of ${typeText(type)}`, path: at }
    const fitted = fitValue(each, fieldType)
    if (fitted.problem !== undefined) return within(fitted, at)
    fits.push([name, fitted.value])
  }
  return { value: Object.fromEntries(fits) }
}

function within(fitted: Fitted & { problem: string }, at: string): Fitted {
  return { problem: fitted.problem, path: `${at}${fitted.path}` }
}

function wrong(value: unknown, type: ParameterType): Fitted {
  return { problem: `${shown(value)} is not ${wanted(type)}`, path: '' }
}

function wanted(type: ParameterType): string {
  switch (type.kind) {
    case 'string':
      return 'a text'
    case 'number':
      return 'a number'
    case 'bigint':
      return 'a whole number'
    case 'boolean':
      return 'true or false'
    case 'date':
      return 'a date as 2026-01-31 or 2026-01-31T08:00Z'
    case 'union':
      return type.types.every(({ kind }) => kind === 'literal')
        ? `one of ${type.types.map(typeText).join(', ')}`
        : typeText(type)
    default:
      return typeText(type)
  }
}

const longestShown = 60

function shown(value: unknown): string {
  if (typeof value === 'string') return quoted(plain(value, longestShown))
  if (typeof value !== 'object') return String(value)
  const text = JSON.stringify(value, (_name, each: unknown) =>
    typeof each === 'bigint' ? String(each) : each,
  )
  return plain(text, longestShown)
}
