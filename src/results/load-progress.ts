import type { Live, Screen } from '../screen/screen.js'
import { plain } from '../text.js'

/** What of the rows has come. */
export interface Loaded {
  rows: number
  bytes: number
}

/** Counts rows on the screen where they take longer than it is refreshed. */
export function startProgress(name: string, screen: Screen, isShown: boolean) {
  let live: Live | undefined
  let shownAtMs = performance.now()
  const show = (text: string) => {
    if (live === undefined) live = screen.show({ text })
    else live.update({ text })
  }
  return {
    update: ({ rows, bytes }: Loaded) => {
      const nowMs = performance.now()
      if (!isShown || screen.kind === 'none' || nowMs - shownAtMs < screen.refreshMs) return
      shownAtMs = nowMs
      show(`${plain(name, 80)}: ${rows.toLocaleString('en')} rows, ${megabytes(bytes)}`)
    },
    store: ({ rows, bytes }: Loaded) => {
      if (live !== undefined)
        show(`${plain(name, 80)}: ${rows.toLocaleString('en')} rows, ${megabytes(bytes)}, into the table`)
    },
    end: (text: string) => live?.update({ text }),
  }
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6).toLocaleString('en')} MB`
}
