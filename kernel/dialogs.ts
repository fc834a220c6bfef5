import { activeCell } from './cell.js'
import { installProcessStdin } from './process-stdin.js'
import type { Stdin } from './stdin.js'

/**
 * The browser's `prompt`, `confirm` and `alert` as globals of the cells, and `process.stdin`. Where a browser waits,
 * these return promises: `const name = await prompt('Name?')`.
 */
export function installDialogs(stdin: Stdin): void {
  installProcessStdin(stdin)
  const ask = (prompt: string, label: string) =>
    stdin.ask(activeCell(), { prompt, label, isHidden: false, hint: 'give the value in the cell' })
  const dialogs = {
    async prompt(message: unknown = '', initial?: unknown): Promise<string> {
      const text = String(message)
      const answer = await ask(
        initial === undefined ? `${text} ` : `${text} [${initial}] `,
        text || 'An answer',
      )
      return answer === '' && initial !== undefined ? String(initial) : answer
    },
    async confirm(message: unknown = 'Confirm'): Promise<boolean> {
      return /^\s*y(es)?\s*$/i.test(await ask(`${message} [y/N] `, String(message)))
    },
    /** Where nobody can answer, the text alone is shown. */
    async alert(message: unknown = 'Alert'): Promise<void> {
      if (activeCell()?.allowStdin === true) await ask(`${message} [Enter] `, String(message))
      else process.stdout.write(`${message}\n`)
    },
  }
  for (const [name, value] of Object.entries(dialogs)) {
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false })
  }
}
