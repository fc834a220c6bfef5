/** What kinds of JSON values stand at one place of the rows, as bits. */
export const kind = {
  null: 1,
  boolean: 2,
  integer: 4,
  decimal: 8,
  text: 16,
  object: 32,
  array: 64,
  /** Too deep, or with too many different names, to be told apart: it stays JSON. */
  unruly: 128,
} as const

/** How wide the integers of one place are. */
export const width = { int64: 0, uint64: 1, int128: 2, beyond: 3 } as const

/** Beyond these a nested object is taken as a map, whose keys are data, and nesting is no longer followed. */
export const mostNestedFields = 500
export const mostDepth = 24

/** A field of an object, in the order of first appearance. */
export interface ShapeField {
  readonly name: string
  /** The name as it stands in the rows, in its quotes and with its colon, one character a byte. */
  readonly prefix: string
  readonly shape: Shape
  /** Objects that have it. */
  count: number
  /** The object that had it last, to tell a name that comes twice. */
  lastObject: number
}

/** All values that stand at one place of the rows, as far as the choice of a column's type needs it. */
export class Shape {
  kinds = 0
  width: number = width.int64
  hasNegative = false
  /** An integer that a double may round. */
  hasLongInteger = false
  hasTime = false
  hasOtherText = false
  objectCount = 0
  readonly fields: ShapeField[] = []
  readonly fieldsByName = new Map<string, ShapeField>()
  items: Shape | undefined
}

/** A column of the table that rows become. */
export interface ColumnPlan {
  /** In the table: not empty, and unique whatever the case of its letters. */
  name: string
  /** In the rows. */
  source: string
  type: string
}

/**
 * Chooses a name and a type for every field of the rows. A type is chosen only where it keeps every value; else the
 * column is `JSON`, which keeps them all.
 *
 * @param times whether texts that are all UTC times become `TIMESTAMP`
 */
export function planColumns(rows: Shape, times: boolean): ColumnPlan[] {
  const taken = new Set<string>()
  return rows.fields.map(({ name: source, shape }) => {
    const name = freeName(source.replaceAll('\0', '') || '_', taken)
    taken.add(name.toLowerCase())
    return { name, source, type: sqlType(shape, times) }
  })
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  let name = wanted
  for (let i = 2; taken.has(name.toLowerCase()); i++) name = `${wanted}_${i}`
  return name
}

/** The narrowest SQL type that keeps every value of a shape. */
function sqlType(shape: Shape, times: boolean): string {
  switch (shape.kinds & ~kind.null) {
    case kind.boolean:
      return 'BOOLEAN'
    case kind.integer:
      return integerType(shape)
    case kind.decimal:
      return 'DOUBLE'
    case kind.integer | kind.decimal:
      return shape.hasLongInteger ? 'JSON' : 'DOUBLE'
    case kind.text:
      return times && shape.hasTime && !shape.hasOtherText ? 'TIMESTAMP' : 'VARCHAR'
    case kind.object:
      return structType(shape, times)
    case kind.array:
      return `${shape.items === undefined ? 'JSON' : sqlType(shape.items, times)}[]`
    default:
      return 'JSON'
  }
}

function integerType({ width: needed, hasNegative }: Shape): string {
  if (needed === width.int64) return 'BIGINT'
  if (needed === width.uint64 && !hasNegative) return 'UBIGINT'
  return needed === width.beyond ? 'JSON' : 'HUGEINT'
}

/** SQL has no structure without fields, with a nameless one, or with two whose names differ only in case. */
function structType({ fields }: Shape, times: boolean): string {
  const names = new Set(fields.map(({ name }) => name.toLowerCase()))
  const isNameable = names.size === fields.length && !fields.some(isUnfit)
  if (fields.length === 0 || !isNameable) return 'JSON'
  return `STRUCT(${fields.map(({ name, shape }) => `${quoteName(name)} ${sqlType(shape, times)}`).join(', ')})`
}

/** `__proto__` is a name that the engine's own objects lose. */
function isUnfit({ name }: ShapeField): boolean {
  return name === '' || name === '__proto__' || name.includes('\0')
}

/** Whether every object has all of its fields, so that a null of a table is a null of the rows. */
export function isComplete(shape: Shape): boolean {
  if (shape.items !== undefined && !isComplete(shape.items)) return false
  return shape.fields.every((field) => field.count === shape.objectCount && isComplete(field.shape))
}

/** A name as SQL takes it, whatever is in it. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** Text as SQL takes it. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
