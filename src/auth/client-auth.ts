/**
 * `Authorization: Basic …` of a name and a password as they are (RFC 7617), as `curl --user` sends it. UTF-8, since
 * that is what the RFC's `charset` parameter knows.
 */
export function basicAuthorization(name: string, password: string): string {
  return `Basic ${encodeBasic(name, password)}`
}

/** The part after `Basic `. */
export function encodeBasic(name: string, password: string): string {
  return Buffer.from(`${name}:${password}`, 'utf8').toString('base64')
}

/** The form encoding that RFC 6749 section 2.3.1 asks of a client id and secret before they go into Basic. */
export function formEncode(value: string): string {
  return new URLSearchParams({ '': value }).toString().slice(1)
}
