import { afterEach, beforeEach, vi } from 'vitest'

/**
 * Takes down what the library writes by itself while a test runs, in place of the terminal; for the top of a file.
 *
 * @returns gives what has been written so far
 */
export function takeDownWriting(): () => string {
  let written = ''
  beforeEach(() => {
    written = ''
    for (const stream of [process.stdout, process.stderr]) {
      vi.spyOn(stream, 'write').mockImplementation((chunk) => {
        written += String(chunk)
        return true
      })
    }
  })
  afterEach(() => {
    vi.restoreAllMocks()
  })
  return () => written
}
