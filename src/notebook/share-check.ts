import { signInMimeType } from '../auth/sign-in-view.js'
import type { Notebook } from './notebook-file.js'
import { secretFinder } from './secret-finder.js'
import { findPrivate, type PrivateKind } from './share-private.js'
import { type PlacedText, textsOf } from './share-texts.js'

/** Something in a notebook that should not be shared. */
export interface ShareFinding {
  /** The cell, counted from 1; `null` for the notebook's own metadata. */
  cell: number | null
  /** `code`, `output 2 (text/html)`, `metadata`, … */
  place: string
  /** The line there, counted from 1. */
  line: number
  /** What it is. */
  kind: string
  /** The name, address or path; a secret is never repeated here. */
  value?: string
  /** Why it should not be there, and what to do. */
  advice: string
}

/** One text may say the same a thousand times. */
const mostOfAKind = 20

/**
 * Finds what should not leave the house in a notebook: secrets, codes of a sign-in, tenants, people,
 * machines. Nothing in it is run.
 *
 * @example
 * const findings = checkNotebook(readNotebook('hunt.ipynb'))
 */
export function checkNotebook(notebook: Notebook): ShareFinding[] {
  return checkTexts(textsOf(notebook))
}

/**
 * The same for a text that goes with a notebook.
 *
 * @param place whose text it is: a file's name
 */
export function checkText(text: string, place: string): ShareFinding[] {
  return checkTexts([{ cell: undefined, place, text }])
}

function checkTexts(texts: Iterable<PlacedText>): ShareFinding[] {
  const seen = new Map<string, number>()
  const findings: ShareFinding[] = []
  for (const placed of texts) {
    for (const found of findingsIn(placed)) {
      const key = JSON.stringify([found.cell, found.place, found.kind])
      const count = (seen.get(key) ?? 0) + 1
      seen.set(key, count)
      if (count <= mostOfAKind) findings.push(found)
    }
  }
  return findings
}

function* findingsIn({ cell: index, place, text }: PlacedText): Generator<ShareFinding> {
  const lineAt = lineCounter(text)
  const at = (offset: number) => ({ cell: index ?? null, place, line: lineAt(offset) })
  const secrets = secretFinder.find(text, { shapes: true })
  for (const { start, kind } of secrets) yield { ...at(start), kind, advice: adviceOnSecret(place) }
  for (const { start, end, kind, value } of findPrivate(text)) {
    // A password in an address is no e-mail address.
    if (secrets.some((secret) => start < secret.end && end > secret.start)) continue
    if (kind === 'device code') yield { ...at(start), kind, advice: adviceOnSecret(place) }
    else if (kind === 'user code') yield { ...at(start), kind, advice: advices[kind] }
    else yield { ...at(start), kind, value, advice: advices[kind] }
  }
  if (place.includes(signInMimeType)) {
    yield { ...at(0), kind: 'sign-in', advice: 'a sign-in that was not finished: clear this output' }
  }
}

function adviceOnSecret(place: string): string {
  const where = place.startsWith('output')
    ? 'clear this output'
    : 'take it out (ask for it, or use the stored sign-in)'
  return `whoever has it can use it: ${where}, and revoke it if the file was shared`
}

const advices: Record<Exclude<PrivateKind, 'device code'>, string> = {
  'e-mail address': 'names a person: xdrlab share clean --pseudonymise',
  'host name': 'names a machine: xdrlab share clean --pseudonymise',
  'machine path': 'names your account and is of no use elsewhere: xdrlab share clean',
  'tenant id': 'names a customer: make it a parameter, or xdrlab share clean --pseudonymise',
  'user code': 'belongs to a sign-in: clear this output',
}

/** Counts on from the place that was asked for before: in a long text there may be many, one behind the other. */
function lineCounter(text: string): (offset: number) => number {
  let line = 1
  let lineEnd = text.indexOf('\n')
  let last = 0
  return (offset) => {
    if (offset < last) {
      line = 1
      lineEnd = text.indexOf('\n')
    }
    last = offset
    for (; lineEnd >= 0 && lineEnd < offset; lineEnd = text.indexOf('\n', lineEnd + 1)) line++
    return line
  }
}
