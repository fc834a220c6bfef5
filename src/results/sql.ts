import { XdrError } from '../errors.js'
import { currentScreen } from '../screen/screen.js'
import { plain } from '../text.js'
import { type Database, type DatabaseColumn, notebookDatabase } from './database.js'
import { quoteName } from './database-shape.js'
import { DatabaseTable, describeTable } from './database-table.js'
import type { ExportedFile, ExportOptions } from './files-export.js'
import { withSeconds } from './sql-progress.js'
import type { Row } from './table.js'

/** The name of a table or a column, as a value of `sql`. */
export class SqlName {
  readonly name: string

  constructor(name: string) {
    if (typeof name !== 'string' || name === '' || name.includes('\0')) {
      throw new XdrError('XDR_BAD_OPTION', 'a name in SQL is a text that is not empty', {
        hint: "for example sql.identifier('alerts')",
      })
    }
    this.name = name
  }
}

export interface Sql {
  /**
   * A query of the notebook's database. Values are bound, never put into the text; a list stands after `in`.
   * It runs when it is awaited, shown, or looped over.
   *
   * @throws XdrError `XDR_SQL`, `XDR_ABORTED`, `XDR_BAD_OPTION` when it runs
   * @example
   * await sql`select metadata.title, count(*) as n from alerts where status in (${['OPEN', 'NEW']}) group by all`
   */
  <T extends object = Row>(text: TemplateStringsArray, ...values: readonly unknown[]): SqlQuery<T>
  /** A name that comes from a variable: `sql.identifier('my table')`. */
  identifier(name: string): SqlName
  /** The same for another database than the notebook's. */
  on(database: Database): Sql
}

interface Statement {
  text: string
  parameters: readonly unknown[]
}

/** A query that has not run yet, or again: each await, loop or display runs it. */
export class SqlQuery<T extends object = Row> implements PromiseLike<T[]>, AsyncIterable<T> {
  readonly #statement: Statement
  readonly #database: () => Promise<Database>

  constructor(statement: Statement, database: () => Promise<Database>) {
    this.#statement = statement
    this.#database = database
  }

  /** Its text and its values, apart. */
  get statement(): Statement {
    return this.#statement
  }

  // biome-ignore lint/suspicious/noThenProperty: awaiting it is how it runs
  then<A = T[], B = never>(
    onRows?: ((rows: T[]) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#rows().then(onRows, onError)
  }

  catch<B>(onError: (error: unknown) => B | PromiseLike<B>): Promise<T[] | B> {
    return this.#rows().catch(onError)
  }

  finally(onEnd: () => void): Promise<T[]> {
    return this.#rows().finally(onEnd)
  }

  /** Row by row, in bounded memory. Temporary tables and transactions of other statements are not seen by it. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    const { text, parameters } = this.#statement
    const database = await this.#database()
    const { signal } = await currentScreen()
    for await (const batch of database.stream(text, parameters, signal)) yield* batch.rows as T[]
  }

  /**
   * Makes a table of the result, or replaces it.
   *
   * @throws XdrError `XDR_SQL`, `XDR_ABORTED`
   */
  async into(name: string): Promise<DatabaseTable> {
    const { text, parameters } = this.#single()
    const database = await this.#database()
    const table = quoteName(new SqlName(name).name)
    await withSeconds((signal) =>
      database.run(`create or replace table ${table} as ${text}`, parameters, signal),
    )
    return await describeTable(database, name)
  }

  /**
   * Writes the result to a file, in the format of its ending: `.parquet`, `.csv`, `.tsv`, `.ndjson`, `.jsonl`, `.json`,
   * `.arrow`, `.arrows`.
   *
   * @param path from the notebook's folder; `~` is your home
   * @throws XdrError `XDR_FILE` where the file exists, or cannot be written
   */
  async exportTo(path: string, options: ExportOptions = {}): Promise<ExportedFile> {
    const { exportRows } = await import('./files-export.js')
    const database = await this.#database()
    return await withSeconds((signal) => exportRows(database, this.#single(), path, { ...options, signal }))
  }

  async [Symbol.for('Jupyter.display')](): Promise<Record<string, unknown>> {
    const rows: object = await this.#rows()
    const show: unknown = Reflect.get(rows, Symbol.for('Jupyter.display'))
    return typeof show === 'function' ? show() : { 'text/plain': '(0 rows)' }
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `SqlQuery ${plain(this.#statement.text, 200)} (await it for its rows)`
  }

  async #rows(): Promise<T[]> {
    const { text, parameters } = this.#statement
    const database = await this.#database()
    const { rows, columns } = await withSeconds((signal) => database.run(text, parameters, signal))
    return (await shown(rows, columns)) as T[]
  }

  /** A statement that stands inside another one ends without a semicolon. */
  #single(): Statement {
    const { text, parameters } = this.#statement
    return { text: `(${text.replace(/[;\s]+$/, '')}\n)`, parameters }
  }
}

/** Rows that show themselves as a table, also where there are none. */
async function shown(rows: Row[], columns: readonly DatabaseColumn[]): Promise<Row[]> {
  // Loaded when first used: every kernel has this module, and tables measure text, which is slow to load.
  if (rows.length > 0) return (await import('./table.js')).withTable(rows)
  const text = `(0 rows${columns.length === 0 ? '' : ` of ${columns.map(({ name }) => plain(name, 40)).join(', ')}`})`
  return Object.defineProperty(rows, Symbol.for('Jupyter.display'), {
    value: () => ({ 'text/plain': text }),
    enumerable: false,
    configurable: true,
  })
}

function createSql(database: () => Promise<Database>): Sql {
  const tag = <T extends object = Row>(text: TemplateStringsArray, ...values: readonly unknown[]) =>
    new SqlQuery<T>(joinTemplate(text, values), database)
  return Object.assign(tag, {
    identifier: (name: string) => new SqlName(name),
    on: (other: Database) => createSql(async () => other),
  })
}

/** Queries of the notebook's database. */
export const sql: Sql = createSql(notebookDatabase)

function joinTemplate(strings: TemplateStringsArray, values: readonly unknown[]): Statement {
  if (!Array.isArray(strings?.raw)) {
    throw new XdrError('XDR_BAD_OPTION', 'sql is written in front of a text in backticks, without brackets', {
      hint: 'for example await sql`select * from alerts`',
    })
  }
  const parameters: unknown[] = []
  let text = ''
  for (const [i, raw] of strings.raw.entries()) {
    // As it is typed: a backslash in SQL is a backslash. Only the template's own marks need one before them.
    text += raw.replace(/\\([`$])/g, '$1')
    if (i < values.length) text += placeValue(values[i], text, parameters)
  }
  return { text, parameters }
}

/** What stands in the text for a value. */
function placeValue(value: unknown, before: string, parameters: unknown[]): string {
  if (value instanceof SqlName || value instanceof DatabaseTable) return quoteName(value.name)
  if (value instanceof SqlQuery) {
    const { text, parameters: inner } = value.statement
    const shift = parameters.length
    parameters.push(...inner)
    return text.replace(/\$p(\d+)/g, (_, position) => `$p${Number(position) + shift}`)
  }
  if (Array.isArray(value) && /\bin\s*\(\s*$/i.test(before)) {
    return value.length === 0 ? 'null' : value.map((item) => `$p${parameters.push(item)}`).join(', ')
  }
  return `$p${parameters.push(value)}`
}
