import { XdrError } from '../errors.js'
import { plain } from '../text.js'

/** What can stand in a search for a value. */
export type CqlValue = string | number | bigint | boolean | Date | readonly (string | number | bigint)[]

/** `-7d`, `-90m`, `now`; other times are written as texts. */
const relativeTime = /^(?:-\d{1,6}[smhdw]|now)$/i
const timeFollows = /\b(?:EARLIEST|LATEST)\s*=\s*$/i
const dateTime = /^\d{4}-\d\d-\d\d(?:[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?$/

/**
 * A search in the platform's language (CQL) with values in it: texts are quoted, so that a host's name can never become
 * a part of the search; lists stand in brackets, for `IN`; after `EARLIEST=` and `LATEST=` stands a time.
 *
 * @throws XdrError `XDR_BAD_OPTION` for what is no value, and for what is no time where one is needed
 * @example
 * xdr.alerts(cql`FROM alert WHERE hostname = ${host} AND status IN ${['OPEN']} EARLIEST=${'-7d'}`)
 */
export function cql(text: TemplateStringsArray, ...values: readonly CqlValue[]): string {
  const [first = '', ...rest] = text
  return rest.reduce((query, part, i) => {
    const value = values[i]
    return query + (timeFollows.test(query) ? timeText(value) : valueText(value)) + part
  }, first)
}

function timeText(value: unknown): string {
  if (value instanceof Date) return valueText(value)
  if (typeof value === 'string' && relativeTime.test(value)) return value
  if (typeof value === 'string' && dateTime.test(value)) return quoted(value)
  throw new XdrError('XDR_BAD_OPTION', `${plain(String(value), 60)} is no time for a search`, {
    hint: "give one such as '-7d', '-90m', '2026-01-31T12:00:00Z', or a Date",
  })
}

function valueText(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return quoted(value)
    case 'bigint':
    case 'boolean':
      return String(value)
    case 'number':
      if (Number.isFinite(value)) return String(value)
      break
    case 'object':
      if (value instanceof Date && !Number.isNaN(value.getTime())) return quoted(value.toISOString())
      if (Array.isArray(value) && value.length > 0) return `(${value.map(valueText).join(', ')})`
      break
  }
  const what = Array.isArray(value) ? 'an empty list' : plain(String(value), 60)
  throw new XdrError('XDR_BAD_OPTION', `${what} is no value for a search`, {
    hint: 'give a text, a number, a Date, or a list with something in it',
  })
}

/** A line break would end the text for the platform's reader. */
function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&').replace(/[\r\n]+/g, ' ')}'`
}
