import { XdrError } from '../errors.js'
import type { Notebook } from '../notebook/notebook-file.js'
import type { WrittenText } from '../notebook/parameter-texts.js'
import { type GivenValues, withParameters } from '../notebook/parameters.js'
import { plain } from '../text.js'
import { readText } from './read-text.js'
import type { ParameterOptions } from './run-parameter-options.js'

/**
 * The notebook with the values of the command line in it.
 *
 * @throws XdrError `XDR_BAD_OPTION` where they do not fit the parameters of the notebook
 */
export async function withGivenParameters(
  notebook: Notebook,
  path: string,
  options: ParameterOptions,
): Promise<Notebook> {
  return withParameters(notebook, await givenValues(options), plain(path, 200))
}

async function givenValues({ parameter, raw, parametersFile = [] }: ParameterOptions): Promise<GivenValues> {
  const values = new Map<string, unknown>()
  for (const file of parametersFile)
    for (const [name, value] of Object.entries(await readValues(file))) values.set(name, value)
  const texts = new Map<string, WrittenText[]>()
  for (const { name, ...written } of parameter ?? raw ?? []) {
    texts.set(name, [...(texts.get(name) ?? []), written])
    // The command line has the last word.
    values.delete(name)
  }
  return { texts, values }
}

/** The names and values of a YAML or JSON file. */
async function readValues(file: string): Promise<object> {
  const name = plain(file, 200)
  const text = readText(file, name)
  const { parseDocument } = await import('yaml')
  // JSON is YAML as well. Integers beyond 2^53 come exact.
  const document = parseDocument(text, { intAsBigInt: true, prettyErrors: true })
  const [error] = [...document.errors, ...document.warnings]
  if (error !== undefined) {
    throw new XdrError('XDR_BAD_OPTION', `${name} is no YAML or JSON: ${plain(error.message, 200)}`, {
      hint: 'write one line per parameter: name: value',
    })
  }
  const values: unknown = narrowed(document.toJS())
  if (values === null) return {}
  if (typeof values !== 'object' || Array.isArray(values)) {
    throw new XdrError('XDR_BAD_OPTION', `${name} holds no names with values`, {
      hint: 'write one line per parameter: name: value',
    })
  }
  return values
}

/** Integers that a number holds exactly are numbers. */
function narrowed(value: unknown): unknown {
  if (typeof value === 'bigint') {
    const number = Number(value)
    return Number.isSafeInteger(number) ? number : value
  }
  if (Array.isArray(value)) return value.map(narrowed)
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, narrowed(each)]))
}
