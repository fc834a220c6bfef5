import { inspect } from 'node:util'
import { liveSecrets } from '../src/secrets.js'
import { escapeHtml } from '../src/text.js'

const hidden = '‹redacted›'

interface Needles {
  /** Of how many secrets these were made; the set only grows. */
  count: number
  plain: string[]
  json: string[]
}

let needles: Needles = { count: 0, plain: [], json: [] }

/** Blanks every live secret out of a line of text: a second wall behind the types that never print themselves. */
export function redactText(text: string): string {
  return blank(text, current().plain)
}

/**
 * The same for JSON text. Only forms escaped as JSON are looked for there: a raw secret with a quote in it could
 * match the text's own structure.
 */
export function redactJson(json: string): string {
  return blank(json, current().json)
}

function blank(text: string, forms: readonly string[]): string {
  return forms.reduce((clean, form) => clean.replaceAll(form, hidden), text)
}

function current(): Needles {
  const secrets = liveSecrets()
  if (secrets.size !== needles.count) {
    const plain = [...secrets].flatMap(writtenForms)
    needles = { count: secrets.size, plain: longestFirst(plain), json: longestFirst(plain.map(escaped)) }
  }
  return needles
}

/** How programs write a text: as it is, as JSON, as `console.log` shows it in an object, in HTML, in a URL. */
function writtenForms(secret: string): string[] {
  const inUrl = new URLSearchParams([['', secret]]).toString().slice(1)
  return [secret, escaped(secret), inspect(secret).slice(1, -1), escapeHtml(secret), inUrl]
}

/** Without doubles; a secret that begins another would otherwise leave the other's end standing. */
function longestFirst(forms: string[]): string[] {
  return [...new Set(forms)].sort((a, b) => b.length - a.length)
}

function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}
