import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { styleText } from 'node:util'
import { abortedError } from '../errors.js'
import { textWidth } from '../results/table-width.js'
import { liveLines, wrapWords } from './live-lines.js'
import type { Live, Question, Screen, View } from './screen.js'

/** Everything goes to stderr: stdout belongs to the data that a person pipes on. */
export const terminalScreen: Screen = {
  kind: 'terminal',
  signal: undefined,
  get refreshMs() {
    return isDumb() ? 60_000 : 1_000
  },
  ask: askTerminal,
  show: (view) => (isDumb() ? showPlainly(view) : showLive(view)),
  note: (level, text) => void process.stderr.write(level === 'warning' ? `! ${text}\n` : `${text}\n`),
}

/** One that moves no cursor: an editor's shell, a log. */
function isDumb(): boolean {
  return process.env.TERM === 'dumb'
}

function showLive(view: View): Live {
  const { draw } = liveLines(process.stderr)
  draw(drawn(view))
  return { update: (next) => draw(drawn(next)) }
}

/** What is written stays; of an update only the lines that are new. */
function showPlainly(view: View): Live {
  let before: readonly string[] = []
  const update = ({ text, shortText = text }: View) => {
    const lines = shortText.split('\n')
    const fresh = lines.filter((line) => !before.includes(line))
    before = lines
    if (fresh.length > 0) process.stderr.write(`${fresh.join('\n')}\n`)
  }
  update(view)
  return { update }
}

/** As much as there is room for: of what is higher than the terminal, the top would be cut off. */
function drawn({ text, shortText, styles = [] }: View): string {
  const { rows = Number.POSITIVE_INFINITY, columns = Number.POSITIVE_INFINITY } = process.stderr
  const isRoomy = shortText === undefined || hasRoom(wrapWords(text, columns), rows, columns)
  const shown = wrapWords(isRoomy ? text : shortText, columns)
  if (!process.stderr.isTTY || !process.stderr.hasColors()) return shown
  return styles.reduce(
    (styled, { text: part, style }) => styled.replaceAll(part, styleText(style, part)),
    shown,
  )
}

/** Text may break at the terminal's width, a drawing not: it would be none any more. */
function hasRoom(text: string, rows: number, columns: number): boolean {
  let height = 0
  for (const line of text.split('\n')) {
    const width = textWidth(line)
    if (width > columns && /[▀▄█]/.test(line)) return false
    height += Math.max(1, Math.ceil(width / columns))
  }
  return height < rows
}

async function askTerminal(question: Question, signal?: AbortSignal): Promise<string> {
  const isHidden = question.hidden === true
  const suffix = question.initial === undefined ? '' : ` [${question.initial}]`
  const prompt = `${question.label}${suffix}: `
  const lines = createInterface({
    input: process.stdin,
    output: isHidden ? noEcho() : process.stderr,
    // Without it the terminal itself echoes what is typed, and a dumb one is spared all that moves its cursor.
    terminal: isHidden || !isDumb(),
    historySize: 0,
  })
  // Only now: what is typed before would be echoed by the terminal itself.
  if (isHidden) process.stderr.write(prompt)
  // Ctrl-C at the prompt ends the question, not the process with a half-written line; so does the end of the input.
  const interrupted = new AbortController()
  for (const event of ['SIGINT', 'close']) lines.once(event, () => interrupted.abort())
  try {
    const answer = lines.question(isHidden ? '' : prompt, {
      signal: AbortSignal.any([interrupted.signal, ...(signal === undefined ? [] : [signal])]),
    })
    const text = (await answer).trim()
    return text === '' ? (question.initial ?? '') : text
  } catch {
    throw abortedError(`the question for ${question.label}`)
  } finally {
    lines.close()
    if (isHidden) process.stderr.write('\n')
  }
}

function noEcho(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() })
}
