import type { Notebook } from '../notebook/notebook-file.js'
import type { WrittenText } from '../notebook/parameter-texts.js'
import { type GivenValues, withParameters } from '../notebook/parameters.js'
import { plain } from '../text.js'
import type { ParameterOptions } from './run-parameter-options.js'
import { readValues } from './values-file.js'

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
    for (const [name, value] of await readValues(file)) values.set(name, value)
  const texts = new Map<string, WrittenText[]>()
  for (const { name, ...written } of parameter ?? raw ?? []) {
    texts.set(name, [...(texts.get(name) ?? []), written])
    // The command line has the last word.
    values.delete(name)
  }
  return { texts, values }
}
