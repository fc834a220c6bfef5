import { XdrError } from '../errors.js'
import type { Notebook } from '../notebook/notebook-file.js'
import { checkNotebook, checkText, type ShareFinding } from '../notebook/share-check.js'
import type { ReferredFile } from '../notebook/templates/referred-files.js'
import type { Template } from '../notebook/templates/template.js'
import { textOfFile } from '../notebook/templates/text-of-file.js'
import { plain } from '../text.js'

/**
 * What is in the code and the texts of a template, and in the files that it brings, that should not be passed on; its
 * outputs are not carried over.
 *
 * @returns what it says of people, machines and customers, for the person to decide
 * @throws XdrError `XDR_NOTEBOOK` where there is a secret in it
 */
export function checkShared(
  notebook: Notebook,
  files: readonly ReferredFile[],
  { name, path }: Template,
): string[] {
  const inNotebook = checkNotebook(notebook)
  const inFiles = files.flatMap(({ name: file, content }) => {
    const text = textOfFile(content)
    return text === undefined ? [] : checkText(text, file)
  })
  const secrets = [...inNotebook.filter(isSecret), ...inFiles.filter(isSecret)]
  if (secrets.length > 0) {
    const places = secrets.slice(0, 3).map(describe).join(', ')
    throw new XdrError('XDR_NOTEBOOK', `the template ${plain(name, 80)} has secrets in it: ${places}`, {
      hint: inNotebook.some(isSecret)
        ? `tell whoever keeps it: xdrlab share check ${path}`
        : 'tell whoever keeps it: they belong in no file that is passed on, and are to be revoked',
    })
  }
  return [
    ...(inNotebook.length === 0
      ? []
      : [`! the template names ${kindsOf(inNotebook)}: xdrlab share check shows where`]),
    ...files
      .map(({ name: file }) => ({ file, found: inFiles.filter(({ place }) => place === file) }))
      .filter(({ found }) => found.length > 0)
      .map(({ file, found }) => {
        const [first] = found
        return `! ${plain(file, 120)} of the template names ${kindsOf(found)}: first in line ${first?.line}`
      }),
  ]
}

/** Only what may be repeated has a value. */
function isSecret({ value }: ShareFinding): boolean {
  return value === undefined
}

function kindsOf(findings: readonly ShareFinding[]): string {
  return [...new Set(findings.map(({ kind }) => kind))].join(', ')
}

function describe({ cell, place, kind, line }: ShareFinding): string {
  if (cell !== null) return `${kind} (cell ${cell}, line ${line})`
  return place === 'metadata' ? kind : `${kind} (${plain(place, 120)}, line ${line})`
}
