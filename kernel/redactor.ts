import { type Finding, SecretFinder } from '../src/redaction/finder.js'
import { redactsShapes } from '../src/redaction/settings.js'
import type { Redactor } from './redact.js'
import { withoutSecrets } from './redact-json.js'
import { blanked } from './redact-marks.js'
import { StreamFilter } from './redact-stream.js'

/** The filter of a process; it is compiled once for a set of secrets, and before anybody waits for it. */
export function createRedactor(): Redactor {
  const finder = new SecretFinder()
  const find = (text: string, shapes = redactsShapes()): Finding[] => finder.find(text, { shapes })
  find('nothing to hide')
  return {
    text: (text) => blanked(text, find(text)),
    // Looked through as it is, and taken apart only where something may be in it.
    json(json) {
      if (find(json).length === 0) return json
      const value: unknown = JSON.parse(json)
      return JSON.stringify(withoutSecrets(value, find))
    },
    bytes: (bytes) => withStars(bytes, finder),
    stream: () => new StreamFilter(finder, find),
    get isBusy() {
      return finder.isBusy
    },
    recover: () => finder.recover(),
  }
}

function withStars(bytes: Buffer, finder: SecretFinder): Buffer {
  if (finder.isIdle({ shapes: false })) return bytes
  const found = finder.find(bytes.toString('latin1'), { shapes: false })
  if (found.length === 0) return bytes
  const clean = Buffer.from(bytes)
  for (const { start, end } of found) clean.fill('*', start, end)
  return clean
}
