import type { FastifyInstance } from 'fastify'

const maxFormBytes = 16 * 1024
const formType = 'application/x-www-form-urlencoded'

/** Lets a scope read forms and nothing else; with `json` also JSON objects. Any other body is answered with 415. */
export function acceptForms(scope: FastifyInstance, { json = false } = {}): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser(
    formType,
    { parseAs: 'string', bodyLimit: maxFormBytes },
    (_request, body, done) => done(null, new URLSearchParams(String(body))),
  )
  if (!json) return
  scope.addContentTypeParser(
    'application/json',
    { parseAs: 'string', bodyLimit: maxFormBytes },
    (_request, body, done) => {
      try {
        const value: unknown = JSON.parse(String(body))
        if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('no object')
        const texts = Object.entries(value).filter((entry) => typeof entry[1] === 'string')
        done(null, new URLSearchParams(texts))
      } catch {
        done(Object.assign(new Error('the body is not a JSON object'), { statusCode: 400 }))
      }
    },
  )
}

/** The fields of a body that {@link acceptForms} has read; none where there was no body. */
export function fieldsOf(body: unknown): URLSearchParams {
  return body instanceof URLSearchParams ? body : new URLSearchParams()
}

/** Name and password of `Authorization: Basic …` (RFC 7617). */
export function readBasic(header: string | undefined): { name: string; password: string } | undefined {
  const encoded = /^basic +([A-Za-z0-9+/]+=*)$/i.exec(header?.trim() ?? '')?.[1]
  if (encoded === undefined) return undefined
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon < 0 ? undefined : { name: text.slice(0, colon), password: text.slice(colon + 1) }
}
