import { inspect } from 'node:util'
import { escapeHtml } from '../text.js'

/** A list of fewer bytes may be overlooked, see number-lists.ts: it is written out. */
const shortestListed = 16

/**
 * How programs write a secret: as it is, quoted, as JSON (and JSON in JSON), in HTML, in a URL, reversed;
 * its bytes as base64 wherever it stands in what was encoded, as hex, as UTF-16.
 */
export function writtenForms(secret: string): Set<string> {
  const utf8 = Buffer.from(secret, 'utf8')
  // The last byte of the last character is left out: then it is the same in both byte orders.
  const utf16 = Buffer.from(secret, 'utf16le').subarray(0, -1)
  // `btoa` knows no other; the same as UTF-8 where there is only ASCII.
  const latin1 = Buffer.from(secret, 'latin1')
  const plain = [
    secret,
    ...quotedForms(secret),
    ...webForms(utf8.toString()),
    [...secret].reverse().join(''),
    ...base64Forms(utf8),
    ...base64Forms(utf16),
    ...base64Forms(latin1),
    ...[utf8, utf16, latin1].flatMap((bytes) => [bytes.toString('hex'), bytes.toString('hex').toUpperCase()]),
    // As programs show bytes that they take for Latin-1, and as binary messages hold them.
    utf8.toString('latin1'),
    Buffer.from(utf8).reverse().toString('latin1'),
    ...(utf8.length < shortestListed
      ? [...listForms(utf8), ...letterForms(secret), ...listForms(Buffer.from(utf8).reverse())]
      : []),
  ]
  const forms = new Set<string>()
  for (const form of plain) {
    const once = asJson(form)
    for (const written of [form, once, asJson(once), asJson(asJson(once))]) forms.add(written)
  }
  return forms
}

function quotedForms(secret: string): string[] {
  const shown = inspect(secret).slice(1, -1)
  return [shown, secret.replaceAll('\\', '\\\\').replaceAll("'", "\\'")]
}

function webForms(secret: string): string[] {
  const inHtml = secret.replace(/[&<>"']/g, (character) => namedReferences[character] ?? character)
  const inQuery = new URLSearchParams([['', secret]]).toString().slice(1)
  const inUrl = encodeURIComponent(secret)
  return [escapeHtml(secret), inHtml, inHtml.replaceAll('&#39;', '&apos;'), inQuery, inUrl]
}

const namedReferences: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** The letters that stand in base64 for these bytes alone, for each of the three places where they may begin. */
function base64Forms(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64')
    const partialAtEnd = [0, 3, 2][(before + bytes.length) % 3] ?? 0
    const own = encoded.slice([0, 2, 3][before], encoded.length - partialAtEnd)
    return [own, own.replaceAll('+', '-').replaceAll('/', '_'), own.replaceAll('/', '\\/')]
  })
}

function letterForms(secret: string): string[] {
  return [[...secret].join("', '"), [...secret].join('","')]
}

function listForms(bytes: Buffer): string[] {
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0'))
  const escaped = [' ', ':', '%', '\\x'].map((sign) => hex.join(sign))
  const grouped = [2, 4].flatMap((size) => [hexWords(hex, size, false), hexWords(hex, size, true)])
  const written = [...escaped, ...grouped]
  return [...written, ...written.map((form) => form.toUpperCase()), bytes.join(','), bytes.join(', ')]
}

/**
 * Words of so many bytes, as dumps have them, the last byte first on most machines; what is less than a word
 * is left out.
 */
function hexWords(hex: readonly string[], size: number, isSwapped: boolean): string {
  const words: string[] = []
  for (let at = 0; at + size <= hex.length; at += size) {
    const word = hex.slice(at, at + size)
    words.push((isSwapped ? word.reverse() : word).join(''))
  }
  return words.join(' ')
}

function asJson(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}
