import { writeSync } from 'node:fs'
import { redactText } from './redact.js'

/**
 * One line on the kernel's own stderr, where the Jupyter server keeps its log. Written to the descriptor itself:
 * `process.stderr.write` belongs to the cells.
 */
export function log(text: string): void {
  try {
    writeSync(2, `xdrlab kernel: ${redactText(text)}\n`)
  } catch {
    // A full or closed pipe must never take the kernel down with it.
  }
}
