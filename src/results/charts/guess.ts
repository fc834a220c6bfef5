import type { FieldFacts } from './fields.js'

const longestShortText = 40
const isId = /(^|[._])(id|ids|uuid|guid|hash|md5|sha1|sha256)$|[a-z](Id|ID|Uuid|UUID)$/
const isMeasure =
  /(^|[._])(n|count|total|sum|avg|mean|min|max|value|amount|rows)$|_count$|Count$|^(count|sum|avg|min|max)[_(]/

export function firstTime(fields: readonly FieldFacts[]): string | undefined {
  return fields.find(({ kind }) => kind === 'time')?.name
}

export function firstNumber(fields: readonly FieldFacts[], except?: unknown): string | undefined {
  return fields.find(({ kind, name }) => kind === 'number' && name !== except && !isId.test(name))?.name
}

/** A text that says what kind of thing a row is: short, and not another one in every row. */
export function shortTexts(fields: readonly FieldFacts[]): string[] {
  const texts = fields.filter(
    ({ kind, length, filled }) => kind === 'text' && filled > 0 && length <= longestShortText,
  )
  const repeated = texts.filter(({ name, distinct, filled }) => distinct < filled && !isId.test(name))
  const other = texts.filter((field) => !repeated.includes(field) && !isId.test(field.name))
  return [...repeated, ...other].map(({ name }) => name)
}

/**
 * The number to draw where none was named: rows that are counted already (each value of `x` stands in one row, beside
 * a single number that is called like a measure or stands alone with it).
 */
export function measureBeside(
  x: string,
  fields: readonly FieldFacts[],
  sampleSize: number,
): string | undefined {
  const own = fields.find(({ name }) => name === x)
  if (own !== undefined && own.distinct < sampleSize) return undefined
  const numbers = fields.filter(({ kind, name }) => kind === 'number' && name !== x && !isId.test(name))
  const measures = numbers.filter(({ name }) => isMeasure.test(name))
  if (measures.length > 0 && fields.length <= 6) return measures[0]?.name
  return fields.length === 2 ? numbers[0]?.name : undefined
}
