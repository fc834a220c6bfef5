/** As far as git looks for a zero byte, by which it knows what is no text. */
const lookedThroughBytes = 8_000

/** A file's text, whatever alphabet it is written in; `undefined` for pictures, archives and other bytes. */
export function textOfFile(content: Buffer): string | undefined {
  const [first, second] = content
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(content)
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(content)
  if (content.subarray(0, lookedThroughBytes).includes(0)) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content)
  } catch {
    // An older alphabet: secrets and addresses are written in its first half, which is the same in all of them.
    return content.toString('latin1')
  }
}
