import { basename } from 'node:path'
import { XdrError } from '../errors.js'
import { givenParameters } from '../notebook/metadata.js'
import type { Notebook } from '../notebook/notebook-file.js'
import { parametersOf } from '../notebook/parameter-cell.js'
import type { ParameterOptions } from './run-parameter-options.js'
import { withGivenParameters } from './run-parameters.js'

/** The parameter that takes the tenant's id, where a notebook declares it. */
const tenantParameter = 'tenant'
const regionParameter = 'region'

/**
 * The notebook with the values of the command line in it, and with the tenant where it has a parameter of that name.
 *
 * @throws XdrError `XDR_BAD_OPTION` where they do not fit
 */
export async function withInputs(
  notebook: Notebook,
  path: string,
  options: ParameterOptions,
  tenant: string | undefined,
): Promise<Notebook> {
  const declared = parametersOf(notebook, basename(path))?.find(({ name }) => name === tenantParameter)
  if (tenant === undefined || declared === undefined) return withGivenParameters(notebook, path, options)
  const given = options.parameter ?? options.raw ?? []
  if (given.some(({ name }) => name === tenantParameter)) {
    throw new XdrError('XDR_BAD_OPTION', 'the parameter "tenant" is set twice', {
      hint: 'leave -p tenant=… out: --tenant and --tenants set it',
    })
  }
  // An id is a text, whatever it looks like, unless the notebook wants a number.
  const isRaw = !['number', 'bigint'].includes(declared.type.kind)
  const parameter = [...given, { name: tenantParameter, text: tenant, isRaw }]
  return withGivenParameters(notebook, path, { ...options, parameter })
}

/** The region that a notebook's parameter of that name has: the value given, else a default that is plainly a text. */
export function regionOf(notebook: Notebook, path: string): string | undefined {
  const given = givenParameters(notebook)?.[regionParameter]
  if (typeof given === 'string') return given
  const declared = parametersOf(notebook, basename(path))?.find(({ name }) => name === regionParameter)
  return /^(['"`])([\w-]+)\1$/.exec(declared?.defaultText ?? '')?.[2]
}
