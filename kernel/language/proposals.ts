import type { Proposal } from './answers.js'
import type { Detail, Item } from './lsp-answers.js'
import { isOurName, startsLike } from './notebook.js'

/** More than a person will read. */
const mostProposals = 500

/** Those that begin as what is typed, the likeliest first. */
export function chosen(items: readonly Item[], typed: string): Item[] {
  return items
    .filter(({ label }) => !isOurName(label))
    .filter(({ insertText, label }) => startsLike(insertText, typed) || startsLike(label, typed))
    .sort(
      (a, b) =>
        rank(a, typed) - rank(b, typed) || compare(a.sortText, b.sortText) || compare(a.label, b.label),
    )
    .slice(0, mostProposals)
}

/** A list of all that may stand there has the globals in it. */
export function takesNames(items: readonly Item[]): boolean {
  return items.some(({ label }) => label === 'globalThis')
}

/** Of an imported name the list does not say what it is. */
export function kindByType(type = ''): Pick<Detail, 'kind'> {
  if (/^(\(|<).*=> /.test(type)) return { kind: 'function' }
  return /^typeof [\p{ID_Continue}$]+$/u.test(type) ? { kind: 'class' } : {}
}

export function proposalOf(item: Item, detail: Detail | undefined): Proposal {
  return {
    text: item.insertText,
    // Of an imported name the list says only that it is one.
    kind: item.kind === 'variable' ? (detail?.kind ?? item.kind) : item.kind,
    ...(detail?.signature === undefined ? {} : { signature: detail.signature }),
    ...(detail?.documentation === undefined ? {} : { documentation: detail.documentation }),
    ...(item.isDeprecated ? { isDeprecated: true } : {}),
  }
}

/** What has the letters as they were typed comes first. */
function rank({ insertText }: Item, typed: string): number {
  return insertText.startsWith(typed) ? 0 : 1
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
