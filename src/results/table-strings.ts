import { hideSecrets, liveSecrets } from '../secrets.js'
import { plain } from '../text.js'

/** Words between single spaces, ASCII only: what needs no cleaning. */
const clean = /^(?:[!-~]+(?: [!-~]+)*)?$/
/**
 * Control characters other than white space, bidi overrides, invisible marks: an analyst wants to see that
 * they are there.
 */
const deceiving =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g
/** What the marks above could stand between the letters of. */
const betweenLetters = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g
const loneSurrogates = /\p{Surrogate}/gu

/**
 * A text as one safe line of at most `maxLength` characters; control characters and bidi overrides become
 * visible marks.
 */
export function safeLine(raw: string, maxLength: number): string {
  if (raw.length <= maxLength && clean.test(raw)) return hideSecrets(raw)
  const start = beginning(raw, maxLength)
  const text = plain(visible(start), maxLength)
  // Where blanks were taken together, the cut of the beginning alone would leave no trace.
  return start.length === raw.length || text.endsWith('…') ? text : `${text.slice(0, maxLength - 1)}…`
}

/** A text with its lines and tabs, otherwise as safe; what is behind `maxLength` characters is counted. */
export function safeBlock(raw: string, maxLength: number): string {
  const text = hideSecrets(
    hideSecrets(visible(beginning(raw, maxLength))).replace(/\r\n?|[\u2028\u2029]/g, '\n'),
  )
  const shown = text.length > maxLength ? text.slice(0, maxLength).replace(/[\ud800-\udbff]$/, '') : text
  const left = raw.length - beginningLength(raw, maxLength) + text.length - shown.length
  return left > 0 ? `${shown}\n… ${grouped(left)} more characters` : shown
}

/** A text for JSON: exact, but for secrets, lone halves of characters (no UTF-8 can hold them) and the length. */
export function safeData(raw: string, maxLength: number): string {
  const text = withoutSecrets(wellFormed(beginning(raw, maxLength)))
  return text.length > maxLength ? `${text.slice(0, maxLength - 1).replace(/[\ud800-\udbff]$/, '')}…` : text
}

/** Enough of a text to hide every secret that begins in what is shown of it: ten megabytes are not looked through. */
function beginning(raw: string, maxLength: number): string {
  return raw.length > maxLength ? raw.slice(0, beginningLength(raw, maxLength)) : raw
}

function beginningLength(raw: string, maxLength: number): number {
  if (raw.length <= maxLength) return raw.length
  let longestSecret = 0
  for (const secret of liveSecrets().keys()) longestSecret = Math.max(longestSecret, secret.length)
  return Math.min(raw.length, maxLength + 1 + 2 * longestSecret)
}

function visible(raw: string): string {
  const text = wellFormed(raw)
  // `search` looks from the beginning whatever a global pattern has seen before.
  return text.search(deceiving) < 0 ? text : withoutSecrets(text).replace(deceiving, markOf)
}

/** Marks between its letters would let a secret through: a text that has one loses them. */
function withoutSecrets(text: string): string {
  if (text.search(betweenLetters) < 0) return hideSecrets(text)
  const bare = text.replace(betweenLetters, '')
  const hidden = hideSecrets(bare)
  return hidden === bare ? text : hidden
}

/** Terminals and browsers have signs for C0 and DEL; others are named. */
function markOf(character: string): string {
  const code = character.charCodeAt(0)
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  if (code === 0x7f) return '\u2421'
  return `‹U+${code.toString(16).toUpperCase().padStart(4, '0')}›`
}

function wellFormed(text: string): string {
  return text.search(loneSurrogates) < 0 ? text : text.replace(loneSurrogates, '\ufffd')
}

/** `1 row`, `1,000 rows`. */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** `1,000`; what needs no comma does not wait for the tables of languages. */
export function grouped(count: number): string {
  return count < 1_000 ? String(count) : count.toLocaleString('en')
}
