import { isatty } from 'node:tty'
import { runBriefly } from '../brief.js'
import type { DryRun } from '../client/changes.js'
import { readOperation } from '../client/document.js'
import { errorsOf } from '../client/graphql-answer.js'
import { runQuery } from '../client/query.js'
import { signIn } from '../client/sign-in.js'
import { XdrError } from '../errors.js'
import { parseExactJson, stringifyExactJson } from '../json.js'
import { interruptSignal } from './interrupt.js'
import { writeOut } from './output.js'
import { startProgress } from './progress.js'
import { connectOptionsOf, providerOf, type WhereOptions } from './provider-option.js'
import { quietScreen } from './quiet-screen.js'
import { readText } from './read-text.js'

export interface QueryCommandOptions extends WhereOptions {
  variables?: string
  operation?: string
  strict?: boolean
  path?: string
  timeout: number
  json?: boolean
  yes?: boolean
  dryRun?: boolean
}

/**
 * `xdrlab query <file|->`; exit code 1 also when the result, or a message of a subscription, was partial.
 *
 * @returns `streamed` for a subscription, whose connection may still be closing
 */
export async function query(file: string, options: QueryCommandOptions): Promise<'answered' | 'streamed'> {
  const source = readText(file === '-' ? 0 : file, file === '-' ? 'standard input' : file)
  const variables = readVariables(options.variables)
  runBriefly()
  // Before anybody is asked to sign in for a document that cannot run.
  const { kind } = await readOperation(source, options.operation)
  const signal = interruptSignal()
  const screen = await quietScreen()
  const parts = await signIn(providerOf(options), { ...connectOptionsOf(options), screen, signal })
  if (kind === 'subscription') {
    const { streamLines } = await import('./stream-lines.js')
    await streamLines(parts, source, variables, signal, {
      strict: options.strict ?? false,
      ...(options.path === undefined ? {} : { path: options.path }),
      ...(options.operation === undefined ? {} : { operationName: options.operation }),
    })
    return 'streamed'
  }
  // A mutation may ask, where a spinner would write over the question.
  const isAsking = kind === 'mutation' && options.yes !== true
  const stopProgress = isAsking
    ? undefined
    : startProgress(`waiting for ${new URL(parts.target.origin).host}`)
  let data: Record<string, unknown> | DryRun
  try {
    data = await runQuery(parts, source, variables, {
      signal,
      confirm: options.yes ?? false,
      dryRun: options.dryRun ?? false,
      strict: options.strict ?? false,
      timeoutMs: Math.ceil(options.timeout * 1000),
      ...(options.operation === undefined ? {} : { operationName: options.operation }),
    })
  } finally {
    stopProgress?.()
  }
  const isTerminal = isatty(1)
  const text = isTerminal && options.json !== true ? await textOf(data) : undefined
  writeOut(`${text ?? stringifyExactJson(data, isTerminal ? 2 : 0)}\n`)
  if (errorsOf(data).length > 0) process.exitCode = 1
  return 'answered'
}

/** What a person reads in a terminal, where there is something better than JSON. */
async function textOf(data: Record<string, unknown> | DryRun): Promise<string | undefined> {
  // Loaded for a person alone: a pipe goes without.
  const { dryRunText, isDryRun } = await import('../client/changes.js')
  return isDryRun(data) ? dryRunText(data) : (await import('./terminal-table.js')).terminalTable(data)
}

function readVariables(option: string | undefined): Record<string, unknown> {
  if (option === undefined) return {}
  const text = option.startsWith('@') ? readText(option.slice(1), option.slice(1)) : option
  try {
    const value = parseExactJson(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  } catch {
    // Said below, for both ways to be wrong.
  }
  throw new XdrError('XDR_BAD_OPTION', '--variables is not a JSON object', {
    hint: `write it like --variables '{"limit": 10}', or --variables @file.json`,
  })
}
