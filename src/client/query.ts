import { runsBriefly } from '../brief.js'
import { XdrError } from '../errors.js'
import { type CallOptions, type ClientParts, checkOptions, runCall } from './calls.js'
import type { ChangeOptions, DryRun } from './changes.js'
import { deliver } from './deliver.js'
import { type Operation, type QueryDocument, readOperation } from './document.js'
import { readAnswer } from './graphql-answer.js'
import { graphqlUrl, serialiseRequest } from './graphql-request.js'
import { checkBeforeSending, type ValidationOptions } from './validation.js'

export interface QueryOptions extends CallOptions, ChangeOptions, ValidationOptions {
  /** Which operation of the document runs; needed where it holds several. */
  operationName?: string
  /** Throw also when data arrived beside the errors. Default `false`: the data is given, the errors are shown. */
  strict?: boolean
}

/** What measures text for tables takes 20 ms to load. */
let tables: typeof import('../results/table.js') | undefined

/** A query or mutation that can be sent. */
interface PreparedOperation {
  operation: Operation
  source: string
  run: () => Promise<Record<string, unknown>>
}

/**
 * What `XdrClient.query` does, without a client: a command that asks once needs no more.
 *
 * @throws XdrError, GraphQLFailure
 */
export async function runQuery(
  parts: ClientParts,
  document: QueryDocument<unknown, never>,
  variables: unknown,
  options: QueryOptions = {},
): Promise<Record<string, unknown> | DryRun> {
  const { operation, source, run } = await prepareOperation(parts, document, variables, options)
  if (operation.kind === 'query' && options.dryRun !== true) return run()
  const { sendChange, weighChange } = await import('./changes.js')
  const change = { name: operation.fields.join(', '), input: variables, document: source }
  const planned = await weighChange(parts, change, options, options.tenant)
  return planned ?? sendChange(parts, change.name, run, options.tenant)
}

/**
 * Checks all that can be checked before something is sent.
 *
 * @throws XdrError
 */
export async function prepareOperation(
  parts: ClientParts,
  document: QueryDocument<unknown, never>,
  variables: unknown,
  options: QueryOptions,
): Promise<PreparedOperation> {
  checkOptions(options)
  const source = typeof document === 'string' ? document : document?.source
  const operation = await readOperation(source, options.operationName)
  if (operation.kind === 'subscription') {
    throw new XdrError('XDR_BAD_OPTION', 'query() runs no subscriptions', {
      hint: 'loop over it: for await (const data of xdr.subscribe(document, variables)) …',
    })
  }
  const body = serialiseRequest({ query: source, variables, operationName: options.operationName })
  const url = graphqlUrl(parts.target)
  await checkBeforeSending(parts, source, url, options)
  const isRead = operation.kind === 'query'
  const run = async () => {
    const call = { method: 'POST', url, body, isRead, read: readAnswer } as const
    const warn = (text: string) => parts.screen.note('warning', text)
    const data = deliver(await runCall(parts, call, options), options.strict === true, warn)
    if (runsBriefly()) return data
    tables ??= await import('../results/table.js')
    return tables.withTable(data)
  }
  return { operation, source, run }
}
