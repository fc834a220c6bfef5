import { basename } from 'node:path'
import { XdrError } from '../errors.js'
import { readNotebook } from '../notebook/notebook-file.js'
import { type Parameter, parametersOf } from '../notebook/parameter-cell.js'
import { isUnclear, typeText } from '../notebook/parameter-types.js'
import { plain } from '../text.js'

const longestDefault = 120
const longestHelp = 1000
const longestType = 1000

/** What `xdrlab run <notebook> --help` says about the notebook. */
export function parametersHelp(path: string): string {
  const name = plain(basename(path), 200)
  try {
    const parameters = parametersOf(readNotebook(path), name)
    if (parameters === undefined || parameters.length === 0) return `\n${name} takes no parameters.`
    return ['', `Parameters of ${name} (-p name=value):`, ...parameters.flatMap(linesOf)].join('\n')
  } catch (error) {
    if (error instanceof XdrError) return `\n${error.message}`
    throw error
  }
}

/** As TypeScript declares it: the name, what it may be, what it is otherwise; then the comment. */
function linesOf({ name, type, annotation, defaultText, help, isNeeded }: Parameter): string[] {
  const shownType = isUnclear(type) && annotation !== undefined ? annotation : typeText(type)
  const otherwise = defaultText === undefined ? '' : ` = ${plain(defaultText, longestDefault)}`
  const notes = [
    plain(help, longestHelp),
    isNeeded ? 'needed: it has no default' : '',
    type.kind === 'unclear' ? 'takes any JSON: its type is not one that is checked' : '',
    type.kind !== 'unclear' && isUnclear(type) ? `checked in part only, as ${typeText(type)}` : '',
  ]
  return [
    `  ${plain(name)}: ${plain(shownType, longestType)}${otherwise}`,
    ...notes.filter((note) => note !== '').map((note) => `      ${note}`),
  ]
}
