import { kind, type Shape, type ShapeField } from './database-shape.js'

/** A longer pattern takes longer to make than it saves. */
const mostFields = 400
/** Each field that may be missing is tried at every place where another one stands. */
const mostMissing = 50

const plainText = String.raw`[^"\\\x00-\x1f]*`
const text = String.raw`"${plainText}(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})${plainText})*"`
/** Days that every year has: the 29th of February is looked at by itself. */
const day = String.raw`(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)`
const time = String.raw`"(?!0000)\d{4}-${day}T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?Z"`
const exponent = String.raw`[eE][+-]?\d{1,3}`
const decimal = String.raw`-?(?:0|[1-9]\d{0,15})(?:\.\d{1,30}(?:${exponent})?|${exponent})`
/** Behind an entry: a comma and another one, or the end. */
const betweenFields = String.raw`(?:,(?!\})|(?=\}))`
const betweenItems = String.raw`(?:,(?!\])|(?=\]))`

/**
 * A pattern for rows that hold nothing but what a shape has seen already, written without spaces, in the order of its
 * fields: such a row changes nothing in the shape. A regular expression finds the end of one in a quarter of the time
 * that it takes to look at its values. It is linear in the length of the row, whatever the row holds.
 *
 * @returns `undefined` for a shape that is too large, or that no pattern describes
 */
export function rowPattern(rows: Shape): RegExp | undefined {
  const size = { fields: 0, missing: 0 }
  measure(rows, size)
  if (size.fields === 0 || size.fields > mostFields || size.missing > mostMissing) return undefined
  const source = objectPattern(rows)
  return source === undefined ? undefined : new RegExp(source, 'y')
}

function measure(shape: Shape, size: { fields: number; missing: number }): void {
  size.fields += shape.fields.length
  for (const field of shape.fields) {
    if (mayBeMissing(field, shape)) size.missing++
    measure(field.shape, size)
  }
  if (shape.items !== undefined) measure(shape.items, size)
}

function mayBeMissing({ count }: ShapeField, { objectCount }: Shape): boolean {
  return count < objectCount
}

function valuePattern(shape: Shape): string | undefined {
  const { kinds } = shape
  if ((kinds & kind.unruly) !== 0) return undefined
  const choices: (string | undefined)[] = []
  if ((kinds & kind.text) !== 0) choices.push(shape.hasOtherText ? text : time)
  if ((kinds & kind.decimal) !== 0) choices.push(decimal)
  if ((kinds & kind.integer) !== 0) choices.push(integerPattern(shape))
  if ((kinds & kind.object) !== 0) choices.push(objectPattern(shape))
  if ((kinds & kind.array) !== 0) choices.push(arrayPattern(shape))
  if ((kinds & kind.null) !== 0) choices.push('null')
  if ((kinds & kind.boolean) !== 0) choices.push('true', 'false')
  if (choices.length === 0 || choices.includes(undefined)) return undefined
  return choices.length === 1 ? choices[0] : `(?:${choices.join('|')})`
}

/** As many digits as change nothing: longer ones are looked at, since they may need a wider type. */
function integerPattern({ hasNegative, hasLongInteger }: Shape): string {
  return `${hasNegative ? '-?' : ''}(?:0|[1-9]\\d{0,${hasLongInteger ? 17 : 14}})`
}

function arrayPattern({ items }: Shape): string | undefined {
  if (items === undefined) return String.raw`\[\]`
  const item = valuePattern(items)
  return item === undefined ? undefined : String.raw`\[(?:${item}${betweenItems})*\]`
}

function objectPattern(shape: Shape): string | undefined {
  const hasAll = !shape.fields.some((field) => mayBeMissing(field, shape))
  const members: string[] = []
  for (const field of shape.fields) {
    const value = valuePattern(field.shape)
    if (value === undefined) return undefined
    const member = `${field.prefix.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}${value}`
    if (hasAll) members.push(member)
    else members.push(`(?:${member}${betweenFields})${mayBeMissing(field, shape) ? '?' : ''}`)
  }
  return String.raw`\{${members.join(hasAll ? ',' : '')}\}`
}
