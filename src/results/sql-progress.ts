import { currentScreen, type Live } from '../screen/screen.js'

/** Runs a query; one that takes longer than the screen is refreshed counts its seconds there, in one display. */
export async function withSeconds<T>(work: (signal: AbortSignal | undefined) => Promise<T>): Promise<T> {
  const screen = await currentScreen()
  const { signal } = screen
  if (screen.kind === 'none') return await work(signal)
  const startedAt = performance.now()
  const seconds = () => `${((performance.now() - startedAt) / 1000).toFixed(0)} s`
  let live: Live | undefined
  const timer = setInterval(() => {
    const view = { text: `SQL is running · ${seconds()}` }
    if (live === undefined) live = screen.show(view)
    else live.update(view)
  }, screen.refreshMs)
  try {
    return await work(signal)
  } finally {
    clearInterval(timer)
    live?.update({ text: `SQL ran ${seconds()}` })
  }
}
