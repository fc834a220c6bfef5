import { createLogUpdate } from 'log-update'

/**
 * One line on stderr that counts the seconds, in a terminal and after the first of them.
 *
 * @returns takes the line away again
 */
export function startProgress(text: string): () => void {
  if (!process.stderr.isTTY) return () => {}
  const line = createLogUpdate(process.stderr)
  const startedAt = performance.now()
  const timer = setInterval(
    () => line(`${text} · ${Math.round((performance.now() - startedAt) / 1000)} s`),
    1000,
  )
  return () => {
    clearInterval(timer)
    line.clear()
  }
}
