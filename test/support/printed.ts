import { inspect } from 'node:util'

/** A value in every way in which it could end up on a screen, in a log or in a file. */
export function printed(value: unknown): string {
  const forms = [
    String(value),
    JSON.stringify(value),
    inspect(value),
    inspect(value, { depth: 10, showHidden: true }),
    inspect(value, { depth: 10, showHidden: true, customInspect: false }),
    inspect(Object.getOwnPropertyDescriptors(Object(value)), { depth: 10, showHidden: true }),
  ]
  try {
    forms.push(inspect(structuredClone(value), { depth: 10, showHidden: true }))
  } catch {
    // What cannot be cloned does not leak by being cloned.
  }
  for (let error = value, depth = 0; error instanceof Error && depth < 10; depth++) {
    forms.push(error.message, error.stack ?? '', String(error.cause))
    error = error.cause
  }
  return forms.join('\n')
}
