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

function* tidy(bytes: Buffer): Generator<RowLines, void, undefined> {
  const text = bytes.toString('latin1').replace(/^\u00ef\u00bb\u00bf/, '')
  // A file with a blank line, or made on Windows, is the exception.
  const isTidy = !text.includes('\r') && !/\n[ \t]*\n|^[ \t]*\n/.test(text)
  const tidied = isTidy ? text : withoutBlank(text)
  let count = 0
  for (let at = tidied.indexOf('\n'); at !== -1; at = tidied.indexOf('\n', at + 1)) count++
  if (count > 0) yield { ndjson: Buffer.from(tidied, 'latin1'), count }
}

function withoutBlank(text: string): string {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '')
  return lines.map((line) => `${line}\n`).join('')
}
