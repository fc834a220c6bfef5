import { runsBriefly } from '../brief.js'
import { XdrError } from '../errors.js'
import { checkUrl } from '../http.js'
import { stringifyExactJson } from '../json.js'
import type { Target } from '../providers/target.js'
import { plain } from '../text.js'
import { type CallOptions, type ClientParts, runCall } from './calls.js'
import { type ChangeOptions, sendChange, weighChange } from './changes.js'
import { readRestAnswer } from './rest-answer.js'
import { checkSchema, type StandardSchema } from './schema.js'

type QueryValue = string | number | bigint | boolean | Date | null | undefined

/** Values after the `?`: a list repeats its name, `undefined` and `null` leave it out. */
export type RestQuery = Readonly<Record<string, QueryValue | readonly QueryValue[]>>

export interface RestOptions extends CallOptions {
  query?: RestQuery
  /** Checks and types the answer: `jsonSchema({ … })`, or what Zod, Valibot or ArkType make. */
  schema?: StandardSchema
}

export interface PostOptions extends RestOptions, ChangeOptions {
  /** `true` for a search that is sent by POST: it changes nothing, so it needs no `confirm` and is tried again. */
  safe?: boolean
}

/** @throws XdrError what the call ended with, or `XDR_BAD_RESPONSE` by the schema */
export async function getRest(parts: ClientParts, path: string, options: RestOptions): Promise<unknown> {
  const url = restUrl(parts.target, path, options.query)
  return callRest(parts, { method: 'GET', url, isRead: true }, options)
}

/** @throws XdrError `XDR_CONFIRM_NEEDED`, what the call ended with, or `XDR_BAD_RESPONSE` by the schema */
export async function postRest(
  parts: ClientParts,
  path: string,
  body: unknown,
  options: PostOptions,
): Promise<unknown> {
  const url = restUrl(parts.target, path, options.query)
  const isRead = options.safe === true
  const text = serialiseBody(body)
  const run = () => callRest(parts, { method: 'POST', url, body: text, isRead }, options)
  if (isRead && options.dryRun !== true) return run()
  const name = `POST ${url.pathname}`
  const planned = await weighChange(parts, { name, input: body }, options, options.tenant)
  return planned ?? sendChange(parts, name, run, options.tenant)
}

async function callRest(
  parts: ClientParts,
  call: { method: 'GET' | 'POST'; url: URL; body?: string | undefined; isRead: boolean },
  options: RestOptions,
): Promise<unknown> {
  const requestIds = parts.target.provider.requestIds ?? []
  const value = await runCall(
    parts,
    { ...call, read: (response, where, now) => readRestAnswer(response, where, now, requestIds) },
    options,
  )
  const { schema } = options
  const checked =
    schema === undefined
      ? value
      : await checkSchema(schema, value, `${call.method} ${call.url.origin}${call.url.pathname}`)
  if (typeof checked !== 'object' || checked === null || runsBriefly()) return checked
  return (await import('../results/table.js')).withTable(checked)
}

/**
 * The address of a path: from the origin where it begins with `/`, else from the API's base.
 *
 * @throws XdrError `XDR_BAD_URL` for another origin: the token is not for it
 */
export function restUrl(target: Target, path: string, query: Readonly<Record<string, unknown>> = {}): URL {
  const base = new URL(target.provider.rest?.base ?? '/', target.origin)
  if (typeof path !== 'string' || !URL.canParse(path, base.href)) {
    throw new XdrError('XDR_BAD_URL', `"${plain(path, 80)}" is no path`, {
      hint: 'give a path of the API, such as /assets/version',
    })
  }
  const url = new URL(path, base)
  if (url.origin !== base.origin) {
    throw new XdrError(
      'XDR_BAD_URL',
      `${plain(url.origin, 120)} is another server than ${base.origin}; the sign-in is not sent there`,
      { hint: 'give a path of this API; for another server make a client of its own with connect()' },
    )
  }
  for (const [name, value] of Object.entries(query)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== undefined && item !== null) url.searchParams.append(name, textOf(name, item))
    }
  }
  url.hash = ''
  return checkUrl(url.href, 'the address')
}

function textOf(name: string, value: unknown): string {
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString()
  if (['string', 'boolean', 'bigint'].includes(typeof value) || Number.isFinite(value)) return String(value)
  throw new XdrError(
    'XDR_BAD_OPTION',
    `the query value "${plain(name, 40)}" cannot be written into an address`,
    {
      hint: 'give a text, a number, true, false, a date, or a list of them',
    },
  )
}

function serialiseBody(body: unknown): string | undefined {
  if (body === undefined) return undefined
  try {
    return stringifyExactJson(body)
  } catch {
    throw new XdrError('XDR_BAD_OPTION', 'the body cannot be written as JSON', {
      hint: 'give plain values: texts, numbers, lists and objects of them, and no reference to themselves',
    })
  }
}
