import { isatty } from 'node:tty'
import { XdrError } from '../errors.js'

/** The same content for every front end: `text` is required, `html` where there is markup of ours. */
export interface View {
  text: string
  /** The same with what can be gone without left out, for a terminal in which `text` has no room. */
  shortText?: string
  /** What a terminal with colours shows in which style. */
  styles?: readonly { text: string; style: 'bold' | 'green' | 'red' }[]
  /** Complete and already escaped; shown by notebooks. */
  html?: string
  /** Further MIME types, for programs that read the notebook's messages. */
  data?: Record<string, unknown>
}

/** A display that stays in its place and is updated. */
export interface Live {
  update(view: View): void
}

export interface Question {
  /** What is asked for, without colon: `Taegis username`. */
  label: string
  /** Taken when the person answers with nothing. */
  initial?: string | undefined
  /** Not echoed, not kept in history. */
  hidden?: boolean
}

/** Where a person is met: a notebook, a terminal, or nowhere. The kernel hands in its own. */
export interface Screen {
  readonly kind: 'notebook' | 'terminal' | 'none'
  /** Aborts when the person interrupts what runs now (stop button, Ctrl-C). */
  readonly signal: AbortSignal | undefined
  /** How often a live display is refreshed, milliseconds. */
  readonly refreshMs: number
  /**
   * Asks one question.
   *
   * @throws XdrError `XDR_INPUT_NEEDED` where nobody can answer, `XDR_ABORTED` when interrupted
   */
  ask(question: Question, signal?: AbortSignal): Promise<string>
  /** Shows a view that can be updated until the work is done; the last update stays. */
  show(view: View): Live
  /** One line of information or warning beside the output. */
  note(level: 'info' | 'warning', text: string): void
}

/** No person: notes go to stderr, questions fail at once with what to set. */
export const noScreen: Screen = {
  kind: 'none',
  signal: undefined,
  refreshMs: 60_000,
  ask: async (question) => {
    throw new XdrError('XDR_INPUT_NEEDED', `${question.label} is needed and there is nobody to ask`, {
      hint: 'set XDRLAB_USERNAME (or the username option), or run this in a terminal or a notebook',
    })
  },
  show: (view) => {
    process.stderr.write(`${view.text}\n`)
    return { update: (next) => void process.stderr.write(`${next.text}\n`) }
  },
  note: (level, text) => void process.stderr.write(level === 'warning' ? `warning: ${text}\n` : `${text}\n`),
}

let handedIn: Screen | undefined

/** Makes `screen` the one that every flow of this process uses. The kernel calls it once at its start. */
export function useScreen(screen: Screen): void {
  handedIn = screen
}

/** The screen handed in, else the terminal where there is one, else {@link noScreen}. */
export async function currentScreen(): Promise<Screen> {
  if (handedIn !== undefined) return handedIn
  // Asked of the system: the streams themselves take longer to make than a query to write.
  if (!isatty(0) || !isatty(2)) return noScreen
  return (await import('./terminal.js')).terminalScreen
}
