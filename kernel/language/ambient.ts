/**
 * What every cell sees without an import, as types: the counterpart of what the kernel installs in `cell-globals.ts`,
 * `payloads.ts`, `dialogs.ts`, `comms.ts` and `type-checks.ts`.
 */
export const ambientText = `import type * as xdrlab from 'xdrlab'
declare global {
  const display: typeof xdrlab.display
  const newDisplay: typeof xdrlab.newDisplay
  const clearOutput: typeof xdrlab.clearOutput
  const input: typeof xdrlab.input
  const password: typeof xdrlab.password
  const table: typeof xdrlab.table
  const sql: typeof xdrlab.sql
  /** Opens and takes connections of widgets. */
  const comm: {
    registerTarget: typeof xdrlab.registerTarget
    open: typeof xdrlab.openComm
  }
  /** Shows a value in the front end's pager, apart from the outputs. */
  function page(value: unknown): Promise<void>
  /** Puts text into the next cell, or with \`replace\` into this one. */
  function setNextInput(text: string, options?: { replace?: boolean }): void
  /** Asks the person; an empty answer gives \`initial\`. */
  function prompt(message?: unknown, initial?: unknown): Promise<string>
  /** Asks for yes or no. */
  function confirm(message?: unknown): Promise<boolean>
  /** Shows a text, and waits until it is acknowledged. */
  function alert(message?: unknown): Promise<void>
  /** How the types of the next cells are checked: not at all, beside their execution, or before it. */
  function checkTypes(level: 'off' | 'warn' | 'strict'): void
}
export {}
`

/** The package of that name as notebooks use it: its displays are ours. */
export const tslabText = `import type * as xdrlab from 'xdrlab'
export declare const display: typeof xdrlab.display
export declare const newDisplay: typeof xdrlab.newDisplay
export declare const versions: { readonly tslab: string; readonly xdrlab: string; readonly typescript: string; readonly node: string }
declare const tslab: {
  readonly display: typeof xdrlab.display
  readonly newDisplay: typeof xdrlab.newDisplay
  readonly versions: typeof versions
}
export default tslab
`
