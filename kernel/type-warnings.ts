import { faintStyle } from '../src/html-style.js'
import { escapeHtml, plain } from '../src/text.js'
import { caretLines, type ErrorContent } from './errors.js'
import type { Diagnostic } from './language/answers.js'

/** More than a person will read at once. */
const mostShown = 10
const longestLine = 500

/** A cell's problems as one small note, which a click folds up. */
export function describeProblems(code: string, problems: readonly Diagnostic[]): Record<string, string> {
  const title = titleOf(problems)
  const rows = problems.slice(0, mostShown).map((problem) => ({
    place: placeOf(code, problem),
    message: messageOf(problem),
    origin: originOf(problem),
  }))
  const rest = problems.length > mostShown ? `… and ${problems.length - mostShown} more` : ''
  const text = rows.map(
    ({ place, message, origin }) => `  ${place}  ${message.replaceAll('\n', '\n    ')}  ${origin}`,
  )
  const items = rows.map(
    ({ place, message, origin }) =>
      `<div style="white-space:pre-wrap;overflow-wrap:anywhere"><b>${place}</b>&nbsp; ${escapeHtml(message)} ` +
      `<span style="${faintStyle}">${escapeHtml(origin)}</span></div>`,
  )
  return {
    'text/plain': [`⚠ ${title}`, ...text, ...(rest === '' ? [] : [`  ${rest}`])].join('\n'),
    'text/html':
      '<details open style="font-size:0.85em;border-left:3px solid #d8a000;padding:2px 8px;margin:2px 0">' +
      `<summary style="cursor:pointer"><span aria-hidden="true">⚠</span> ${title}</summary>${items.join('')}${rest}</details>`,
  }
}

/** The error of a cell that was not run because of its problems. */
export function blockingError(code: string, errors: readonly Diagnostic[], label: string): ErrorContent {
  const [first] = errors
  const { line, column } = lineAndColumn(code, first?.start ?? 0)
  const message = first === undefined ? '' : messageOf(first)
  const blocks = errors.slice(0, mostShown).flatMap((each) => ['', ...problemLines(code, each, label)])
  const rest = errors.length > mostShown ? ['', `… and ${errors.length - mostShown} more`] : []
  return {
    ename: 'TypeCheckError',
    evalue: `${message.split('\n')[0]} (${label}:${line}:${column})`,
    traceback: [
      `TypeCheckError: ${titleOf(errors)}, nothing of the cell has run`,
      ...blocks,
      ...rest,
      '',
      "to run it all the same: checkTypes('warn'), or // @types warn in its first line",
    ],
  }
}

function problemLines(code: string, problem: Diagnostic, label: string): string[] {
  const { line, column } = lineAndColumn(code, problem.start)
  const message = `${messageOf(problem)}  ${originOf(problem)}`.split('\n')
  return [...message, `    at ${label}:${line}:${column}`, ...caretLines(code, line, column)]
}

function titleOf(problems: readonly Diagnostic[]): string {
  const errors = problems.filter(({ severity }) => severity === 'error')
  if (errors.length === 0) return counted(problems.length, 'note')
  const areTypes = errors.every(({ source }) => source === 'typescript')
  return counted(errors.length, areTypes ? 'type error' : 'error')
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}

function placeOf(code: string, { start }: Diagnostic): string {
  const { line, column } = lineAndColumn(code, start)
  return `${line}:${column}`
}

/** Both from 1; columns in UTF-16 units, as V8's stacks count them. */
function lineAndColumn(code: string, offset: number): { line: number; column: number } {
  const lines = code.slice(0, offset).split(/\r\n|[\n\r]/)
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 }
}

/** It quotes the cell, and through types what other programs have written: each line is made safe. */
function messageOf({ message }: Diagnostic): string {
  return message
    .split('\n')
    .map((line) => `${/^ */.exec(line)?.[0] ?? ''}${plain(line, longestLine)}`)
    .join('\n')
}

function originOf({ source, code }: Diagnostic): string {
  if (code === undefined) return ''
  return source === 'typescript' ? `ts(${code})` : `${source}(${code})`
}
