/** Small enough to stay in the processor's cache while it is searched. */
const segmentLength = 1 << 17
const scratch = Buffer.allocUnsafeSlow(segmentLength)

/** A part of a text as the low bytes of its characters: much faster to search than the text itself. */
export interface Segment {
  bytes: Uint8Array
  length: number
  /** Where it begins in the text. */
  offset: number
}

/**
 * The text, part by part, each beginning `overlap` characters before the last one's end. Characters beyond Latin-1 look
 * like others there: what is found is to be compared with the text. The bytes hold until the next part is asked for.
 */
export function* segmentsOf(text: string, overlap: number): Generator<Segment> {
  for (let offset = 0; ; offset += segmentLength - overlap) {
    const isWhole = offset === 0 && text.length <= segmentLength
    const part = isWhole ? text : text.slice(offset, offset + segmentLength)
    // Node documents that it cuts characters to their low byte.
    const length = scratch.write(part, 0, 'latin1')
    yield { bytes: scratch, length, offset }
    if (offset + segmentLength >= text.length) return
  }
}
