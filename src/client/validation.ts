import { statSync } from 'node:fs'
import { runsBriefly } from '../brief.js'
import { XdrError } from '../errors.js'
import type { ChosenSchema } from '../schema/choose.js'
import { describePlace } from '../schema/place-text.js'
import type { DocumentProblem } from '../schema/problems.js'
import { plain } from '../text.js'
import { within } from '../within.js'
import type { ClientParts } from './calls.js'

/** What every call with a document takes. */
export interface ValidationOptions {
  /**
   * `false` sends a document as it is. Default: one that the platform's schema refuses is not sent, where
   * that schema is known.
   */
  validate?: boolean
}

/**
 * A check waits no longer than this, milliseconds: then the server decides. It takes longer with the first
 * document of a process, and with a large schema too long for a query to wait for.
 */
const withinMs = 2_000
const withinMsOfLarge = 200
const largeBytes = 2 * 1024 * 1024
/** A file is not looked at with every query, milliseconds. */
const lookAgainMs = 30_000
const mostVerdicts = 1_000
const mostShown = 3

/** The thread that checks; loaded with the first document, since an `import()` costs a query a twentieth. */
let thread: typeof import('../schema/schema-worker.js')['schemaWorker'] | undefined

const schemas = new Map<string, { chosen: ChosenSchema | undefined; lookedAt: number }>()
const verdicts = new Map<string, { schema: string; problems: readonly DocumentProblem[] }>()

/** What a server may let pass although the specification does not. */
const lenient = new Set(['NoUnusedVariables', 'NoUnusedFragments'])

/**
 * Holds a document to the schema of the path that it is for, before it is sent. Only what is sure counts: the
 * schema that ships lacks much of what a platform has, so it finds only what is wrong whatever the schema is.
 *
 * @throws XdrError `XDR_QUERY_INVALID` with the line, a caret and the nearest names
 */
export async function checkBeforeSending(
  parts: ClientParts,
  source: string,
  url: URL,
  { validate }: ValidationOptions,
): Promise<void> {
  // What is over before a schema is read leaves the check to the server.
  if (validate === false || runsBriefly()) return
  const schema = await schemaFor(parts, url)
  if (schema === undefined) return
  const name = `${schema.place.hash} ${schema.place.gateway} ${schema.isWhole}`
  const known = verdicts.get(source)
  const problems = known?.schema === name ? known.problems : await judge(schema, source)
  if (problems === undefined) return
  if (known?.schema !== name) {
    if (verdicts.size >= mostVerdicts) verdicts.clear()
    verdicts.set(source, { schema: name, problems })
  }
  if (problems.length > 0) throw invalidQuery(parts, schema, source, problems)
}

/** The schema that a document for an address is held to. */
export async function schemaFor({ target, clock }: ClientParts, url: URL): Promise<ChosenSchema | undefined> {
  const now = clock.now()
  const known = schemas.get(url.href)
  if (known !== undefined && Math.abs(now - known.lookedAt) < lookAgainMs) return known.chosen
  const { gatewayOf, gatewaySchema } = await import('../schema/choose.js')
  const chosen = gatewaySchema(target, gatewayOf(target, url), now)
  schemas.set(url.href, { chosen, lookedAt: now })
  return chosen
}

/** After a refresh the file is another. */
export function forgetSchemas(): void {
  schemas.clear()
}

/** @returns `undefined` where the check cannot be had in time */
async function judge(schema: ChosenSchema, source: string): Promise<readonly DocumentProblem[] | undefined> {
  thread ??= (await import('../schema/schema-worker.js')).schemaWorker
  // The little that holds for any schema is not worth the start of a thread.
  if (!schema.isWhole && !thread.isReady) return undefined
  const kind = schema.isWhole ? 'all' : 'document'
  try {
    const { size } = statSync(schema.place.path)
    const verdict = thread.run('check', { place: schema.place, source, kind })
    const problems = await within(size > largeBytes ? withinMsOfLarge : withinMs, verdict)
    return problems?.filter(({ rule }) => !lenient.has(rule))
  } catch {
    // A schema that is damaged, or a thread that ended: the server has the last word anyhow.
    return undefined
  }
}

function invalidQuery(
  { target }: ClientParts,
  { kind, isWhole }: ChosenSchema,
  source: string,
  problems: readonly DocumentProblem[],
): XdrError {
  const { title } = target.provider
  const shown = problems.slice(0, mostShown).map((problem) => describeProblem(source, problem))
  const more = problems.length > mostShown ? `\n… and ${problems.length - mostShown} more` : ''
  const whose =
    isWhole && kind === 'live' ? `the schema of ${title} ${target.region} says so` : 'so says GraphQL'
  return new XdrError('XDR_QUERY_INVALID', `${shown.join('\n')}${more}`, {
    hint: `correct the document (${whose}); { validate: false } sends it as it is`,
  })
}

/** The message with its place, the line and a caret. */
function describeProblem(source: string, { message, places: [place] }: DocumentProblem): string {
  if (place === undefined) return plain(message)
  const { line, column, excerpt } = describePlace(source, place)
  return `${plain(message, 400)} (${line}:${column})\n${excerpt}`
}
