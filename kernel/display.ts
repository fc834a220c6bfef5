import { randomUUID } from 'node:crypto'
import { inspect } from 'node:util'
import type { View } from '../src/screen/screen.js'
import { activeCell, type Cell } from './cell.js'
import { describeThrown } from './errors.js'
import type { Iopub } from './iopub.js'
import { isRecord } from './json.js'

/** MIME type → content: text, or JSON for JSON types. */
export type MimeBundle = Record<string, unknown>

/** Objects that bring their own MIME bundle have a method of this name (a convention shared with Deno's kernel). */
const displayHook = Symbol.for('Jupyter.display')

const inspectOptions = {
  depth: 4,
  maxArrayLength: 100,
  maxStringLength: 10_000,
  breakLength: 100,
  numericSeparator: false,
}

let tableView: ((value: unknown) => View | undefined) | undefined

/** Loads the tables. They measure text, and what measures it takes longer to load than all else a kernel needs. */
export async function loadTables(): Promise<void> {
  tableView ??= (await import('../src/results/table.js')).tableView
}

/** How a value is shown. Never throws: a value that breaks while it is looked at is shown as that. */
export function describeValue(value: unknown): MimeBundle | Promise<MimeBundle> {
  try {
    const hook = isObject(value) ? Reflect.get(value, displayHook) : undefined
    if (typeof hook === 'function') {
      const made: unknown = hook.call(value)
      if (made instanceof Promise) return made.then((bundle) => asBundle(bundle, value)).catch(unshowable)
      return asBundle(made, value)
    }
    if (Array.isArray(value) && isObject(value[0])) {
      return tableView === undefined ? loadTables().then(() => describeList(value)) : describeList(value)
    }
    return inspected(value)
  } catch (error) {
    return unshowable(error)
  }
}

/** A list: as a table where it is one. */
function describeList(list: readonly unknown[]): MimeBundle {
  try {
    const view = tableView?.(list)
    return view === undefined ? inspected(list) : viewBundle(view)
  } catch (error) {
    return unshowable(error)
  }
}

function inspected(value: unknown): MimeBundle {
  return { 'text/plain': inspect(value, inspectOptions) }
}

/** A view of the library as a MIME bundle. */
export function viewBundle({ text, html, data }: View): MimeBundle {
  return { ...data, 'text/plain': text, ...(html === undefined ? {} : { 'text/html': html }) }
}

/** A display that can be changed after it is shown. */
export class DisplayHandle {
  /** Jupyter's `display_id`. */
  readonly id = randomUUID()
  readonly #iopub: Iopub
  readonly #cell: Cell | undefined

  constructor(iopub: Iopub, bundle: MimeBundle | Promise<MimeBundle>) {
    this.#iopub = iopub
    this.#cell = activeCell()
    this.#publish('display_data', bundle)
  }

  /** Shows something else in its place. */
  update(bundle: MimeBundle | Promise<MimeBundle>): void {
    this.#publish('update_display_data', bundle)
  }

  #publish(type: string, bundle: MimeBundle | Promise<MimeBundle>): void {
    const cell = this.#cell
    if (bundle instanceof Promise) {
      const shown = bundle
        .then((data) => this.#publish(type, data))
        .finally(() => cell?.pending.delete(shown))
      cell?.pending.add(shown)
    } else if (cell?.silent !== true) {
      this.#iopub.publish(cell?.request.header, type, {
        data: bundle,
        metadata: {},
        transient: { display_id: this.id },
      })
    }
  }
}

/** What a display hook returned, if it is a bundle; else the value's inspection. */
function asBundle(made: unknown, value: unknown): MimeBundle {
  return isRecord(made) && Object.keys(made).length > 0
    ? made
    : { 'text/plain': inspect(value, inspectOptions) }
}

function unshowable(error: unknown): MimeBundle {
  const [reason = ''] = describeThrown(error).split('\n')
  return { 'text/plain': `[a value that cannot be shown: ${reason}]` }
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}
