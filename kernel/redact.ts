import { liveSecrets } from '../src/secrets.js'
import type { StreamFilter } from './redact-stream.js'

/** Blanks every live secret, and what looks like one: a second wall behind the types that never print themselves. */
export interface Redactor {
  text(text: string): string
  /** The same for JSON text, in keys as well. */
  json(json: string): string
  /** Bytes with every live secret overwritten by stars; the very same where there is none. */
  bytes(bytes: Buffer): Buffer
  /** A filter for one stream of text. */
  stream(): StreamFilter
  /** In the midst of a look, which another one would spoil. */
  readonly isBusy: boolean
  /** After an interrupt, which may have met the midst of a look. */
  recover(): void
}

/**
 * One for all that leaves this process. Before the first cell nothing is there to be hidden, and a kernel's start does
 * not wait until the filter is loaded.
 */
let redactor: Redactor | undefined

/** From now on there may be something to hide. */
export function useRedactor(made: Redactor): void {
  redactor = made
}

export function redactText(text: string): string {
  return isNothingToHide() ? text : present().text(text)
}

export function redactJson(json: string): string {
  return isNothingToHide() ? json : present().json(json)
}

export function redactBytes(bytes: Buffer): Buffer {
  return isNothingToHide() ? bytes : present().bytes(bytes)
}

export function streamFilter(): StreamFilter {
  return present().stream()
}

export function isRedacting(): boolean {
  return redactor?.isBusy ?? false
}

export function recoverRedactor(): void {
  redactor?.recover()
}

function isNothingToHide(): boolean {
  return redactor === undefined && liveSecrets().size === 0
}

function present(): Redactor {
  if (redactor === undefined)
    throw new Error('there is something to hide, and the output filter is not made yet')
  return redactor
}
