import { GraphQLError } from 'graphql'
import type { CallContext } from './context.js'
import { parseCql } from './cql.js'
import { CqlError } from './cql-lexer.js'
import { type CqlAnswer, runCql, type Source } from './cql-run.js'
import type { World } from './data/world.js'

/** Runs CQL, with a wrong query as the GraphQL error that the platform gives. */
function orGraphQLError<T>(run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof CqlError)) throw error
    throw new GraphQLError(error.message, { extensions: { code: 'INVALID_QUERY' } })
  }
}

/** Runs `FROM <name> …` over one source. */
export function searchSource(
  cql: string,
  name: string,
  source: Source,
  now: number,
  visible: (row: number) => boolean,
): CqlAnswer {
  return orGraphQLError(() => {
    const query = parseCql(cql)
    const wrong = query.sources.find((from, i) => i > 0 || from.name.toLowerCase() !== name)
    if (wrong !== undefined) throw new CqlError(`only 'FROM ${name}' can be searched here`, wrong.place)
    return runCql(query, source, now, visible)
  })
}

/** The alerts that a query finds among those the person may see. */
export function searchAlerts(world: World, cql: string, context: CallContext): CqlAnswer {
  const visible = (row: number) => context.seesTenant(world.alerts.tenantRow(row))
  return searchSource(cql, 'alert', world.alertSource, world.now, visible)
}
