/** How far into a text a drawing may begin: after a declaration, a comment, a document type. */
const svgWithin = 1_000

/** The image type of bytes, by how they begin; `undefined` for what is no image that front ends draw. */
export function imageTypeOf(bytes: Uint8Array): string | undefined {
  const starts = (text: string, at = 0) =>
    bytes.length >= at + text.length && latin1(bytes.subarray(at, at + text.length)) === text
  if (starts('\x89PNG\r\n\x1a\n')) return 'image/png'
  if (starts('\xff\xd8\xff')) return 'image/jpeg'
  if (starts('GIF87a') || starts('GIF89a')) return 'image/gif'
  if (starts('RIFF') && starts('WEBP', 8)) return 'image/webp'
  const head = Buffer.from(bytes.subarray(0, svgWithin))
    .toString('utf8')
    .replace(/^\ufeff/, '')
  return /^\s*(?:<svg\b|(?:<\?xml\b|<!)[\s\S]*<svg\b)/.test(head) ? 'image/svg+xml' : undefined
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}
