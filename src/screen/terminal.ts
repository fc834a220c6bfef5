import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { styleText } from 'node:util'
import { createLogUpdate } from 'log-update'
import { abortedError } from '../errors.js'
import { textWidth } from '../results/table-width.js'
import type { Question, Screen, View } from './screen.js'

/** Everything goes to stderr: stdout belongs to the data that a person pipes on. */
export const terminalScreen: Screen = {
  kind: 'terminal',
  signal: undefined,
  refreshMs: 1_000,
  ask: askTerminal,
  show: (view) => {
    const live = createLogUpdate(process.stderr, { showCursor: true })
    live(drawn(view))
    return { update: (next) => live(drawn(next)) }
  },
  note: (level, text) => void process.stderr.write(level === 'warning' ? `! ${text}\n` : `${text}\n`),
}

/** As much as there is room for: of what is higher than the terminal, the top would be cut off. */
function drawn({ text, shortText, styles = [] }: View): string {
  const { rows = Number.POSITIVE_INFINITY, columns = Number.POSITIVE_INFINITY } = process.stderr
  const isRoomy = hasRoom(text, rows, columns) || shortText === undefined
  const shown = isRoomy ? text : shortText
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
  const suffix = question.initial === undefined ? '' : ` [${question.initial}]`
  const prompt = `${question.label}${suffix}: `
  let echo = true
  const output = new Writable({
    write: (chunk, _encoding, done) => {
      if (echo) process.stderr.write(chunk)
      done()
    },
  })
  const lines = createInterface({ input: process.stdin, output, terminal: true, historySize: 0 })
  // Ctrl-C at the prompt ends the question, not the process with a half-written line.
  const interrupted = new AbortController()
  lines.on('SIGINT', () => interrupted.abort())
  try {
    const answer = lines.question(prompt, {
      signal: AbortSignal.any([interrupted.signal, ...(signal === undefined ? [] : [signal])]),
    })
    echo = question.hidden !== true
    const text = (await answer).trim()
    return text === '' ? (question.initial ?? '') : text
  } catch {
    throw abortedError(`the question for ${question.label}`)
  } finally {
    lines.close()
    if (question.hidden === true || interrupted.signal.aborted) process.stderr.write('\n')
  }
}
