/** An image as a MIME bundle. */
export function imageBundle(type: string, bytes: Uint8Array): Record<string, unknown> {
  const { buffer, byteOffset, byteLength } = bytes
  const encoding = type === 'image/svg+xml' ? 'utf8' : 'base64'
  return {
    [type]: Buffer.from(buffer, byteOffset, byteLength).toString(encoding),
    'text/plain': `[${type}, ${byteLength.toLocaleString('en')} bytes]`,
  }
}
