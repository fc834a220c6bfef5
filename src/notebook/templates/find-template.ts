import { XdrError } from '../../errors.js'
import { nearestNames } from '../../results/charts/nearest.js'
import { plain } from '../../text.js'
import type { Template } from './template.js'

/**
 * The template that a person means.
 *
 * @param wanted its number, its name, a part of it or of its title; `team/hunt` says which source it is of
 * @throws XdrError `XDR_BAD_OPTION` where there is none, or more than one, with their names
 */
export function findTemplate(templates: readonly Template[], wanted: string): Template {
  const found = matching(templates, wanted)
  const [only] = found
  if (only !== undefined && found.length === 1) return only
  const shown = plain(wanted, 80)
  if (found.length > 1) {
    throw new XdrError('XDR_BAD_OPTION', `"${shown}" means more than one template: ${list(found)}`, {
      hint: 'give more of the name, or the source before it: team/name',
    })
  }
  const names = templates.map(({ name }) => name)
  const near = nearestNames(wanted, names, 1)
  throw new XdrError('XDR_BAD_OPTION', `there is no template "${shown}"`, {
    hint: `${near.length === 0 ? '' : `did you mean ${near.join(', ')}? `}xdrlab new --list shows them all`,
  })
}

/** What is named most exactly wins. */
function matching(templates: readonly Template[], wanted: string): readonly Template[] {
  const text = wanted.toLowerCase().replace(/\.ipynb$/, '')
  const slash = text.lastIndexOf('/')
  const sourceName = text.slice(0, Math.max(0, slash))
  const from =
    slash < 0 ? templates : templates.filter(({ source }) => source.name.toLowerCase() === sourceName)
  const name = text.slice(slash + 1)
  if (name === '') return []
  const ways: ((template: Template) => boolean)[] = [
    (template) => template.name.toLowerCase() === name,
    (template) => /^\d+$/.test(name) && numberOf(template) === Number(name),
    (template) => withoutNumber(template.name).toLowerCase() === name,
    (template) => template.name.toLowerCase().includes(name),
    (template) => template.title.toLowerCase().includes(name),
  ]
  return ways.map((way) => from.filter(way)).find((found) => found.length > 0) ?? []
}

function numberOf({ name }: Template): number | undefined {
  const [, digits] = /^(\d+)[-_ .]/.exec(name) ?? []
  return digits === undefined ? undefined : Number(digits)
}

/** `alert-triage-queue` of `03-alert-triage-queue`. */
export function withoutNumber(name: string): string {
  return name.replace(/^\d+[-_ .]+(?=.)/, '')
}

function list(templates: readonly Template[]): string {
  const isOneSource = new Set(templates.map(({ source }) => source)).size === 1
  return templates
    .map(({ name, source }) =>
      isOneSource ? plain(name, 80) : `${plain(source.name, 40)}/${plain(name, 80)}`,
    )
    .join(', ')
}
