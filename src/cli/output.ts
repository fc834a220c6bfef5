import { writeSync } from 'node:fs'
import { guardOutputs } from './outcome.js'

const stdoutFile = 1

/**
 * Writes to stdout without `process.stdout`, which takes as long to make as all of `whoami`. What the system
 * does not take at once (a pipe that does not block, a reader that is gone, a full disk) goes by
 * `process.stdout` after all. Only for a command that writes to stdout by nothing else.
 */
export function writeOut(text: string): void {
  const rest = process.platform === 'win32' ? Buffer.from(text) : writeDirectly(Buffer.from(text))
  if (rest.length === 0) return
  guardOutputs()
  process.stdout.write(rest)
}

/** @returns what is left to be written */
function writeDirectly(bytes: Buffer): Buffer {
  let written = 0
  try {
    while (written < bytes.length) written += writeSync(stdoutFile, bytes, written)
  } catch {
    // Whatever it was, the stream will meet it as well, and it knows what to do.
  }
  return bytes.subarray(written)
}
