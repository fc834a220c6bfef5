import type { Runtime } from 'node:inspector'
import type { Cell } from './cell.js'
import { findScript, originalPlace, rememberScript, scriptPrefix } from './scripts.js'
import { CellSyntaxError } from './syntax.js'
import type { Script } from './transform.js'

const ownFolder = new URL('..', import.meta.url).href
const placeInScript = new RegExp(`(${scriptPrefix}(?:cell|file)-\\d+):(\\d+):(\\d+)`, 'g')
const ofScript = new RegExp(`${scriptPrefix}(?:cell|file)-\\d`)

/** Makes every stack of this process speak of cells: `cell [3]:2:5`, in the lines that the person typed. */
export class StackMapper {
  readonly #discards = new WeakMap<Cell, () => void>()

  /** Keeps the way back to the cell's text: functions that it defines may throw in any later cell. */
  remember(cell: Cell, script: Script): void {
    const { sourceMap, code } = script
    rememberScript(cell.scriptName, { label: cell.label, sourceMap, length: code.length })
    this.#discards.set(cell, script.discard)
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
    this.#discards.get(cell)?.()
    const script = findScript(cell.scriptName)
    const { line, column } = originalPlace(script, details.lineNumber, details.columnNumber)
    return new CellSyntaxError(thrown.message, line, column)
  }

  /** Frames below the cell are ours; above it, Node's own say nothing to the person. */
  #clean(frames: string[]): string[] {
    const last = frames.findLastIndex((frame) => ofScript.test(frame))
    // Of a library alone, as its own timers throw; a failure of ours keeps what shows where.
    if (last < 0) {
      const ours = frames.some((frame) => frame.includes(ownFolder))
      const others = frames.filter((frame) => !frame.includes(ownFolder) && !frame.includes('node:internal/'))
      return ours && others.length === 0 ? frames : others
    }
    return frames
      .slice(0, last + 1)
      .filter((frame) => !frame.includes('node:internal/') && !frame.includes(ownFolder))
      .map((frame) =>
        frame.replace(placeInScript, (_all, name: string, line: string, column: string) => {
          const script = findScript(name)
          const place = originalPlace(script, Number(line) - 1, Number(column) - 1)
          return `${script?.label ?? 'cell'}:${place.line}:${place.column}`
        }),
      )
  }
}

function headerOf(error: Error): string {
  try {
    return Error.prototype.toString.call(error)
  } catch {
    return 'Error'
  }
}
