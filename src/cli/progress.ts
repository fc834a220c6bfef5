/**
 * One line on stderr that counts the seconds, in a terminal and after the first of them.
 *
 * @returns takes the line away again
 */
export function startProgress(text: string): () => void {
  if (!process.stderr.isTTY) return () => {}
  const startedAt = performance.now()
  let line: ReturnType<typeof import('log-update').createLogUpdate> | undefined
  let isOver = false
  const timer = setInterval(async () => {
    // Loaded with the first second: most answers are faster.
    const { createLogUpdate } = await import('log-update')
    if (isOver) return
    line ??= createLogUpdate(process.stderr)
    line(`${text} · ${Math.round((performance.now() - startedAt) / 1000)} s`)
  }, 1000)
  return () => {
    isOver = true
    clearInterval(timer)
    line?.clear()
  }
}
