import { isatty } from 'node:tty'
import { guardOutputs } from './outcome.js'

/**
 * One line on stderr that counts the seconds, after the first of them and in a terminal that can take it away again.
 *
 * @returns takes the line away again
 */
export function startProgress(text: string): () => void {
  // Asked of the system: the stream itself takes longer to make than a query to write.
  if (!isatty(2) || process.env.TERM === 'dumb') return () => {}
  const startedAt = performance.now()
  let line: import('../screen/live-lines.js').LiveLines | undefined
  let isOver = false
  const timer = setInterval(async () => {
    // Loaded with the first second: most answers are faster.
    const { liveLines } = await import('../screen/live-lines.js')
    if (isOver) return
    guardOutputs()
    line ??= liveLines(process.stderr)
    line.draw(`${text} · ${Math.round((performance.now() - startedAt) / 1000)} s`)
  }, 1000)
  return () => {
    isOver = true
    clearInterval(timer)
    line?.clear()
  }
}
