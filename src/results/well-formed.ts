import { isUtf8 } from 'node:buffer'

/** Half characters (`\ud800` alone, or bytes that are no UTF-8) become U+FFFD: no database takes them as text. */
export function makeWellFormed(bytes: Buffer): Buffer {
  if (isWellFormed(bytes)) return bytes
  return Buffer.from(
    bytes.toString('utf8').replace(escapes, (whole, half) => (half === undefined ? whole : '\\ufffd')),
  )
}

/**
 * Whether there is surely no half character: where there are escapes for characters of two halves, nobody has
 * looked.
 */
export function isWellFormed(bytes: Buffer): boolean {
  return !bytes.includes('\\ud') && !bytes.includes('\\uD') && isUtf8(bytes)
}

const escapes =
  /\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\[^u]/g
