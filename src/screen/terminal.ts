import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { createLogUpdate } from 'log-update'
import { abortedError } from '../errors.js'
import type { Question, Screen } from './screen.js'

/** Everything goes to stderr: stdout belongs to the data that a person pipes on. */
export const terminalScreen: Screen = {
  kind: 'terminal',
  signal: undefined,
  refreshMs: 1_000,
  ask: askTerminal,
  show: (view) => {
    const live = createLogUpdate(process.stderr, { showCursor: true })
    live(view.text)
    return { update: (next) => live(next.text) }
  },
  note: (level, text) => void process.stderr.write(level === 'warning' ? `! ${text}\n` : `${text}\n`),
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
