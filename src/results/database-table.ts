import { currentScreen, type View } from '../screen/screen.js'
import { escapeHtml, plain } from '../text.js'
import type { Database, DatabaseColumn } from './database.js'
import { quoteName } from './database-shape.js'
import type { ExportedFile, ExportOptions } from './files-export.js'
import type { Row } from './table.js'

/** A table of the database; its value is shown as the number of its rows and a list of its columns. */
export class DatabaseTable {
  readonly name: string
  readonly rowCount: number
  readonly columns: readonly DatabaseColumn[]
  readonly database: Database

  constructor(database: Database, name: string, rowCount: number, columns: readonly DatabaseColumn[]) {
    this.database = database
    this.name = name
    this.rowCount = rowCount
    this.columns = columns
    Object.defineProperty(this, 'database', { enumerable: false })
  }

  /** Its rows one by one, in bounded memory. */
  async *rows(): AsyncGenerator<Row, void, undefined> {
    const { signal } = await currentScreen()
    for await (const batch of this.database.stream(`from ${quoteName(this.name)}`, [], signal))
      yield* batch.rows
  }

  /**
   * Writes the table to a file, in the format of its ending: `.parquet`, `.csv`, `.tsv`, `.ndjson`, `.arrow`, …
   *
   * @throws XdrError `XDR_FILE` where the file exists, or cannot be written
   */
  async exportTo(path: string, options: ExportOptions = {}): Promise<ExportedFile> {
    const { exportRows } = await import('./files-export.js')
    const { signal } = await currentScreen()
    const query = { text: quoteName(this.name), parameters: [] }
    return await exportRows(this.database, query, path, { ...options, signal })
  }

  /** `alerts: 12,345 rows, 14 columns` */
  toString(): string {
    const rows = `${this.rowCount.toLocaleString('en')} ${this.rowCount === 1 ? 'row' : 'rows'}`
    const columns = `${this.columns.length} ${this.columns.length === 1 ? 'column' : 'columns'}`
    return `${plain(this.name, 80)}: ${rows}, ${columns}`
  }

  async [Symbol.for('Jupyter.display')](): Promise<Record<string, string>> {
    const title = this.toString()
    const { tableView } = await import('./table.js')
    const view: View | undefined = tableView([...this.columns])
    if (view === undefined) return { 'text/plain': title }
    return {
      'text/plain': `${title}\n\n${view.text}`,
      'text/html': `<div><b>${escapeHtml(title)}</b></div>${view.html ?? ''}`,
    }
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

/** A table as it is in the database now. @throws XdrError `XDR_SQL` where there is none of that name */
export async function describeTable(database: Database, name: string): Promise<DatabaseTable> {
  return await database.withSession(async (session) => {
    const { rows } = await session.run(`select count(*) as n from ${quoteName(name)}`)
    const { columns } = await session.run(`select * from ${quoteName(name)} limit 0`)
    return new DatabaseTable(database, name, Number(rows[0]?.n), columns)
  })
}
