import { XdrError } from '../errors.js'
import { parseExactJson } from '../json.js'
import { type Parameter, parametersIn } from '../notebook/parameter-cell.js'
import { codeOf } from '../notebook/parameter-code.js'
import { quoted, typeText } from '../notebook/parameter-types.js'
import { checkParameters } from '../notebook/parameters.js'
import { plain } from '../text.js'
import { readText } from './read-text.js'

/** A question of papermill's translator (kernel/assets/xdrlab_papermill.py). */
interface Question {
  /** The cell tagged `parameters`; `undefined` where there is none. */
  cell: string | undefined
  /** The values; `undefined`: only what the cell declares is asked for. */
  values: object | undefined
  title: string | undefined
}

/**
 * Answers papermill on standard output: what a notebook's parameters are, or the cell that sets them.
 *
 * @throws XdrError `XDR_BAD_OPTION` where values do not fit
 */
export async function papermill(): Promise<void> {
  const question = readQuestion(process.stdin.isTTY ? '' : readText(0, 'standard input'))
  const parameters = question.cell === undefined ? [] : parametersIn(question.cell, notebookName)
  const answer =
    question.values === undefined
      ? parameters.map(described)
      : codeFor(parameters, Object.entries(question.values), question.title)
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}

/** papermill does not say which one it is. */
const notebookName = 'the notebook'
const hint =
  'papermill --help-notebook lists the parameters; it makes numbers of texts that look like them, but for those of -r'

function readQuestion(text: string): Question {
  const question = jsonOf(text)
  if (typeof question !== 'object' || question === null) {
    throw new XdrError('XDR_BAD_OPTION', 'this command is for papermill', {
      hint: 'run papermill, or xdrlab run with -p',
    })
  }
  const { cell, values, title } = { cell: undefined, values: undefined, title: undefined, ...question }
  return {
    cell: typeof cell === 'string' ? cell : undefined,
    values: typeof values === 'object' && values !== null ? values : undefined,
    title: typeof title === 'string' ? title : undefined,
  }
}

function jsonOf(text: string): unknown {
  try {
    return parseExactJson(text)
  } catch {
    return undefined
  }
}

/** As papermill has it: texts all. */
function described({ name, type, annotation, defaultText, help }: Parameter) {
  return { name, type: annotation ?? typeText(type), default: defaultText ?? '', help }
}

/** papermill warns of names that nobody declares, and sets them all the same: so does this. */
function codeFor(parameters: readonly Parameter[], given: [string, unknown][], title?: string): string {
  const declared = new Set(parameters.map(({ name }) => name))
  const others = given.filter(([name]) => !declared.has(name)).map(([name]) => undeclared(name))
  const texts = given.flatMap(([name, value]): [string, { text: string; isRaw: boolean }[]][] =>
    // Its -p takes no arrays and no objects: their JSON is a text there.
    typeof value === 'string' ? [[name, [{ text: value, isRaw: false }]]] : [],
  )
  const values = checkParameters(
    [...parameters, ...others],
    { values: new Map(given), texts: new Map(texts) },
    { name: notebookName, hint },
  )
  return `${codeOf(values, title)}\n`
}

function undeclared(name: string): Parameter {
  if (!/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)) throw badName(name)
  try {
    parametersIn(`const ${name} = 0`, name)
  } catch {
    throw badName(name)
  }
  return {
    name,
    type: { kind: 'unclear' },
    annotation: undefined,
    defaultText: undefined,
    help: '',
    keyword: 'const',
    isNeeded: false,
  }
}

function badName(name: string): XdrError {
  return new XdrError('XDR_BAD_OPTION', `${quoted(plain(name, 80))} is no name of a variable`, {
    hint: 'write a name that the cell tagged “parameters” declares',
  })
}
