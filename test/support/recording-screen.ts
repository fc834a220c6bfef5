import { countdownMimeType, signInMimeType } from '../../src/auth/sign-in-view.js'
import type { Question, Screen, View } from '../../src/screen/screen.js'

export interface RecordingScreen extends Screen {
  readonly asked: readonly Question[]
  /** One list for each display but the countdowns: its first view and every update. */
  readonly displays: readonly View[][]
  /** The same of the countdowns that stand below sign-ins. */
  readonly countdowns: readonly View[][]
  readonly notes: readonly { level: 'info' | 'warning'; text: string }[]
  /** The last view of the last display. */
  last(): View
  /** The code that the person sees now. */
  userCode(): string
  /** Everything that was ever shown, as one text. */
  everything(): string
}

/** A screen that keeps what it is given and answers questions from a list. */
export function recordingScreen(
  options: {
    kind?: 'notebook' | 'terminal' | 'none'
    answers?: string[]
    signal?: AbortSignal
    refreshMs?: number
  } = {},
): RecordingScreen {
  const asked: Question[] = []
  const displays: View[][] = []
  const countdowns: View[][] = []
  const notes: { level: 'info' | 'warning'; text: string }[] = []
  const answers = [...(options.answers ?? [])]
  const last = () => {
    const view = displays.at(-1)?.at(-1)
    if (view === undefined) throw new Error('nothing has been shown')
    return view
  }
  return {
    kind: options.kind ?? 'notebook',
    signal: options.signal,
    refreshMs: options.refreshMs ?? 1_000,
    asked,
    displays,
    countdowns,
    notes,
    ask: async (question) => {
      asked.push(question)
      return answers.shift() ?? question.initial ?? ''
    },
    show: (view) => {
      const views = [view]
      if (view.data !== undefined && countdownMimeType in view.data) countdowns.push(views)
      else displays.push(views)
      return { update: (next) => void views.push(next) }
    },
    note: (level, text) => void notes.push({ level, text }),
    last,
    userCode: () => {
      const data = last().data?.[signInMimeType]
      if (typeof data !== 'object' || data === null || !('user_code' in data))
        throw new Error('no code is shown')
      return String(data.user_code)
    },
    everything: () => JSON.stringify({ asked, displays, countdowns, notes }),
  }
}
