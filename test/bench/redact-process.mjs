// A process with so many secrets: copies or redacts an output when it is asked, and says what that took; see redact.mjs.
import { randomBytes } from 'node:crypto'
import { SecretFinder } from '../../dist/src/redaction/finder.js'
import { rememberSecret } from '../../dist/src/secrets.js'
import { outputs } from './redact-outputs.mjs'

const [count, kind, totalBytes] = [Number(process.argv[2]), process.argv[3], Number(process.argv[4])]
const chunkLength = 1 << 16
const kinds = {
  token: () =>
    `eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.${randomBytes(300).toString('base64url')}.${randomBytes(256).toString('base64url')}`,
  opaque: () => randomBytes(32).toString('base64url'),
  hex: () => randomBytes(24).toString('hex'),
  password: () => randomBytes(6).toString('base64url'),
}

const secrets = Array.from({ length: count }, (_, number) => {
  const all = Object.values(kinds)
  return kind === 'all' ? all[number % all.length]() : kinds[kind]()
})
for (const secret of secrets) rememberSecret(secret)
const finder = new SecretFinder()
const work = {
  copy(chunks) {
    let length = 0
    for (const chunk of chunks) length += Buffer.from(chunk).length
    return length
  },
  redact(chunks) {
    let found = 0
    for (const chunk of chunks) found += finder.find(chunk, { shapes: true }).length
    return found
  },
}
const chunksByOutput = new Map()

process.on('message', ({ what, output, hostile, length }) => {
  const chunks = hostile === undefined ? chunksOf(output) : [hostileText(hostile, length)]
  const before = process.cpuUsage()
  work[what](chunks)
  const { user, system } = process.cpuUsage(before)
  process.send((user + system) / 1000)
})

function chunksOf(output) {
  let chunks = chunksByOutput.get(output)
  if (chunks === undefined) {
    const text = outputs[output](totalBytes)
    chunks = []
    for (let at = 0; at < text.length; at += chunkLength) {
      const part = text.slice(at, at + chunkLength)
      // A copy of its own: a part of a larger string would be one for ever.
      chunks.push(
        output === 'beyond Latin-1' ? Buffer.from(part).toString() : Buffer.from(part).toString('latin1'),
      )
    }
    chunksByOutput.set(output, chunks)
  }
  return chunks
}

/** A piece again and again; `secret` is one of this process but for its last letter. */
function hostileText(piece, length) {
  const text = piece === 'secret' ? `${secrets[1].slice(0, -1)} ` : piece
  return text.repeat(Math.ceil(length / text.length)).slice(0, length)
}
