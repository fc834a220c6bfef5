import type { Parameter } from '../notebook/parameter-cell.js'
import type { SetValue } from '../notebook/parameter-code.js'
import { checkParameters } from '../notebook/parameters.js'
import { plain } from '../text.js'
import type { ParameterOptions } from './run-parameter-options.js'
import { givenValues } from './run-parameters.js'

/**
 * The values of the command line, as they fit the template.
 *
 * @throws XdrError `XDR_BAD_OPTION` with all that is wrong
 */
export async function checkGiven(
  parameters: readonly Parameter[],
  options: ParameterOptions,
  template: string,
): Promise<SetValue[]> {
  // What is needed may still be set in the notebook.
  const optional = parameters.map((parameter) => ({ ...parameter, isNeeded: false }))
  const name = plain(template, 80)
  const hint = `the template’s parameters are ${parameters.map((parameter) => parameter.name).join(', ') || 'none'}`
  return checkParameters(optional, await givenValues(options), { name, hint })
}

/** The value that a person typed, as it fits; an array may be written with commas. */
export function readAnswer(answer: string, parameter: Parameter): SetValue[] {
  const isList = parameter.type.kind === 'array' && !answer.startsWith('[')
  const parts = isList ? answer.split(',').map((part) => part.trim()) : [answer]
  const texts = new Map([[parameter.name, parts.map((text) => ({ text, isRaw: false }))]])
  return checkParameters(
    [parameter],
    { values: new Map(), texts },
    { name: 'the template', hint: 'answer again' },
  )
}
