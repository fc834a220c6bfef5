import { types } from 'node:util'
import {
  clearOutput,
  type DisplayPort,
  display,
  input,
  newDisplay,
  password,
  useDisplayPort,
} from '../src/display.js'
import { activeCell } from './cell.js'
import { describeValue, loadTables } from './display.js'
import type { Iopub } from './iopub.js'
import type { Stdin } from './stdin.js'

/**
 * Puts the displays, the questions and `require` where every cell sees them, and any cell may shadow them. They are
 * the same functions that `xdrlab` exports.
 */
export function installCellGlobals(iopub: Iopub, stdin: Stdin, require: NodeJS.Require): void {
  useDisplayPort(createDisplayPort(iopub, stdin))
  const globals = { display, newDisplay, clearOutput, input, password, require }
  for (const [name, value] of Object.entries(globals)) defineGlobal(name, value)
}

/** Loads what shows tables, and puts `table` and `sql` where the others are: the first cells seldom need them. */
export async function loadResultGlobals(): Promise<void> {
  const [{ table }, { sql }] = await Promise.all([
    import('../src/results/table-function.js'),
    import('../src/results/sql.js'),
    loadTables(),
  ])
  if (areResultsDefined) return
  areResultsDefined = true
  for (const [name, value] of Object.entries({ table, sql })) {
    if (!(name in globalThis)) defineGlobal(name, value)
  }
}

/** Once in a process: what a cell has put in their place stays, and what it has deleted stays away. */
let areResultsDefined = false

function defineGlobal(name: string, value: unknown): void {
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false })
}

/**
 * Everything goes under the cell whose code shows it, a later cell's update of an earlier one's display as well: front
 * ends find the display by its id, and programs that run notebooks hear only the cell that they wait for.
 */
function createDisplayPort(iopub: Iopub, stdin: Stdin): DisplayPort {
  return {
    describe: (value) =>
      types.isPromise(value) ? value.then(describeValue, describeValue) : describeValue(value),
    publish({ id, isUpdate, data, metadata }) {
      const cell = activeCell()
      if (cell?.silent === true) return
      iopub.publish(cell?.request.header, isUpdate ? 'update_display_data' : 'display_data', {
        data,
        metadata,
        transient: { display_id: id },
      })
    },
    hold(work) {
      const pending = activeCell()?.pending
      const held = work.finally(() => pending?.delete(held))
      pending?.add(held)
    },
    clear(wait) {
      const cell = activeCell()
      if (cell?.silent !== true) iopub.publish(cell?.request.header, 'clear_output', { wait })
    },
    ask: (prompt, isHidden) =>
      stdin.ask(activeCell(), { prompt, label: prompt.replace(/[?:\s]+$/, '') || 'An answer', isHidden }),
  }
}
