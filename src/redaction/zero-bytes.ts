import type { SpeltText } from './letter-lists.js'

const written = ['\0', '\\x00', '\\u0000']
const backslash = 0x5c

/** Whether there is a zero byte in a text, as it is or written out. */
export function hasZeroBytes(text: string): boolean {
  return written.some((zero) => text.includes(zero))
}

/** The text without its zero bytes, as programs show them that take UTF-16 for something else. */
export function withoutZeroBytes(text: string): SpeltText & { starts: Uint32Array } {
  const codes = new Uint16Array(text.length)
  const starts = new Uint32Array(text.length)
  let count = 0
  for (let at = 0; at < text.length; ) {
    const { zero, end } = partAt(text, at)
    for (; !zero && at < end; at++) {
      codes[count] = text.charCodeAt(at)
      starts[count++] = at
    }
    at = end
  }
  const narrow = Buffer.from(codes.buffer, 0, count * 2).toString('utf16le')
  const kept = starts.subarray(0, count)
  return { text: narrow, starts: kept, ends: kept.map((start) => start + 1) }
}

/** One character, or a run of backslashes with what makes a zero byte of it. */
function partAt(text: string, at: number): { zero: boolean; end: number } {
  const code = text.charCodeAt(at)
  if (code !== backslash) return { zero: code === 0, end: at + 1 }
  let end = at + 1
  while (text.charCodeAt(end) === backslash) end++
  const sign = ['x00', 'u0000'].find((each) => text.startsWith(each, end))
  return { zero: sign !== undefined, end: end + (sign?.length ?? 0) }
}

/** Letters that are spelt out, without the zero bytes among them: UTF-16 as UTF-8. */
export function narrowed(spelt: SpeltText): SpeltText {
  if (!spelt.text.includes('\0')) return spelt
  const { text, starts } = withoutZeroBytes(spelt.text)
  const placesIn = (places: ArrayLike<number>) => starts.map((at) => places[at] ?? 0)
  return { text, starts: placesIn(spelt.starts), ends: placesIn(spelt.ends) }
}
