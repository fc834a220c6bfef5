import type { Live, Screen, View } from '../screen/screen.js'
import { countdownView, endedCountdownView, pendingWithCountdown } from './sign-in-view.js'

/** What a person sees while they are in the browser. */
export interface PendingDisplay {
  /** Draws the time that is left. */
  tick(remainingMs: number): void
  /** Leaves one view in place of all. */
  end(view: View): void
}

/**
 * Shows address and code with a countdown. A notebook draws an updated output anew, which takes the focus off the
 * link, the selection off the code and a screen reader out of the text: there only the countdown, in a display of its
 * own, is updated.
 *
 * @param first a display that is on the screen already, and is used
 */
export function showPending(
  screen: Screen,
  pending: View,
  remainingMs: number,
  first: Live | undefined,
): PendingDisplay {
  if (screen.kind !== 'notebook') {
    const view = pendingWithCountdown(pending, remainingMs)
    const live = first ?? screen.show(view)
    first?.update(view)
    return {
      tick: (leftMs) => live.update(pendingWithCountdown(pending, leftMs)),
      end: (last) => live.update(last),
    }
  }
  const panel = screen.show(pending)
  const countdown = screen.show(countdownView(remainingMs))
  return {
    tick: (leftMs) => countdown.update(countdownView(leftMs)),
    end: (last) => {
      countdown.update(endedCountdownView)
      panel.update(last)
    },
  }
}
