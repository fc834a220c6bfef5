import { randomUUID } from 'node:crypto'
import { XdrError } from '../errors.js'
import { nearestNames } from '../results/charts/nearest.js'
import { plain } from '../text.js'
import type { Cell, Notebook } from './notebook-file.js'
import { indexOfTag, injectedTag, type Parameter, parametersOf, parametersTag } from './parameter-cell.js'
import { codeOf } from './parameter-code.js'
import { whySecret } from './parameter-secrets.js'
import { typeText } from './parameter-types.js'
import { type Fitted, fitTexts, fitValue, type WrittenText } from './parameter-values.js'

/** The values that a notebook is to run with: a name has either texts or a value. */
export interface GivenValues {
  /** As a command line has them. */
  texts: ReadonlyMap<string, readonly WrittenText[]>
  /** As a file has them, or JSON. */
  values: ReadonlyMap<string, unknown>
}

/** A value that fits its parameter. */
interface SetValue {
  declared: Parameter
  value: unknown
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
  const parameters = parametersOf(notebook, name)
  const names = new Set([...given.values.keys(), ...given.texts.keys()])
  if (parameters === undefined) {
    if (names.size === 0) return notebook
    throw new XdrError(
      'XDR_BAD_OPTION',
      `${name} takes no parameters: none of its cells is tagged “parameters”`,
      {
        hint: 'tag the cell that declares them (JupyterLab: the gears at the right; VS Code: … › Add Cell Tag)',
      },
    )
  }
  const values = checked(parameters, given, name)
  return values.length === 0 ? notebook : injected(notebook, values)
}

function checked(parameters: readonly Parameter[], given: GivenValues, name: string): SetValue[] {
  const known = new Map(parameters.map((parameter) => [parameter.name, parameter]))
  const problems: string[] = []
  let isSecret = false
  for (const written of new Set([...given.values.keys(), ...given.texts.keys()])) {
    if (!known.has(written))
      problems.push(`${plain(written, 60)}: ${unknownName(written, [...known.keys()])}`)
  }
  const set: SetValue[] = []
  for (const declared of known.values()) {
    const fitted = fitGiven(declared, given)
    if (fitted === undefined) {
      if (declared.isNeeded) problems.push(`${declared.name}: is needed (${typeText(declared.type)})`)
      continue
    }
    const why = whySecret(declared.name, declared.type, [
      ...(given.texts.get(declared.name) ?? []).map(({ text }) => text),
      given.values.get(declared.name),
    ])
    isSecret ||= why !== undefined
    // A secret is not quoted in what is said about it.
    if (why !== undefined) problems.push(`${declared.name}: ${why}, and would stay in the notebook`)
    else if (fitted.problem !== undefined) problems.push(`${declared.name}: ${fitted.problem}`)
    else set.push({ declared, value: fitted.value })
  }
  if (problems.length > 0) throw problemsError(problems, name, isSecret)
  return set
}

function fitGiven({ name, type }: Parameter, { texts, values }: GivenValues): Fitted | undefined {
  const written = texts.get(name)
  if (written !== undefined) return fitTexts(written, type)
  return values.has(name) ? fitValue(values.get(name), type) : undefined
}

function unknownName(written: string, names: readonly string[]): string {
  if (names.length === 0) return 'the notebook declares no parameters'
  return `there is no such parameter; did you mean ${nearestNames(written, names).join(', ')}?`
}

function problemsError(problems: readonly string[], name: string, isSecret: boolean): XdrError {
  const [only = '', ...more] = problems
  const message =
    more.length === 0
      ? `a parameter of ${name} is wrong: ${only}`
      : [`${problems.length} parameters of ${name} are wrong:`, ...problems].join('\n    ')
  const hint = isSecret
    ? 'keep secrets in the environment (process.env.NAME) or in the store (xdrlab login), and read them in the cell'
    : `xdrlab run ${name} --help lists the parameters`
  return new XdrError('XDR_BAD_OPTION', message, { hint })
}

function injected(notebook: Notebook, values: readonly SetValue[]): Notebook {
  const before = notebook.cells.find((_cell, index) => index === indexOfTag(notebook, injectedTag))
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
