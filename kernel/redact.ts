import { liveSecrets } from '../src/secrets.js'

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
 * The same for JSON text. Only a secret's escaped forms are looked for there: a raw one with a quote in it could
 * match the text's own structure. The second escape is that of JSON which a cell prints.
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
    // Longest first: a secret that begins another would leave the other's end standing.
    const plain = [...secrets].sort((a, b) => b.length - a.length)
    const json = new Set(plain.flatMap((secret) => [escaped(secret), escaped(escaped(secret))]))
    needles = { count: secrets.size, plain, json: [...json].sort((a, b) => b.length - a.length) }
  }
  return needles
}

function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}
