import { createReadStream } from 'node:fs'
import type { RowLines } from './row-source.js'

const readBytes = 1 << 20

/** The lines of a file as they stand; empty ones are left out. */
export async function* readLines(path: string): AsyncGenerator<RowLines, void, undefined> {
  for await (const given of wholeLines(path)) {
    const ndjson = isTidy(given) ? given : withoutBlank(given)
    const count = countLines(ndjson)
    if (count > 0) yield { ndjson, count }
  }
}

/** The text of a file, many lines at a time; the last one is ended where the file does not do so. */
export async function* wholeLines(path: string): AsyncGenerator<Buffer, void, undefined> {
  let rest = Buffer.alloc(0)
  for await (const chunk of createReadStream(path, { highWaterMark: readBytes })) {
    const bytes = Buffer.concat([rest, chunk])
    const end = bytes.lastIndexOf(0x0a) + 1
    rest = bytes.subarray(end)
    if (end > 0) yield bytes.subarray(0, end)
  }
  if (rest.length > 0) yield Buffer.concat([rest, Buffer.from('\n')])
}

export function countLines(bytes: Buffer): number {
  let count = 0
  for (let at = bytes.indexOf(0x0a); at !== -1; at = bytes.indexOf(0x0a, at + 1)) count++
  return count
}

/** A file with a mark at its beginning, with a blank line, or made on Windows, is the exception. */
export function isTidy(bytes: Buffer): boolean {
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
