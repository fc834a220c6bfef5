import { textWidth } from '../../results/table-width.js'
import { paint } from '../paint.js'
import type { Finding, FindingState } from './finding.js'

const marks: Record<FindingState, string> = { ok: '✓', warning: '!', broken: '✗' }
const colours = { ok: 'green', warning: 'yellow', broken: 'red' } as const

/** A line for each finding, what to do below it, and how it is on the whole; as wide as the terminal. */
export function describeFindings(findings: readonly Finding[]): string {
  const width = process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY
  const titleWidth = Math.max(...findings.map(({ title }) => title.length))
  const indent = ' '.repeat(titleWidth + 4)
  const lines = findings.flatMap(({ state, title, what, todo }) => {
    const [first = '', ...more] = wrap(what, width - indent.length)
    const mark = paint(colours[state], marks[state])
    const toDo = todo === undefined ? [] : wrap(`→ ${todo}`, width - indent.length)
    return [
      `${mark} ${title.padEnd(titleWidth)}  ${first}`,
      ...[...more, ...toDo].map((line) => `${indent}${line}`),
    ]
  })
  return [...lines, '', summary(findings)].join('\n')
}

function summary(findings: readonly Finding[]): string {
  const count = (wanted: FindingState) => findings.filter(({ state }) => state === wanted).length
  const [broken, warnings] = [count('broken'), count('warning')]
  if (broken + warnings === 0) return 'All is well.'
  const parts = [
    ...(broken > 0 ? [`${broken} broken`] : []),
    ...(warnings > 0 ? [`${warnings} to look at`] : []),
  ]
  return `${parts.join(', ')}.`
}

/** Breaks at spaces; a word that is wider than a line is left whole, so that a path can be copied. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && textWidth(line) + 1 + textWidth(word) > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}
