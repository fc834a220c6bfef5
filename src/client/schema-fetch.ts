import { XdrError } from '../errors.js'
import type { HttpResponse } from '../http.js'
import { gatewaysOf, ownerOf } from '../schema/choose.js'
import { mainPath } from '../schema/paths.js'
import { allGateways, type SchemaRecord, schemaPath, writeSchemaFile } from '../schema/schema-file.js'
import { schemaWorker } from '../schema/schema-worker.js'
import { snapshotOf } from '../schema/snapshot.js'
import { type ClientParts, runCall } from './calls.js'
import { graphqlUrl } from './graphql-request.js'
import { refusedError } from './refusal.js'

/** A schema of 10 MB comes as an answer three times as long. */
const mostBytes = 128 * 1024 * 1024
const timeoutMs = 120_000
const tries = 2

export interface FetchOptions {
  signal?: AbortSignal | undefined
  /** Nobody has asked for it: no sign-in begins, and no process waits. */
  isQuiet: boolean
}

/**
 * Asks a platform for the schema of each of its GraphQL paths, and keeps them. What a path does not tell is remembered;
 * the others count.
 *
 * @returns the schema of all paths together
 * @throws XdrError why the main path does not tell its own
 */
export async function fetchSchemas(
  parts: ClientParts,
  options: FetchOptions,
): Promise<SchemaRecord | undefined> {
  const { target } = parts
  const gateways = gatewaysOf(target.provider)
  const owner = ownerOf(target)
  for (const gateway of gateways) {
    try {
      await fetchOne(parts, gateway, options)
    } catch (error) {
      if (!(error instanceof XdrError)) throw error
      if (isFinal(error)) {
        const about = { ...owner, gateway, fetchedAt: parts.clock.now(), refused: error.message }
        writeSchemaFile(schemaPath(owner, gateway, 'refusal'), about, '')
      }
      if (gateway === mainPath) throw error
    }
  }
  const snapshot = snapshotOf(target)?.path
  const files = gateways.map((gateway) => ({ gateway, path: schemaPath(owner, gateway) }))
  const whole = { owner, gateways: files, snapshot, path: schemaPath(owner, allGateways) }
  return await schemaWorker.run('merge', whole, !options.isQuiet)
}

/** What the next try would not change. */
function isFinal({ code, status }: XdrError): boolean {
  return (
    code === 'XDR_BAD_RESPONSE' ||
    code === 'XDR_UNAUTHORIZED' ||
    (code === 'XDR_HTTP' && (status ?? 500) < 500)
  )
}

async function fetchOne(parts: ClientParts, gateway: string, options: FetchOptions): Promise<void> {
  const { target, clock } = parts
  const main = graphqlUrl(target)
  const url = gateway === mainPath ? main : new URL(gateway, target.origin)
  // The vendor's SDK asks the other paths for less: they refuse what they do not know.
  const questions = gateway === mainPath ? [true, false] : [false]
  for (const [i, asksDeprecatedInputs] of questions.entries()) {
    const body = await ask(parts, url, asksDeprecatedInputs, options)
    const owner = ownerOf(target)
    const told = { owner, gateway, body, fetchedAt: clock.now(), path: schemaPath(owner, gateway) }
    try {
      await schemaWorker.run('keep', told, !options.isQuiet)
      return
    } catch (error) {
      if (i < questions.length - 1) continue
      const why = error instanceof Error ? error.message : String(error)
      throw new XdrError(
        'XDR_BAD_RESPONSE',
        `${url.origin}${url.pathname} does not tell its schema: ${why}`,
        {
          hint: 'the schema that ships with xdrlab is used in its place',
        },
      )
    }
  }
}

async function ask(
  parts: ClientParts,
  url: URL,
  asksDeprecatedInputs: boolean,
  { isQuiet, signal }: FetchOptions,
): Promise<string> {
  // The one function: all of graphql-js costs 60 ms to load.
  const { getIntrospectionQuery } = await import('graphql/utilities/getIntrospectionQuery.js')
  const query = getIntrospectionQuery({ inputValueDeprecation: asksDeprecatedInputs })
  const call = {
    method: 'POST',
    url,
    body: JSON.stringify({ query, operationName: 'IntrospectionQuery' }),
    isRead: true,
    tries,
    renews: !isQuiet,
    read: readBody,
  } as const
  return await runCall(parts, call, {
    timeoutMs,
    maxBytes: mostBytes,
    ...(signal === undefined ? {} : { signal }),
  })
}

/** The body as it came; GraphQL errors stand in a body of status 400 as well. */
function readBody(response: HttpResponse, where: string, now: number): string {
  const { status, text } = response
  if (status === 200 || (status === 400 && text.trimStart().startsWith('{'))) return text
  throw refusedError(response, { where, requestId: undefined, body: undefined, said: undefined, now })
}
