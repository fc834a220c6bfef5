import { Console } from 'node:console'
import { activeCell, type Cell } from './cell.js'

/** How much deeper a group is, as in Node. */
const groupIndentation = 2

/**
 * A console that prints through `process.stdout` and `process.stderr`, without colours: front ends show text as it is.
 * Groups belong to their cell, so that one that fails inside a group does not indent all that follow. Counters and
 * timers go from cell to cell.
 */
export function createConsole(): Console {
  const depths = new WeakMap<Cell, number>()
  const deepen = (by: number) => {
    const cell = activeCell()
    if (cell !== undefined) depths.set(cell, Math.max(0, (depths.get(cell) ?? 0) + by))
  }
  const indented = (stream: NodeJS.WriteStream): NodeJS.WritableStream =>
    Object.create(stream, {
      write: {
        value: (text: string) => {
          const cell = activeCell()
          const depth = cell === undefined ? undefined : depths.get(cell)
          if (depth === undefined || depth === 0) return stream.write(text)
          const indent = ' '.repeat(depth * groupIndentation)
          return stream.write(`${indent}${text.replace(/\n$/, '').replaceAll('\n', `\n${indent}`)}\n`)
        },
      },
    })
  // A console of our own: the inspector wraps the global one and keeps the last 1,000 arguments alive.
  const made = new Console({
    stdout: indented(process.stdout),
    stderr: indented(process.stderr),
    // An 'error' listener put on and off for each line is the price of the default; our write never fails.
    ignoreErrors: false,
    colorMode: false,
    inspectOptions: { maxArrayLength: 200, maxStringLength: 100_000 },
  })
  const group = (...label: unknown[]) => {
    if (label.length > 0) made.log(...label)
    deepen(1)
  }
  // Those of the inspector have no one to talk to here.
  const nothing = () => {}
  return Object.assign(made, {
    group,
    groupCollapsed: group,
    groupEnd: () => deepen(-1),
    profile: nothing,
    profileEnd: nothing,
    timeStamp: nothing,
    Console,
  })
}
