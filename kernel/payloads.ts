import { activeCell, type Cell } from './cell.js'
import { describeValue, type MimeBundle } from './display.js'

/** What an `execute_reply` asks the front end to do: classic front ends and consoles follow, others show nothing. */
export type Payload =
  | { source: 'page'; data: MimeBundle; start: number }
  | { source: 'set_next_input'; text: string; replace: boolean }

const payloads = new WeakMap<Cell, Payload[]>()

/** Takes what the cell has asked for. */
export function takePayloads(cell: Cell): Payload[] {
  const taken = payloads.get(cell) ?? []
  payloads.delete(cell)
  return taken
}

/** Puts `page` and `setNextInput` where every cell sees them, and any cell may shadow them. */
export function installPayloadGlobals(): void {
  const globals = { page, setNextInput }
  for (const [name, value] of Object.entries(globals)) {
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false })
  }
}

/** Shows a value in the front end's pager, apart from the outputs: text as it is, other values as displays are. */
async function page(value: unknown): Promise<void> {
  const cell = activeCell()
  const data = typeof value === 'string' ? { 'text/plain': value } : await describeValue(value)
  add(cell, { source: 'page', data, start: 0 })
}

/** Puts text into the next cell, or with `replace` into this one. */
function setNextInput(text: string, { replace = false }: { replace?: boolean } = {}): void {
  add(activeCell(), { source: 'set_next_input', text: String(text), replace })
}

function add(cell: Cell | undefined, payload: Payload): void {
  if (cell === undefined) return
  const all = payloads.get(cell) ?? []
  // The protocol has one of each: the last one counts.
  payloads.set(cell, [...all.filter(({ source }) => source !== payload.source), payload])
}
