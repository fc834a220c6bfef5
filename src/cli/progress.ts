/**
 * One line on stderr that counts the seconds, in a terminal and after the first of them.
 *
 * @returns takes the line away again
 */
export function startProgress(text: string): () => void {
  if (!process.stderr.isTTY) return () => {}
  const startedAt = performance.now()
  // Loaded with the first second: most answers are faster.
  let line: Promise<ReturnType<typeof import('log-update').createLogUpdate>> | undefined
  let isOver = false
  const timer = setInterval(async () => {
    line ??= import('log-update').then(({ createLogUpdate }) => createLogUpdate(process.stderr))
    const show = await line
    if (!isOver) show(`${text} · ${Math.round((performance.now() - startedAt) / 1000)} s`)
  }, 1000)
  return () => {
    isOver = true
    clearInterval(timer)
    line?.then((shown) => shown.clear())
  }
}
