import type { Live } from '../../screen/screen.js'
import { plain } from '../../text.js'
import type { ClientParts } from '../calls.js'

/** The count of a long reading, on the screen. */
export interface Progress {
  /** Takes note of a page that was handed on. */
  page(rows: number, total: number | undefined): void
  /** Shows how it ended, where anything was shown before. */
  end(how: 'read' | 'stopped' | 'failed'): void
}

/** Sooner than this nothing is shown: what is quick needs no count. Notebooks draw their sign-in far less often. */
const longestRefreshMs = 1000
const whereKept = 'what had come is kept: .collected of what toArray() was called on'
/** A rate over less than this is chance. */
const leastTimedMs = 1000

/**
 * Counts rows in one display that stays in its place.
 *
 * @param reading.name what is read; from a server or a document, so it is made plain
 * @param reading.limit rows wanted in all
 * @param reading.isCollected whether rows that have come are kept though the reading ends early
 */
export function startProgress(
  { screen, clock }: ClientParts,
  { name, limit, isCollected }: { name: string; limit: number; isCollected: boolean },
): Progress {
  const label = plain(name, 60)
  const startedAtMs = clock.monotonicMs()
  const refreshMs = Math.min(screen.refreshMs, longestRefreshMs)
  let shownAtMs = startedAtMs
  let live: Live | undefined
  let rows = 0
  let pages = 0
  const seconds = () => (clock.monotonicMs() - startedAtMs) / 1000
  const isTimed = () => clock.monotonicMs() - startedAtMs >= leastTimedMs
  const show = (text: string) => {
    if (live === undefined) live = screen.show({ text })
    else live.update({ text })
  }
  return {
    page: (count, total) => {
      rows += count
      pages++
      const nowMs = clock.monotonicMs()
      if (screen.kind === 'none' || nowMs - shownAtMs < refreshMs) return
      shownAtMs = nowMs
      const wanted = total === undefined ? undefined : Math.min(total, limit)
      const of = wanted === undefined ? '' : ` of ${inWords(wanted)}`
      show(`${label}: ${inWords(rows)}${of} rows${isTimed() ? timing(rows, pages, seconds(), wanted) : ''}`)
    },
    end: (how) => {
      if (live === undefined) return
      const ending = { read: 'read', stopped: 'read, then stopped', failed: 'read, then it failed' }[how]
      const took = isTimed()
        ? ` in ${timeInWords(seconds())} (${inWords(pages)} ${pages === 1 ? 'page' : 'pages'})`
        : ''
      const kept = isCollected && how !== 'read' && rows > 0 ? `; ${whereKept}` : ''
      show(`${label}: ${inWords(rows)} rows ${ending}${took}${kept}`)
    },
  }
}

function timing(rows: number, pages: number, seconds: number, wanted: number | undefined): string {
  const rate = rows / seconds
  const left =
    wanted === undefined || rate === 0 ? '' : ` · ${timeInWords(Math.max(0, wanted - rows) / rate)} left`
  return ` · ${inWords(pages)} ${pages === 1 ? 'page' : 'pages'} · ${inWords(Math.round(rate))} rows/s${left}`
}

function inWords(count: number): string {
  return count.toLocaleString('en')
}

function timeInWords(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
