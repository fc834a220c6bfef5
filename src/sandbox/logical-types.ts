import type { Column } from './cql-run.js'
import type { Alerts } from './data/alerts.js'
import { type Entity, entitiesOf } from './data/entities.js'

/** Names that stand for every field of a kind, whatever the type of event calls it; alerts have them as well. */
export const logicalTypes = ['@ip', '@domain', '@hash', '@host', '@user'] as const

const fieldsOf: Readonly<Record<(typeof logicalTypes)[number], RegExp>> = {
  '@ip': /(?<!email)_address$|^resolved$/,
  '@domain': /^(?:query_name|target_domain_name|uri_host)$/,
  '@hash': /_hash$/,
  '@host': /^hostname$/,
  '@user': /^(?:target_user_name|username)$/,
}

/** The logical types of one type of event, whose events all have the same fields. */
export function eventLogicalColumns(values: (row: number) => Record<string, unknown>): [string, Column][] {
  return logicalTypes.map((name) => {
    let fields: string[] | undefined
    const at = (row: number) => {
      const event = values(row)
      fields ??= Object.keys(event).filter((field) => fieldsOf[name].test(field))
      return fields.flatMap((field) => textsIn(event[field]))
    }
    return [name, { type: 'texts', at }]
  })
}

/** A hash is an object with one text for each way of hashing, an answer of DNS a list. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

const entitiesBehind: Readonly<Record<'@ip' | '@domain' | '@hash', Entity['type']>> = {
  '@ip': 'ipAddress',
  '@domain': 'domainName',
  '@hash': 'sha256',
}

/** The logical types of alerts: those of their entities. Hosts and users have quicker columns already. */
export function alertLogicalColumns(alerts: Alerts, hostname: Column, username: Column): [string, Column][] {
  const ofEntities = Object.entries(entitiesBehind).map(([name, wanted]): [string, Column] => [
    name,
    {
      type: 'texts',
      at: (row) => entitiesOf(alerts, row).flatMap(({ type, value }) => (type === wanted ? [value] : [])),
    },
  ])
  return [...ofEntities, ['@host', hostname], ['@user', username]]
}
