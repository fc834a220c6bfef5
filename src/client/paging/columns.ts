import type { ColumnPlan } from '../../results/database-shape.js'
import type { ColumnsQuestion } from '../../schema/document-columns.js'
import { within } from '../../within.js'
import type { ClientParts } from '../calls.js'
import { graphqlUrl } from '../graphql-request.js'
import { schemaFor } from '../validation.js'

/** An empty table is not worth a longer wait, milliseconds: a large schema takes seconds to read. */
const longestWaitMs = 5_000

/** The columns of a list by the platform's schema; `undefined` where it is not known, or does not know the list. */
export async function columnsBySchema(
  parts: ClientParts,
  question: ColumnsQuestion,
): Promise<readonly ColumnPlan[] | undefined> {
  const schema = await schemaFor(parts, graphqlUrl(parts.target))
  if (schema === undefined) return undefined
  const { schemaWorker } = await import('../../schema/schema-worker.js')
  try {
    const columns = await within(
      longestWaitMs,
      schemaWorker.run('columns', { place: schema.place, ...question }),
    )
    return columns?.map(({ name, type }) => ({ name, source: name, type }))
  } catch {
    // A schema that is damaged, or a thread that ended: the table then has no columns, which is said.
    return undefined
  }
}
