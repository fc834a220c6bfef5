import { type Finding, SecretFinder } from '../src/redaction/finder.js'
import { redactsShapes } from '../src/redaction/settings.js'
import { withoutSecrets } from './redact-json.js'
import { blanked } from './redact-marks.js'
import { StreamFilter } from './redact-stream.js'

/** One for all that leaves this process: it is compiled once for a set of secrets. */
const finder = new SecretFinder()

/**
 * Blanks every live secret, and what looks like one, out of a text: a second wall behind the types that never
 * print themselves.
 */
export function redactText(text: string): string {
  return blanked(text, findSecrets(text))
}

/** The same for JSON text. It is looked through as it is, and taken apart only where something may be in it. */
export function redactJson(json: string): string {
  if (findSecrets(json).length === 0) return json
  const value: unknown = JSON.parse(json)
  return JSON.stringify(withoutSecrets(value, findSecrets))
}

/** Bytes with every live secret overwritten by stars; the very same where there is none. */
export function redactBytes(bytes: Buffer): Buffer {
  if (finder.isIdle({ shapes: false })) return bytes
  const found = finder.find(bytes.toString('latin1'), { shapes: false })
  if (found.length === 0) return bytes
  const clean = Buffer.from(bytes)
  for (const { start, end } of found) clean.fill('*', start, end)
  return clean
}

/** Before the first cell nothing is there to be hidden, and the start does not wait for the filter to be made. */
let isAsleep = false

/** Until {@link wakeRedactor}, only known secrets are looked for. */
export function letRedactorSleep(): void {
  isAsleep = true
}

/** From now on there may be something to hide; the filter is made before anybody waits for it. */
export function wakeRedactor(): void {
  isAsleep = false
  findSecrets('nothing to hide')
}

/** In the midst of a look, which another one would spoil. */
export function isRedacting(): boolean {
  return finder.isBusy
}

/** After an interrupt, which may have met the midst of one. */
export function recoverRedactor(): void {
  finder.recover()
}

/** Where in a text something is not to be seen. */
function findSecrets(text: string, shapes = redactsShapes()): Finding[] {
  return isAsleep && finder.isIdle({ shapes: false }) ? [] : finder.find(text, { shapes })
}

/** A filter for one stream of text. */
export function streamFilter(): StreamFilter {
  return new StreamFilter(finder, findSecrets)
}
