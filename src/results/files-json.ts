import { createReadStream } from 'node:fs'
import type { RowLines } from './row-source.js'

const readBytes = 1 << 20

/** The lines of a file as they stand; empty ones are left out. */
export async function* readLines(path: string): AsyncGenerator<RowLines, void, undefined> {
  let rest = Buffer.alloc(0)
  for await (const chunk of createReadStream(path, { highWaterMark: readBytes })) {
    const bytes = Buffer.concat([rest, chunk])
    const end = bytes.lastIndexOf(0x0a) + 1
    rest = bytes.subarray(end)
    if (end > 0) yield* tidy(bytes.subarray(0, end))
  }
  if (rest.length > 0) yield* tidy(Buffer.concat([rest, Buffer.from('\n')]))
}

function* tidy(given: Buffer): Generator<RowLines, void, undefined> {
  const bytes = isTidy(given) ? given : withoutBlank(given)
  let count = 0
  for (let at = bytes.indexOf(0x0a); at !== -1; at = bytes.indexOf(0x0a, at + 1)) count++
  if (count > 0) yield { ndjson: bytes, count }
}

/** A file with a mark at its beginning, with a blank line, or made on Windows, is the exception. */
function isTidy(bytes: Buffer): boolean {
  return bytes[0] === 0x7b && !bytes.includes('\r') && !bytes.includes('\n\n') && !bytes.includes('\n ')
}

function withoutBlank(bytes: Buffer): Buffer {
  const lines = bytes
    .toString('latin1')
    .replace(/^\u00ef\u00bb\u00bf/, '')
    .split(/\r?\n/)
  const kept = lines.filter((line) => line.trim() !== '')
  return Buffer.from(kept.map((line) => `${line}\n`).join(''), 'latin1')
}
