import { XdrError } from '../errors.js'
import type { Parameter } from '../notebook/parameter-cell.js'
import type { SetValue } from '../notebook/parameter-code.js'
import { isUnclear, typeText } from '../notebook/parameter-types.js'
import { findTemplate } from '../notebook/templates/find-template.js'
import type { Template } from '../notebook/templates/template.js'
import type { Screen } from '../screen/screen.js'
import { plain } from '../text.js'
import { readAnswer } from './new-values.js'

/** Asks which template, until one is meant. */
export async function askForTemplate(
  templates: readonly Template[],
  screen: Screen,
  signal: AbortSignal,
): Promise<Template> {
  return untilRight(screen, async () => {
    const answer = await screen.ask({ label: 'Template (number or name)' }, signal)
    return findTemplate(templates, answer)
  })
}

/** Asks for each parameter that is not set yet; an empty answer keeps the default. */
export async function askParameters(
  parameters: readonly Parameter[],
  given: readonly SetValue[],
  screen: Screen,
  signal: AbortSignal,
): Promise<SetValue[]> {
  const open = parameters.filter(({ name }) => !given.some(({ declared }) => declared.name === name))
  const values: SetValue[] = []
  for (const parameter of open) {
    values.push(
      ...(await untilRight(screen, async () => {
        const answer = await screen.ask({ label: labelOf(parameter) }, signal)
        return answer === '' && !parameter.isNeeded ? [] : readAnswer(answer, parameter)
      })),
    )
  }
  return values
}

/** `earliest, string, Enter for '-7d': how far back` */
function labelOf({ name, type, annotation, defaultText, help }: Parameter): string {
  const known = isUnclear(type) ? (annotation ?? 'JSON') : typeText(type)
  const otherwise = defaultText === undefined ? '' : `, Enter for ${plain(defaultText, 60)}`
  const about = help === '' ? '' : ` · ${plain(help, 200)}`
  return `${plain(name, 60)} (${plain(known, 120)}${otherwise})${about}`
}

/** Says what is wrong with an answer, and asks again. */
async function untilRight<T>(screen: Screen, ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof XdrError) || error.code !== 'XDR_BAD_OPTION') throw error
      screen.note('warning', `${error.message}; ${error.hint}`)
    }
  }
}
