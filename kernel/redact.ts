import { liveSecrets } from '../src/secrets.js'

const hidden = '‹redacted›'

/**
 * Blanks every live secret out of a text that leaves the kernel: a second wall behind the types that never print
 * themselves. Works on JSON text too, because a secret's JSON-escaped form is looked for as well.
 */
export function redact(text: string): string {
  let clean = text
  for (const secret of liveSecrets()) {
    clean = clean.replaceAll(secret, hidden)
    const escaped = JSON.stringify(secret).slice(1, -1)
    if (escaped !== secret) clean = clean.replaceAll(escaped, hidden)
  }
  return clean
}
