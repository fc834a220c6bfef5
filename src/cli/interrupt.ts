/**
 * Aborts at the first Ctrl-C (or SIGTERM, or the terminal's end), so that work ends tidily; a second one ends
 * the process at once.
 */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(130)
      controller.abort()
    })
  }
  return controller.signal
}
