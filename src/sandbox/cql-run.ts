import type { CompareOperator, CqlExpression, CqlField, CqlQuery, CqlValue } from './cql.js'
import { CqlError } from './cql-lexer.js'

/** What a field of a source is, by row number. Text is compared without regard to case. */
export type Column =
  | {
      readonly type: 'number'
      at(row: number): number
      /** Words that stand for a range: from, up to and not including. */
      readonly words?: Readonly<Record<string, readonly [number, number]>>
    }
  | { readonly type: 'time'; at(row: number): number }
  | { readonly type: 'text'; at(row: number): string | null | undefined }
  | { readonly type: 'texts'; at(row: number): readonly string[] }
  /** A few values for many rows: compared once for each value, not for each row. */
  | { readonly type: 'coded'; code(row: number): number; readonly values: readonly (readonly string[])[] }

/** Rows that can be asked for, with their fields by lower-case name. */
export interface Source {
  readonly count: number
  readonly columns: ReadonlyMap<string, Column>
  /** The field behind EARLIEST and LATEST. */
  time(row: number): number
  /** The rows from `earliest` up to `latest`, both included, where a source knows a shorter way than looking at all. */
  range?(earliest: number, latest: number): { readonly first: number; readonly end: number }
}

export interface Group {
  readonly keys: readonly { readonly key: string; readonly value: string }[]
  readonly count: number
}

export interface CqlAnswer {
  /** Newest first where the query does not sort. */
  readonly rows: Uint32Array
  readonly groups: readonly Group[] | undefined
}

type Test = (row: number) => boolean

/**
 * Runs a query over a source.
 *
 * @param now where relative times start, milliseconds since 1970
 * @param visible rows that the person may see
 * @throws CqlError for fields and values that do not fit
 */
export function runCql(query: CqlQuery, source: Source, now: number, visible: Test): CqlAnswer {
  const { earliest, latest, test, sorts } = prepare(query, source, now)
  const { first, end } = source.range?.(earliest, latest) ?? { first: 0, end: source.count }
  const found = new Uint32Array(end - first)
  let size = 0
  for (let row = end - 1; row >= first; row--) {
    const time = source.time(row)
    if (time >= earliest && time <= latest && visible(row) && test(row)) found[size++] = row
  }
  let rows = found.slice(0, size)
  if (source.range === undefined) rows.sort((a, b) => source.time(b) - source.time(a) || b - a)
  let groups: readonly Group[] | undefined
  let sort = 0
  for (const pipe of query.pipes) {
    if (pipe.kind === 'sort') rows.sort(sorts[sort++])
    else if (pipe.kind === 'aggregate') groups = countBy(rows, pipe.by, source)
    else if (groups !== undefined) groups = cut(groups, pipe)
    else rows = cut(rows, pipe)
  }
  return { rows, groups }
}

/** Checks the fields and values of a query without running it. */
export function checkCql(query: CqlQuery, source: Source, now: number): void {
  prepare(query, source, now)
}

function prepare(query: CqlQuery, source: Source, now: number) {
  const earliest = query.earliest === undefined ? Number.NEGATIVE_INFINITY : readTime(query.earliest, now)
  const latest = query.latest === undefined ? Number.POSITIVE_INFINITY : readTime(query.latest, now)
  const test = query.where === undefined ? () => true : compile(query.where, source, now)
  const sorts: ((a: number, b: number) => number)[] = []
  for (const pipe of query.pipes) {
    if (pipe.kind === 'sort') sorts.push(compileSort(pipe.by, source))
    if (pipe.kind === 'aggregate') for (const field of pipe.by) columnOf(field, source)
  }
  return { earliest, latest, test, sorts }
}

function cut<T extends { slice(start: number, end?: number): T; readonly length: number }>(
  items: T,
  pipe: { kind: 'head' | 'tail'; count: number },
): T {
  return pipe.kind === 'head'
    ? items.slice(0, pipe.count)
    : items.slice(Math.max(0, items.length - pipe.count))
}

function columnOf(field: CqlField, source: Source): Column {
  const column = source.columns.get(field.name.toLowerCase())
  if (column === undefined) throw new CqlError(`unknown field '${field.name}'`, field.place)
  return column
}

function compile(expression: CqlExpression, source: Source, now: number): Test {
  switch (expression.kind) {
    case 'and': {
      const left = compile(expression.left, source, now)
      const right = compile(expression.right, source, now)
      return (row) => left(row) && right(row)
    }
    case 'or': {
      const left = compile(expression.left, source, now)
      const right = compile(expression.right, source, now)
      return (row) => left(row) || right(row)
    }
    case 'not': {
      const inner = compile(expression.inner, source, now)
      return (row) => !inner(row)
    }
    case 'compare':
      return compileCompare(expression, source, now)
  }
}

function compileCompare(
  { field, operator, values, place }: Extract<CqlExpression, { kind: 'compare' }>,
  source: Source,
  now: number,
): Test {
  const column = columnOf(field, source)
  const wrongOperator = (what: string) =>
    new CqlError(`${operator} does not work on ${what} '${field.name}'`, place)
  if (column.type === 'number' || column.type === 'time') {
    if (operator === 'CONTAINS' || operator === '!CONTAINS') throw wrongOperator(`the ${column.type}`)
    const tests = values.map((value) => {
      const [from, to] = column.type === 'time' ? timeRange(value, now) : numberRange(value, column, field)
      return numberTest(operator, from, to)
    })
    const one = (n: number) => tests.some((test) => test(n))
    return operator === '!IN' ? (row) => !one(column.at(row)) : (row) => one(column.at(row))
  }
  const matches = textTest(operator, values)
  if (matches === undefined) throw wrongOperator('the text')
  const negative = operator.startsWith('!')
  const any = (texts: readonly string[]) => texts.some(matches) !== negative
  switch (column.type) {
    case 'text':
      return (row) => {
        const text = column.at(row)
        return any(text === null || text === undefined ? [] : [text])
      }
    case 'texts':
      return (row) => any(column.at(row))
    case 'coded': {
      const answers = column.values.map(any)
      return (row) => answers[column.code(row)] === true
    }
  }
}

/** Where a value is a range (a word for a severity), `>` means above all of it and `=` means inside. */
function numberTest(operator: CompareOperator, from: number, to: number): (n: number) => boolean {
  const inside = (n: number) => (from === to ? n === from : n >= from && n < to)
  switch (operator) {
    case '!=':
      return (n) => !inside(n)
    case '>':
      return (n) => (from === to ? n > to : n >= to)
    case '>=':
      return (n) => n >= from
    case '<':
      return (n) => n < from
    case '<=':
      return (n) => (from === to ? n <= to : n < to)
    default:
      return inside
  }
}

/** The test for one text of a field; negation is the caller's. `undefined` for operators that need an order. */
function textTest(
  operator: CompareOperator,
  values: readonly CqlValue[],
): ((text: string) => boolean) | undefined {
  const wanted = new Set(values.map((value) => value.text.toLowerCase()))
  const [first = ''] = wanted
  switch (operator) {
    case '=':
    case '!=':
    case 'IN':
    case '!IN':
      return (text) => wanted.has(text.toLowerCase())
    case 'CONTAINS':
    case '!CONTAINS':
      return (text) => text.toLowerCase().includes(first)
    default:
      return undefined
  }
}

function numberRange(
  value: CqlValue,
  column: Extract<Column, { type: 'number' }>,
  field: CqlField,
): readonly [number, number] {
  if (/^-?\d+(\.\d+)?$/.test(value.text)) return [Number(value.text), Number(value.text)]
  const words = column.words?.[value.text.toLowerCase()]
  if (words === undefined) {
    throw new CqlError(`'${value.text}' is not a number, which '${field.name}' needs`, value.place)
  }
  return words
}

function timeRange(value: CqlValue, now: number): readonly [number, number] {
  const time = readTime(value, now)
  return [time, time]
}

const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/** `-7d` (m, h, d, w), `now`, or an ISO 8601 time. */
function readTime(value: CqlValue, now: number): number {
  const relative = /^-(\d{1,6})([mhdw])$/i.exec(value.text)
  if (relative !== null) return now - Number(relative[1]) * (units[(relative[2] ?? '').toLowerCase()] ?? 0)
  if (value.text.toLowerCase() === 'now') return now
  const time = /^\d{4}-\d\d-\d\d/.test(value.text) ? Date.parse(value.text) : Number.NaN
  if (Number.isNaN(time)) {
    throw new CqlError(`'${value.text}' is not a time such as -7d or 2026-01-31T12:00:00Z`, value.place)
  }
  return time
}

function compileSort(
  by: readonly { readonly field: CqlField; readonly descending: boolean }[],
  source: Source,
): (a: number, b: number) => number {
  const orders = by.map(({ field, descending }) => {
    const compare = compareColumn(columnOf(field, source))
    return descending ? (a: number, b: number) => compare(b, a) : compare
  })
  return (a, b) => {
    for (const order of orders) {
      const difference = order(a, b)
      if (difference !== 0) return difference
    }
    return 0
  }
}

function compareColumn(column: Column): (a: number, b: number) => number {
  if (column.type === 'number' || column.type === 'time') return (a, b) => column.at(a) - column.at(b)
  if (column.type === 'coded') {
    // Ranks once: comparing 100,000 rows by text would take a second.
    const order = column.values.map((texts) => texts.join(', '))
    const sorted = [...new Set(order)].sort()
    const ranks = order.map((text) => sorted.indexOf(text))
    return (a, b) => (ranks[column.code(a)] ?? 0) - (ranks[column.code(b)] ?? 0)
  }
  const text = (row: number) => textsAt(column, row).join(', ')
  return (a, b) => {
    const x = text(a)
    const y = text(b)
    return x < y ? -1 : x > y ? 1 : 0
  }
}

function textsAt(column: Column, row: number): readonly string[] {
  switch (column.type) {
    case 'number':
      return [String(column.at(row))]
    case 'time':
      return [new Date(column.at(row)).toISOString()]
    case 'text': {
      const text = column.at(row)
      return text === null || text === undefined ? [] : [text]
    }
    case 'texts':
      return column.at(row)
    case 'coded':
      return column.values[column.code(row)] ?? []
  }
}

/** Counts rows by the values of some fields, the largest group first. A field with several values counts for each. */
function countBy(rows: Uint32Array, by: readonly CqlField[], source: Source): Group[] {
  const columns = by.map((field) => columnOf(field, source))
  const counts = new Map<string, { values: readonly string[]; count: number }>()
  for (const row of rows) {
    for (const values of combinations(columns, row)) {
      const key = values.join('\u0000')
      const group = counts.get(key)
      if (group === undefined) counts.set(key, { values, count: 1 })
      else group.count++
    }
  }
  return [...counts.values()]
    .sort((a, b) => b.count - a.count || (a.values.join() < b.values.join() ? -1 : 1))
    .map(({ values, count }) => ({
      keys: by.map((field, i) => ({ key: field.name, value: values[i] ?? '' })),
      count,
    }))
}

function combinations(columns: readonly Column[], row: number): readonly (readonly string[])[] {
  let all: readonly (readonly string[])[] = [[]]
  for (const column of columns) {
    const texts = textsAt(column, row)
    const [only] = texts
    if (all.length === 1 && texts.length === 1 && only !== undefined) all = [[...(all[0] ?? []), only]]
    else all = all.flatMap((head) => (texts.length === 0 ? [''] : texts).map((text) => [...head, text]))
  }
  return all
}
