import { isRecord } from '../src/record.js'
import type { Finding } from '../src/redaction/finder.js'
import { blanked, markOf } from './redact-marks.js'

/** Finds what is not to be seen in a text; `shapes` false leaves out what only looks like a secret. */
type Find = (text: string, shapes?: boolean) => Finding[]

/** Content that is no text: what looks like a key in it is chance. SVG is text. */
const binaryType = /^(?:image\/(?!svg)|audio\/|video\/|font\/|application\/(?:pdf|zip|octet-stream))/

/** A copy of a JSON value with a mark in place of each secret, in keys as well and where a list spells one out. */
export function withoutSecrets(value: unknown, find: Find, shapes?: boolean): unknown {
  if (typeof value === 'string') return blanked(value, find(value, shapes))
  if (Array.isArray(value)) return withoutListed(value, find, shapes)
  return isRecord(value) ? withoutInRecord(value, find, shapes) : value
}

function withoutListed(list: readonly unknown[], find: Find, shapes: boolean | undefined): unknown[] {
  const mark = spelled(list, find)
  return mark === undefined ? list.map((item) => withoutSecrets(item, find, shapes)) : [mark]
}

function withoutInRecord(record: Record<string, unknown>, find: Find, shapes: boolean | undefined) {
  // A typed array becomes a record of numbers.
  const mark = '0' in record ? spelled(Object.values(record), find) : undefined
  if (mark !== undefined) return { 0: mark }
  return Object.fromEntries(
    Object.entries(record).map(([key, item]) => [
      blanked(key, find(key, shapes)),
      withoutSecrets(item, find, binaryType.test(key) ? false : shapes),
    ]),
  )
}

/** The mark for a list of bytes or letters that is a secret. */
function spelled(list: readonly unknown[], find: Find): string | undefined {
  if (!list.every(isSmall)) return undefined
  const [found] = find(JSON.stringify(list), false)
  return found === undefined ? undefined : markOf(found.kind)
}

function isSmall(item: unknown): boolean {
  return typeof item === 'number' || (typeof item === 'string' && item.length <= 2)
}
