import { styleText } from 'node:util'

/** Colours only where a terminal shows them and `NO_COLOR` does not forbid it. */
export function paint(format: 'dim' | 'green' | 'red' | 'yellow', text: string): string {
  return process.stdout.isTTY && process.stdout.hasColors() ? styleText(format, text) : text
}
