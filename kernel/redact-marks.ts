import type { Finding } from '../src/redaction/finder.js'

/** The text with a mark for each finding. */
export function blanked(text: string, found: readonly Finding[]): string {
  if (found.length === 0) return text
  let clean = ''
  let at = 0
  for (const { start, end, kind } of found) {
    clean += text.slice(at, start) + markOf(kind)
    at = end
  }
  return clean + text.slice(at)
}

/** What stands in a secret's place. */
export function markOf(kind: string): string {
  return `‹redacted: ${kind}›`
}
