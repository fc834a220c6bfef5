import type { Runtime } from 'node:inspector'
import type { SourceMap } from 'node:module'
import { type Cell, scriptPrefix } from './cell.js'
import { CellSyntaxError, type Script } from './transform.js'

const ownFolder = new URL('.', import.meta.url).href
const placeInCell = new RegExp(`${scriptPrefix}(\\d+):(\\d+):(\\d+)`, 'g')

/** Makes every stack of this process speak of cells: `cell [3]:2:5`, in the lines that the person typed. */
export class StackMapper {
  readonly #cells = new Map<number, { label: string; script: Script; map?: SourceMap }>()

  /** Keeps the way back to the cell's text: functions that it defines may throw in any later cell. */
  remember(cell: Cell, script: Script): void {
    this.#cells.set(cell.id, { label: cell.label, script })
  }

  /** Takes over the making of stacks, so that `console.log(error)` and `error.stack` are mapped as well. */
  install(): void {
    Error.prepareStackTrace = (error, frames) => {
      const lines = this.#clean(frames.map(String))
      return [headerOf(error), ...lines.map((line) => `    at ${line}`)].join('\n')
    }
  }

  /** A cell that V8 would not compile is thrown without a frame of the cell: gives it its place. */
  placed(thrown: unknown, details: Runtime.ExceptionDetails, cell: Cell): unknown {
    const isCompileError =
      thrown instanceof SyntaxError && details.scriptId !== undefined && !thrown.stack?.includes(cell.label)
    if (!isCompileError) return thrown
    this.#cells.get(cell.id)?.script.discard()
    const { line, column } = this.#originalOf(cell.id, details.lineNumber, details.columnNumber)
    return new CellSyntaxError(thrown.message, line, column)
  }

  /** Frames below the cell are ours; above it, Node's own say nothing to the person. */
  #clean(frames: string[]): string[] {
    const last = frames.findLastIndex((frame) => frame.includes(scriptPrefix))
    if (last < 0) return frames
    return frames
      .slice(0, last + 1)
      .filter((frame) => !frame.includes('node:internal/') && !frame.includes(ownFolder))
      .map((frame) =>
        frame.replace(placeInCell, (_all, id: string, line: string, column: string) => {
          const place = this.#originalOf(Number(id), Number(line) - 1, Number(column) - 1)
          return `${this.#cells.get(Number(id))?.label ?? 'cell'}:${place.line}:${place.column}`
        }),
      )
  }

  /** From 0-based places in the script to 1-based ones in the cell. */
  #originalOf(id: number, line: number, column: number): { line: number; column: number } {
    const cell = this.#cells.get(id)
    if (cell === undefined) return { line: line + 1, column: column + 1 }
    cell.map ??= cell.script.sourceMap()
    const entry = cell.map.findEntry(line, column)
    if (!('originalLine' in entry)) return { line: 1, column: 1 }
    return { line: entry.originalLine + 1, column: entry.originalColumn + 1 }
  }
}

function headerOf(error: Error): string {
  try {
    return Error.prototype.toString.call(error)
  } catch {
    return 'Error'
  }
}
