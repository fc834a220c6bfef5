import { secretFinder } from './secret-finder.js'
import { findPrivate } from './share-private.js'

/** A place of a text that nobody else may read, and what it is. */
export interface SecretPlace {
  start: number
  end: number
  kind: string
}

/** Not secrets by their shape, but by the name beside them. */
const signInCodes = new Set(['device code', 'user code'])

/** Secrets and codes of sign-ins in a text: in order, none over another. */
export function secretsIn(text: string): SecretPlace[] {
  const codes = findPrivate(text).filter(({ kind }) => signInCodes.has(kind))
  const all = [...secretFinder.find(text, { shapes: true }), ...codes].sort((a, b) => a.start - b.start)
  const apart: SecretPlace[] = []
  for (const { start, end, kind } of all) {
    const last = apart.at(-1)
    if (last === undefined || start >= last.end) apart.push({ start, end, kind })
    else last.end = Math.max(last.end, end)
  }
  return apart
}

/**
 * The text with a mark for each secret in it.
 *
 * @param onFound told what each of them is
 */
export function withoutSecrets(text: string, onFound?: (kind: string) => void): string {
  let clean = ''
  let at = 0
  for (const { start, end, kind } of secretsIn(text)) {
    onFound?.(kind)
    clean += `${text.slice(at, start)}‹redacted: ${kind}›`
    at = end
  }
  return clean + text.slice(at)
}
