import { runsBriefly } from '../brief.js'
import { XdrError } from '../errors.js'
import { isRecord } from '../record.js'
import { describePlace } from '../schema/place-text.js'
import { plain } from '../text.js'
import { type ClientParts, runCall } from './calls.js'
import { readAnswer } from './graphql-answer.js'
import { serialiseRequest } from './graphql-request.js'
import type { ValidationOptions } from './validation.js'

/** The search itself is not to wait longer for its check, milliseconds. */
const timeoutMs = 5_000
const mostVerdicts = 500
const mostShown = 3

/** Queries that were found right, of every platform of this process. */
const passed = new Set<string>()

interface Finding {
  description: string
  line: number
  /** From 0. */
  column: number
  /** The last one. */
  stopColumn: number
}

/**
 * Has the platform check an event query before it runs. Where the check cannot be had, the query runs as it is.
 *
 * @throws XdrError `XDR_QUERY_INVALID` with the line and a caret
 */
export async function checkEventQuery(
  parts: ClientParts,
  cql: string,
  {
    validate,
    tenant,
    signal,
  }: ValidationOptions & { tenant?: string | undefined; signal?: AbortSignal | undefined },
): Promise<void> {
  const { target } = parts
  const { queryValidator: validator } = target.provider
  if (validate === false || validator === undefined || runsBriefly()) return
  const url = new URL(validator.path, target.origin)
  const key = `${url.href} ${cql}`
  if (passed.has(key)) return
  const findings = await ask(parts, url, validator.field, cql, { tenant, signal })
  if (findings === undefined) return
  if (findings.length > 0) throw invalidEventQuery(parts, cql, findings)
  if (passed.size >= mostVerdicts) passed.clear()
  passed.add(key)
}

async function ask(
  parts: ClientParts,
  url: URL,
  field: string,
  cql: string,
  { tenant, signal }: { tenant: string | undefined; signal: AbortSignal | undefined },
): Promise<Finding[] | undefined> {
  const query = `query($query: String!) { ${field}(query: $query) { errors { description startLine startColumn stopColumn } } }`
  const body = serialiseRequest({ query, variables: { query: cql } })
  const call = { method: 'POST', url, body, isRead: true, tries: 1, renews: false, read: readAnswer } as const
  const options = {
    timeoutMs,
    ...(tenant === undefined ? {} : { tenant }),
    ...(signal === undefined ? {} : { signal }),
  }
  try {
    const { data, errors } = await runCall(parts, call, options)
    const result = data?.[field]
    if (errors.length > 0 || !isRecord(result) || !Array.isArray(result.errors)) return undefined
    return result.errors.filter(isRecord).map(readFinding)
  } catch (error) {
    // Stopped is stopped; whatever else keeps the check away does not keep the search away.
    if (error instanceof XdrError && error.code === 'XDR_ABORTED') throw error
    return undefined
  }
}

function readFinding(entry: Record<string, unknown>): Finding {
  const { description, startLine, startColumn, stopColumn } = entry
  const column = Math.max(0, Number(startColumn) || 0)
  return {
    description: plain(description ?? 'the platform gives no reason', 400),
    line: Math.max(1, Number(startLine) || 1),
    column,
    stopColumn: Math.max(column, Number(stopColumn) || 0),
  }
}

function invalidEventQuery({ target }: ClientParts, cql: string, findings: readonly Finding[]): XdrError {
  const starts = [
    0,
    ...[...cql.matchAll(/\r\n|[\n\r]/g)].map(({ 0: ending, index }) => index + ending.length),
  ]
  const shown = findings.slice(0, mostShown).map(({ description, line, column, stopColumn }) => {
    const start = (starts[line - 1] ?? 0) + column
    const place = describePlace(cql, { start, end: start + stopColumn - column + 1 })
    return `${description} (${line}:${column + 1})\n${place.excerpt}`
  })
  const more = findings.length > mostShown ? `\n… and ${findings.length - mostShown} more` : ''
  return new XdrError('XDR_QUERY_INVALID', `${shown.join('\n')}${more}`, {
    hint: `correct the query (${target.provider.title} says so); { validate: false } sends it as it is`,
  })
}

/** The event query that a subscription's document asks for, where it can be told. */
export async function eventQueryOf(source: string, variables: unknown): Promise<string | undefined> {
  if (!source.includes('eventQuery')) return undefined
  const { parse } = await import('graphql/language/parser.js')
  for (const definition of parse(source, { noLocation: true }).definitions) {
    if (definition.kind !== 'OperationDefinition' || definition.operation !== 'subscription') continue
    for (const selection of definition.selectionSet.selections) {
      if (selection.kind !== 'Field' || selection.name.value !== 'eventQuery') continue
      const value = selection.arguments?.find(({ name }) => name.value === 'query')?.value
      if (value?.kind === 'StringValue') return value.value
      const given =
        value?.kind === 'Variable' && isRecord(variables) ? variables[value.name.value] : undefined
      return typeof given === 'string' ? given : undefined
    }
  }
  return undefined
}
