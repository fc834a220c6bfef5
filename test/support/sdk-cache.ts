/** A token as Taegis gives it: a JWT that only its server could check. */
export function jwtOf(claims: Record<string, unknown>): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}.c2lnbmF0dXJlLXNlbnRpbmVs`
}

export const tenantClaim = 'https://missione/octolabs/io/tenantIds'

/** A section as Python's `configparser` writes it. */
export function sectionOf(name: string, values: Record<string, string>): string {
  const lines = Object.entries(values).map(([key, value]) => `${key.toLowerCase()} = ${value}\n`)
  return `[${name}]\n${lines.join('')}\n`
}
