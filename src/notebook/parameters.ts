import { randomUUID } from 'node:crypto'
import { XdrError } from '../errors.js'
import { nearestNames } from '../results/charts/nearest.js'
import { plain } from '../text.js'
import type { Cell, Notebook } from './notebook-file.js'
import { indexOfTag, injectedTag, type Parameter, parametersOf, parametersTag } from './parameter-cell.js'
import { codeOf, type SetValue } from './parameter-code.js'
import { whySecret } from './parameter-secrets.js'
import { fitTexts, type WrittenText } from './parameter-texts.js'
import { typeText } from './parameter-types.js'
import { type Fitted, fitValue } from './parameter-values.js'

/** The values that a notebook is to run with. */
export interface GivenValues {
  /** As a file has them, or JSON. */
  values: ReadonlyMap<string, unknown>
  /** As a command line has them: what counts where there is no value, or none that fits. */
  texts: ReadonlyMap<string, readonly WrittenText[]>
}

/**
 * A copy of a notebook that runs with these values: a cell tagged `injected-parameters`, after the one tagged
 * `parameters`, declares them again with their types. One that was injected before is replaced.
 *
 * @param name what the notebook is called in errors
 * @throws XdrError `XDR_BAD_OPTION` with all that is wrong: unknown names, values that do not fit, missing ones, secrets;
 *   `XDR_NOTEBOOK` where the parameters cannot be read
 */
export function withParameters(notebook: Notebook, given: GivenValues, name: string): Notebook {
  const parameters = parametersOfGiven(notebook, given, name)
  if (parameters === undefined) {
    if (namesOf(given).length === 0) return notebook
    throw new XdrError(
      'XDR_BAD_OPTION',
      `${name} takes no parameters: none of its code cells is tagged “parameters”`,
      { hint: 'tag the cell that declares them (JupyterLab: Property Inspector; VS Code: Add Cell Tag)' },
    )
  }
  const hint = `xdrlab run ${name} --help lists the parameters`
  const values = checkParameters(parameters, given, { name, hint })
  return values.length === 0 ? notebook : withInjectedCell(notebook, values)
}

function parametersOfGiven(notebook: Notebook, given: GivenValues, name: string): Parameter[] | undefined {
  try {
    return parametersOf(notebook, name)
  } catch (error) {
    // With nothing to set, the kernel says what is wrong, with its place.
    if (namesOf(given).length === 0) return undefined
    throw error
  }
}

/**
 * The values as they fit what a notebook declares.
 *
 * @param told the notebook's name for errors, and where its parameters are to be seen
 * @throws XdrError `XDR_BAD_OPTION` with all that is wrong
 */
export function checkParameters(
  parameters: readonly Parameter[],
  given: GivenValues,
  told: { name: string; hint: string },
): SetValue[] {
  const known = new Map(parameters.map((parameter) => [parameter.name, parameter]))
  const problems = namesOf(given)
    .filter((written) => !known.has(written))
    .map((written) => `${plain(written, longestName)}: ${unknownName(written, [...known.keys()])}`)
  const set: SetValue[] = []
  let isSecret = false
  for (const declared of known.values()) {
    const { name, type, isNeeded } = declared
    const fitted = fitGiven(declared, given)
    const secret = fitted && whySecret(name, type, writtenFor(name, given))
    isSecret ||= secret !== undefined
    if (fitted === undefined) {
      if (isNeeded) problems.push(`${name}: is needed, and has no default (${typeText(type)})`)
    }
    // A secret is not quoted in what is said about it.
    else if (secret !== undefined) problems.push(`${name}: ${secret}`)
    else if (fitted.problem !== undefined) problems.push(`${name}${fitted.path}: ${fitted.problem}`)
    else set.push({ declared, value: fitted.value })
  }
  if (problems.length > 0) throw problemsError(problems, told.name, isSecret ? secretHint : told.hint)
  return set
}

const longestName = 60

function namesOf({ values, texts }: GivenValues): string[] {
  return [...new Set([...values.keys(), ...texts.keys()])]
}

function fitGiven({ name, type }: Parameter, { texts, values }: GivenValues): Fitted | undefined {
  const byValue = values.has(name) ? fitValue(values.get(name), type) : undefined
  const written = texts.get(name)
  if (written === undefined || (byValue !== undefined && byValue.problem === undefined)) return byValue
  return fitTexts(written, type)
}

function writtenFor(name: string, { texts, values }: GivenValues): unknown[] {
  return [values.get(name), ...(texts.get(name) ?? []).map(({ text }) => text)]
}

function unknownName(written: string, names: readonly string[]): string {
  const [nearest] = nearestNames(written, names, 1)
  return nearest === undefined
    ? 'the notebook declares no parameters'
    : `there is no such parameter; the nearest is ${nearest}`
}

const secretHint =
  'keep secrets in the environment (process.env.NAME) or in the store (xdrlab login), and read them in a cell'

function problemsError(problems: readonly string[], name: string, hint: string): XdrError {
  const [only = '', ...more] = problems
  const message =
    more.length === 0
      ? `a parameter of ${name} is wrong: ${only}`
      : [`${problems.length} parameters of ${name} are wrong:`, ...problems].join('\n    ')
  return new XdrError('XDR_BAD_OPTION', message, { hint })
}

function withInjectedCell(notebook: Notebook, values: readonly SetValue[]): Notebook {
  const before = notebook.cells[indexOfTag(notebook, injectedTag)]
  const cells = notebook.cells.filter((cell) => cell !== before)
  const at = indexOfTag({ ...notebook, cells }, parametersTag) + 1
  const cell: Cell = {
    cell_type: 'code',
    // Cells have had ids since nbformat 4.5.
    ...(notebook.nbformat_minor < 5 ? {} : { id: before?.id ?? randomUUID().slice(0, 8) }),
    metadata: { tags: [injectedTag] },
    source: codeOf(values),
    outputs: [],
    execution_count: null,
  }
  const { papermill, ...metadata } = notebook.metadata
  const earlier = typeof papermill === 'object' && papermill !== null ? papermill : {}
  return {
    ...notebook,
    metadata: { ...metadata, papermill: { ...earlier, parameters: recorded(values) } },
    cells: cells.toSpliced(at, 0, cell),
  }
}

/** The values as papermill keeps them in the notebook's metadata; exact integers are texts there. */
function recorded(values: readonly SetValue[]): unknown {
  const entries = values.map(({ declared, value }): [string, unknown] => [declared.name, value ?? null])
  return JSON.parse(
    JSON.stringify(Object.fromEntries(entries), (_name, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    ),
  )
}
