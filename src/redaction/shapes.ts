import { type KeyRule, keyRules } from './key-rules.js'

/** Where a text looks like a secret. */
export interface Shape {
  start: number
  end: number
  /** What it looks like. */
  kind: string
}

/** What to look at where an anchor stands: the text around it, not before `floor`. */
export type ShapeReader = (text: string, at: number, floor: number) => ShapeReading

/**
 * A shape, or how far it was looked in vain: an anchor before that belongs to the same characters, which are not read
 * again. So the work stays linear on a text of anchors alone.
 */
export type ShapeReading = { shape: Shape; readTo: number } | { shape?: undefined; readTo: number }

/** `{"alg":"x"}` */
const shortestHeader = 15
const longestHeader = 4_096
const longestToken = 64 << 10
const longestKeyBlock = 20 << 10
/** A placeholder (`ghp_xxxxxxxx`) has fewer. */
const leastDifferentCharacters = 8

const tokenCharacters = setOf('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_')
const bearerCharacters = setOf('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/')
const alphanumeric = setOf('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789')

/** By what each shape is found, and how it is read from there. */
export const shapeStarts: {
  token: ShapeReader
  bearer: ShapeReader
  basic: ShapeReader
  block: ShapeReader
  /** Those that are known by how their word begins, with four characters at least. */
  words: readonly { text: string; read: ShapeReader }[]
} = {
  token: readToken,
  bearer: readBearer,
  basic: readBasic,
  block: readKeyBlock,
  words: [
    // The header of a token begins with one of the names that RFC 7515 and 7516 have for it.
    ...['eyJh', 'eyJ0', 'eyJr', 'eyJl', 'eyJ4', 'eyJq', 'eyJj', 'eyJ6'].map((text) => ({
      text,
      read: readToken,
    })),
    ...keyRules.flatMap((rule) => {
      const characters = setOf(rule.alphabet)
      return rule.prefixes.map((prefix) => ({ text: prefix, read: keyReader(rule, prefix, characters) }))
    }),
  ],
}

/** A JSON web token, signed (three parts, RFC 7515) or encrypted (five, RFC 7516): its header must be one. */
function readToken(text: string, at: number, floor: number): ShapeReading {
  let runStart = text[at] === '.' ? at - 1 : at
  while (runStart > floor && at - runStart < longestHeader && isIn(tokenCharacters, text, runStart - 1))
    runStart--
  const headerEnd = endOfRun(tokenCharacters, text, Math.max(runStart, at - 1), longestHeader)
  const start = text.indexOf('eyJ', runStart)
  if (start < 0 || headerEnd - start < shortestHeader || text[headerEnd] !== '.') return { readTo: headerEnd }
  const header = readJson(text.slice(start, headerEnd))
  if (header === undefined || !('alg' in header)) return { readTo: headerEnd }
  let end = headerEnd
  for (let parts = 1; parts < 5 && text[end] === '.'; parts++) {
    const partEnd = endOfRun(tokenCharacters, text, end + 1, longestToken)
    // A sentence may end with the dot.
    if (partEnd === end + 1 && parts !== 1 && text[partEnd] !== '.') break
    end = partEnd
  }
  if (end - headerEnd < 5) return { readTo: end }
  return { shape: { start, end, kind: 'JSON web token' }, readTo: end }
}

function readJson(base64url: string): object | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(base64url, 'base64url').toString())
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

/** RFC 6750: `Bearer` and what opens the door. */
function readBearer(text: string, at: number): ShapeReading {
  const start = at + 'Bearer '.length
  const end = endOfPadding(text, endOfRun(bearerCharacters, text, start, longestToken))
  const value = text.slice(start, end)
  // Prose goes on with words: `Bearer token-authentication`.
  const isToken = value.length >= 20 && /\d/.test(value) && (/[A-Z]/.test(value) || value.length >= 32)
  if (!isToken || differentCharacters(value) < leastDifferentCharacters) return { readTo: start }
  return { shape: { start, end, kind: 'bearer token' }, readTo: end }
}

/** RFC 7617: `Basic` and a user with a password. */
function readBasic(text: string, at: number): ShapeReading {
  const start = at + 'Basic '.length
  const end = endOfPadding(text, endOfRun(bearerCharacters, text, start, longestHeader))
  const value = text.slice(start, end)
  if (value.length < 12 || value.length % 4 === 1) return { readTo: start }
  const isPair = /^[^:\u0000-\u001f]+:[^\u0000-\u001f]{3,}$/.test(
    Buffer.from(value, 'base64').toString('latin1'),
  )
  if (!isPair) return { readTo: start }
  return { shape: { start, end, kind: 'basic credentials' }, readTo: end }
}

/** RFC 7468, and OpenSSH's and PGP's kin of it; also without an end, and with `\n` for its lines. */
function readKeyBlock(text: string, at: number): ShapeReading {
  const [head] = /^-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/.exec(text.slice(at, at + 90)) ?? []
  if (head === undefined) return { readTo: at + 1 }
  const bodyStart = at + head.length
  let end = bodyStart
  while (end < text.length && end - at < longestKeyBlock && !isBlockEnd(text, end)) end++
  if (end - bodyStart < 40) return { readTo: bodyStart }
  const [foot = ''] = /^-----END [A-Z0-9 ]{0,60}-----/.exec(text.slice(end, end + 90)) ?? []
  end += foot.length
  return { shape: { start: at, end, kind: 'private key' }, readTo: end }
}

function isBlockEnd(text: string, at: number): boolean {
  if (text[at] === '-') return text.startsWith('-----', at)
  return !/[A-Za-z0-9+/=\s\\:,"'()<>;.]/.test(text[at] ?? '')
}

function keyReader(rule: KeyRule, prefix: string, characters: ReadonlySet<number>): ShapeReader {
  const isBare = /^[A-Za-z]+$/.test(prefix)
  return (text, at, floor) => {
    const start = at + prefix.length
    const end = endOfRun(characters, text, start, rule.most + 1)
    // A run that is too long is none to its end, or a text of prefixes alone would be read again and again.
    const nothing = { readTo: end - start > rule.most ? end : start }
    if (at > floor && isGlued(text, at, isBare)) return nothing
    const value = text.slice(start, end)
    if (value.length < rule.least || value.length > rule.most || isIn(alphanumeric, text, end)) return nothing
    // The vendors' own examples end so.
    if (value.endsWith('EXAMPLE') || differentCharacters(value.slice(-40)) < leastDifferentCharacters)
      return nothing
    return { shape: { start: at, end, kind: rule.kind }, readTo: end }
  }
}

/** In the midst of a longer word, which may be anything; in JSON the letter of a line's end is none of it. */
function isGlued(text: string, at: number, isBare: boolean): boolean {
  const before = text[at - 1] ?? ''
  if (/[nrt]/.test(before) && text[at - 2] === '\\') return false
  return /[A-Za-z0-9_]/.test(before) || (isBare && /[+/]/.test(before))
}

function endOfRun(characters: ReadonlySet<number>, text: string, start: number, longest: number): number {
  let end = start
  while (end < text.length && end - start < longest && isIn(characters, text, end)) end++
  return end
}

function endOfPadding(text: string, at: number): number {
  let end = at
  while (end - at < 2 && text[end] === '=') end++
  return end
}

function differentCharacters(text: string): number {
  return new Set(text.slice(0, 200)).size
}

function isIn(characters: ReadonlySet<number>, text: string, at: number): boolean {
  return characters.has(text.charCodeAt(at))
}

function setOf(characters: string): Set<number> {
  return new Set([...characters].map((character) => character.charCodeAt(0)))
}
