import { runBriefly } from '../brief.js'
import { type DryRun, dryRunText, isDryRun } from '../client/changes.js'
import { connect } from '../client/connect.js'
import { readOperation } from '../client/document.js'
import { errorsOf } from '../client/graphql-answer.js'
import { XdrError } from '../errors.js'
import { parseExactJson, stringifyExactJson } from '../json.js'
import { interruptSignal } from './interrupt.js'
import { startProgress } from './progress.js'
import { connectOptionsOf, providerOf, type WhereOptions } from './provider-option.js'
import { readText } from './read-text.js'
import { terminalTable } from './terminal-table.js'

interface QueryCommandOptions extends WhereOptions {
  variables?: string
  operation?: string
  strict?: boolean
  path?: string
  timeout: number
  json?: boolean
  yes?: boolean
  dryRun?: boolean
  check?: boolean
}

/** `xdrlab query <file|->`; exit code 1 also when the result, or a message of a subscription, was partial. */
export async function query(files: readonly string[], options: QueryCommandOptions): Promise<void> {
  if (options.check === true) return (await import('./query-check.js')).checkFiles(files, options)
  const [file = '', another] = files
  if (another !== undefined) {
    throw new XdrError('XDR_BAD_OPTION', 'query runs one document', {
      hint: 'run them one by one; --check takes several',
    })
  }
  const source = readText(file === '-' ? 0 : file, file === '-' ? 'standard input' : file)
  const variables = readVariables(options.variables)
  runBriefly()
  // Before anybody is asked to sign in for a document that cannot run.
  const { kind } = await readOperation(source, options.operation)
  const signal = interruptSignal()
  const client = await connect(providerOf(options), { ...connectOptionsOf(options), signal })
  if (kind === 'subscription') {
    const { streamLines } = await import('./stream-lines.js')
    await streamLines(client, source, variables, signal, {
      strict: options.strict ?? false,
      ...(options.path === undefined ? {} : { path: options.path }),
      ...(options.operation === undefined ? {} : { operationName: options.operation }),
    })
    return
  }
  // A mutation may ask, where a spinner would write over the question.
  const isAsking = kind === 'mutation' && options.yes !== true
  const stopProgress = isAsking
    ? undefined
    : startProgress(`waiting for ${new URL(client.target.origin).host}`)
  let data: Record<string, unknown> | DryRun
  try {
    data = await client.query(source, variables, {
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
  const isForPerson = process.stdout.isTTY && options.json !== true
  const text = isForPerson ? await textOf(data) : undefined
  process.stdout.write(`${text ?? stringifyExactJson(data, process.stdout.isTTY ? 2 : 0)}\n`)
  if (errorsOf(data).length > 0) process.exitCode = 1
}

function textOf(data: Record<string, unknown> | DryRun): string | undefined | Promise<string | undefined> {
  return isDryRun(data) ? dryRunText(data) : terminalTable(data)
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
