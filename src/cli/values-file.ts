import { XdrError } from '../errors.js'
import { plain } from '../text.js'
import { readText } from './read-text.js'

/** Deeper than anybody writes, and not so deep that nothing can walk it. */
const deepest = 100

/**
 * The names and values of a YAML or JSON file.
 *
 * @throws XdrError `XDR_BAD_OPTION` where it cannot be read, or holds something else
 */
export async function readValues(file: string): Promise<[name: string, value: unknown][]> {
  const name = plain(file, 200)
  const values = await parseYaml(readText(file, name), name)
  if (values === null) return []
  if (typeof values !== 'object' || Array.isArray(values)) throw badFile(`${name} holds no names with values`)
  return Object.entries(values)
}

async function parseYaml(text: string, name: string): Promise<unknown> {
  const { parseDocument } = await import('yaml')
  // JSON is YAML as well. Integers beyond 2^53 come exact.
  const document = parseDocument(text, { intAsBigInt: true })
  const [problem] = [...document.errors, ...document.warnings]
  // Behind its first line it quotes the file, where values are.
  const [why = ''] = problem?.message.split('\n') ?? []
  if (problem !== undefined) throw badFile(`${name} is no YAML or JSON: ${plain(why)}`)
  try {
    return narrowed(document.toJS())
  } catch (error) {
    throw badFile(
      `${name} cannot be read: ${error instanceof Error ? plain(error.message) : 'unknown reason'}`,
    )
  }
}

/** Integers that a number holds exactly are numbers. */
function narrowed(value: unknown, depth = 0): unknown {
  if (depth > deepest) throw new RangeError('values within values never end')
  if (typeof value === 'bigint') {
    const number = Number(value)
    return Number.isSafeInteger(number) ? number : value
  }
  const narrow = (each: unknown) => narrowed(each, depth + 1)
  if (Array.isArray(value)) return value.map(narrow)
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, narrow(each)]))
}

function badFile(message: string): XdrError {
  return new XdrError('XDR_BAD_OPTION', message, { hint: 'write one line per parameter, as name: value' })
}
