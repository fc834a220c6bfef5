import type { Sandbox } from '../../src/sandbox/index.js'
import { type Answer, textField } from './signed-in.js'

export const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'

/** `Authorization` as `curl --user` writes it. */
export function basic({ id, secret }: { id: string; secret: string }): { authorization: string } {
  return { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` }
}

export function bearer(token: string): { authorization: string } {
  return { authorization: `Bearer ${token}` }
}

/** One request as it goes over the wire; the answer's JSON is read where there is one. */
export async function call(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, init)
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.includes('json') === true
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson ? JSON.parse(text) : undefined,
  }
}

/** A form, as every token endpoint of the standard takes it. */
export function postForm(
  url: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Answer> {
  // `fetch` sends URLSearchParams with the form's content type.
  return call(url, { method: 'POST', body: new URLSearchParams(fields), headers })
}

/** A Cisco XDR token of the organisation's own client. */
export async function ciscoToken(sandbox: Sandbox): Promise<string> {
  const grant = { grant_type: 'client_credentials' }
  const { ciscoXdr } = sandbox.clients
  const { body } = await postForm(`${sandbox.origin}/iroh/oauth2/token`, grant, basic(ciscoXdr))
  return textField(body, 'access_token')
}

export function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
}
