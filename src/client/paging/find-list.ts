import { XdrError } from '../../errors.js'
import { isRecord } from '../../record.js'
import { plain } from '../../text.js'
import { valueAt } from './readers.js'
import { listNames } from './styles.js'

/** GraphQL wraps its rows in two or three objects; what lies deeper belongs to a row. */
const deepestList = 4

/**
 * The list nearest to the field in an answer.
 *
 * @returns its path from `data`; `undefined` where the answer holds none
 * @throws XdrError `XDR_BAD_OPTION` where several lie equally near and none has a usual name
 */
export function findList(body: unknown, key: string): readonly string[] | undefined {
  let level: { path: string[]; value: unknown }[] = [{ path: [key], value: valueAt(body, ['data', key]) }]
  for (let depth = 0; depth <= deepestList && level.length > 0; depth++) {
    const lists = level.filter(({ value }) => Array.isArray(value)).map(({ path }) => path)
    const named = lists.find((path) => listNames.includes(path.at(-1) ?? ''))
    const chosen = lists.length > 1 ? named : lists[0]
    if (chosen !== undefined) return chosen
    if (lists.length > 1) {
      const names = plain(lists.map((path) => path.slice(1).join('.')).join(', '), 160)
      throw new XdrError('XDR_BAD_OPTION', `the answer of ${plain(key, 60)} holds several lists: ${names}`, {
        hint: 'name the one whose entries are the rows: { rows: "…" }',
      })
    }
    level = level.flatMap(({ path, value }) =>
      isRecord(value)
        ? Object.entries(value).map(([name, inner]) => ({ path: [...path, name], value: inner }))
        : [],
    )
  }
  return undefined
}
