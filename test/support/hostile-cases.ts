import { gzipSync } from 'node:zlib'
import type { XdrErrorCode } from '../../src/errors.js'
import type { HostileAnswer } from './hostile-server.js'

/** Planted in everything that a server could leak or quote. */
export const secrets = {
  device: 'SENTINEL-device-8c1f0a77',
  access: 'SENTINEL-access-51b2e9d4',
  renewed: 'SENTINEL-renewed-7f03ac61',
  refresh: 'SENTINEL-refresh-2d9e4b18',
  client: 'SENTINEL-client-e60d7a35',
}

/** An answer in JSON. */
export const json = (body: unknown, more: Partial<HostileAnswer> = {}): HostileAnswer => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
  ...more,
})

/** An honest device authorization answer. */
export const begun = {
  device_code: secrets.device,
  user_code: 'WDJB-MJHT',
  verification_uri: 'https://id.example.com/device',
  expires_in: 60,
  interval: 5,
}
/** An honest token answer. */
export const granted = {
  access_token: secrets.access,
  refresh_token: secrets.refresh,
  token_type: 'bearer',
  expires_in: 300,
}
const renewed = { ...granted, access_token: secrets.renewed }

/** Where in a person's day the server turns on them. */
type Phase = 'begin' | 'poll' | 'refresh' | 'query' | 'metadata'

export interface Case {
  name: string
  at: Phase
  answer: HostileAnswer
  /** The one error; `undefined` where the answer is odd but can be lived with. */
  code: XdrErrorCode | undefined
  /** Lets time pass while an answer does not come. */
  passMs?: number
}

const page = '<!doctype html><script>alert(1)</script><h1>Sign in</h1>'
const html = (status: number): HostileAnswer => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: page,
})
const redirect = (status: number): HostileAnswer => ({
  status,
  headers: { location: `https://evil.example/?t=${secrets.access}` },
  body: '',
})
const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, 0x20))
const gzip: HostileAnswer = {
  status: 200,
  headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
  body: bomb,
}
const endless: HostileAnswer = {
  status: 200,
  headers: { 'content-type': 'application/json' },
  endless: '"x",',
}
const lying: HostileAnswer = {
  status: 200,
  headers: { 'content-length': '99999999999' },
  body: '{}',
  cut: true,
}
const torn: HostileAnswer = {
  status: 200,
  headers: { 'content-length': '500' },
  body: JSON.stringify(granted).slice(0, 60),
  cut: true,
}
const huge = 'A'.repeat(1024 * 1024)

/** The same misbehaviour at each place where a token or a code is at stake. */
const everywhere: {
  name: string
  answer: HostileAnswer
  codes: Record<'begin' | 'poll' | 'refresh' | 'query', XdrErrorCode>
}[] = [
  { name: 'a redirect to another origin (302)', answer: redirect(302), codes: all('XDR_REDIRECT') },
  { name: 'a redirect that keeps the method (307)', answer: redirect(307), codes: all('XDR_REDIRECT') },
  { name: 'HTML with status 200', answer: html(200), codes: all('XDR_BAD_RESPONSE') },
  { name: 'a gzip bomb', answer: gzip, codes: all('XDR_BAD_RESPONSE') },
  { name: 'a body that never ends', answer: endless, codes: all('XDR_TOO_LARGE') },
  { name: 'a length that is a lie', answer: lying, codes: all('XDR_TOO_LARGE') },
  { name: 'nothing', answer: { status: 200, body: '' }, codes: all('XDR_BAD_RESPONSE') },
  { name: 'a JSON list', answer: json([granted]), codes: all('XDR_BAD_RESPONSE') },
  { name: 'JSON null', answer: json(null), codes: all('XDR_BAD_RESPONSE') },
  {
    name: 'a secret as bare text',
    answer: { status: 200, body: secrets.access },
    codes: all('XDR_BAD_RESPONSE'),
  },
]

function all(code: XdrErrorCode) {
  return { begin: code, poll: code, refresh: code, query: code }
}

/** Every way to turn on a person that the table knows. */
export const cases: Case[] = [
  ...everywhere.flatMap(({ name, answer, codes }) =>
    (['begin', 'poll', 'refresh', 'query'] as const).map((at) => ({ name, at, answer, code: codes[at] })),
  ),
  // Addresses and codes that a person would be shown.
  begin(
    'a javascript: address',
    { verification_uri: `javascript:alert('${secrets.device}')` },
    'XDR_BAD_RESPONSE',
  ),
  begin('a data: address', { verification_uri: 'data:text/html,<script>1</script>' }, 'XDR_BAD_RESPONSE'),
  begin('a file: address', { verification_uri: 'file:///etc/passwd' }, 'XDR_BAD_RESPONSE'),
  begin('plain http on another host', { verification_uri: 'http://id.example.com/' }, 'XDR_BAD_RESPONSE'),
  begin(
    'credentials in the address',
    { verification_uri: 'https://a:b@id.example.com/' },
    'XDR_BAD_RESPONSE',
  ),
  begin('control characters in the code', { user_code: '\u001b\u0007\u202e' }, 'XDR_BAD_RESPONSE'),
  begin('a code of a megabyte', { user_code: huge }, 'XDR_TOO_LARGE'),
  begin('a device code of a megabyte', { device_code: huge }, 'XDR_TOO_LARGE'),
  begin('no device code', { device_code: undefined }, 'XDR_BAD_RESPONSE'),
  begin('markup in an error', undefined, 'XDR_SIGN_IN_FAILED', {
    status: 400,
    body: JSON.stringify({
      error: 'invalid_client',
      error_description: `<img src=x onerror=alert(1)>\u001b[31m`,
    }),
  }),
  // Odd, and lived with: the sign-in goes on as the standard has it.
  begin('markup in the code', { user_code: '<b>x</b>' }, undefined),
  begin('a negative interval', { interval: -5 }, undefined),
  begin('an interval of 10^300', { interval: 1e300 }, 'XDR_SIGN_IN_EXPIRED'),
  begin('an interval as text', { interval: 'soon' }, undefined),
  begin('a life of zero', { expires_in: 0 }, undefined),
  begin('a negative life', { expires_in: -1 }, undefined),
  begin('a life as text', { expires_in: '60' }, undefined),
  begin('a byte order mark', undefined, undefined, { status: 200, body: `\ufeff${JSON.stringify(begun)}` }),
  // Polls.
  poll('slow_down for ever', { error: 'slow_down' }, 'XDR_SIGN_IN_EXPIRED'),
  poll('authorization_pending for ever', { error: 'authorization_pending' }, 'XDR_SIGN_IN_EXPIRED'),
  poll('an unknown error', { error: 'teapot', error_description: secrets.device }, 'XDR_SIGN_IN_FAILED'),
  poll('an error that is an object', { error: { a: secrets.device } }, 'XDR_BAD_RESPONSE'),
  { name: 'HTTP 503 for ever', at: 'poll', answer: { status: 503, body: page }, code: 'XDR_SIGN_IN_EXPIRED' },
  { name: 'a torn answer for ever', at: 'poll', answer: torn, code: 'XDR_SIGN_IN_EXPIRED' },
  { name: 'resets for ever', at: 'poll', answer: { status: 200, reset: true }, code: 'XDR_SIGN_IN_EXPIRED' },
  {
    name: 'an answer that never comes',
    at: 'poll',
    answer: { status: 200, silent: true },
    code: 'XDR_SIGN_IN_EXPIRED',
    passMs: 61_000,
  },
  ...(['poll', 'refresh'] as const).flatMap((at) => [
    token(at, 'no access token', { access_token: undefined }, 'XDR_BAD_RESPONSE'),
    token(at, 'a token with a newline', { access_token: `${secrets.access}\n` }, 'XDR_BAD_RESPONSE'),
    token(
      at,
      'a token with a second header',
      { access_token: `${secrets.access}\r\nX-Evil: 1` },
      'XDR_BAD_RESPONSE',
    ),
    token(at, 'a token that is a number', { access_token: 12345678901234 }, 'XDR_BAD_RESPONSE'),
    token(at, 'a token type nobody knows', { token_type: 'mac' }, 'XDR_BAD_RESPONSE'),
    token(at, 'expires_in as text that is no number', { expires_in: 'soon' }, 'XDR_BAD_RESPONSE'),
    token(at, 'no expires_in', { expires_in: undefined }, undefined),
    token(at, 'a life of 10^300 seconds', { expires_in: 1e300 }, undefined),
    token(at, 'a foreign ID token', { id_token: `${secrets.access}.e30.x` }, 'XDR_BAD_RESPONSE'),
  ]),
  {
    name: 'duplicate keys, the last a token with a newline',
    at: 'poll',
    answer: {
      status: 200,
      body: JSON.stringify(granted).replace(/}$/, `,"access_token":"${secrets.access}\\n"}`),
    },
    code: 'XDR_BAD_RESPONSE',
  },
  {
    name: 'a wrong content type',
    at: 'poll',
    answer: json(granted, { headers: { 'content-type': 'text/plain' } }),
    code: undefined,
  },
  // Renewals that are refused end in a new sign-in, which the server then refuses too: one error, of that.
  {
    name: 'invalid_grant that quotes the token',
    at: 'refresh',
    answer: {
      status: 400,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ error: 'invalid_grant', error_description: secrets.refresh }),
    },
    code: 'XDR_SIGN_IN_FAILED',
  },
  { name: 'HTTP 503', at: 'refresh', answer: { status: 503, body: page }, code: 'XDR_NETWORK' },
  {
    name: 'an answer that never comes',
    at: 'refresh',
    answer: { status: 200, silent: true },
    code: 'XDR_NETWORK',
    passMs: 31_000,
  },
  // Queries.
  {
    name: '401 for ever',
    at: 'query',
    answer: { status: 401, body: secrets.access },
    code: 'XDR_UNAUTHORIZED',
  },
  {
    name: '403 with the token in it',
    at: 'query',
    answer: { status: 403, body: page, headers: { 'x-request-id': secrets.access } },
    code: 'XDR_UNAUTHORIZED',
  },
  { name: '500 with markup', at: 'query', answer: html(500), code: 'XDR_HTTP' },
  {
    name: '429 for a year',
    at: 'query',
    answer: { status: 429, headers: { 'retry-after': '31536000' }, body: '' },
    code: 'XDR_RATE_LIMITED',
  },
  {
    name: '429 with a negative wait, for ever',
    at: 'query',
    answer: { status: 429, headers: { 'retry-after': '-1' }, body: '' },
    code: 'XDR_RATE_LIMITED',
  },
  {
    name: 'errors that are no list',
    at: 'query',
    answer: json({ errors: secrets.access }),
    code: 'XDR_BAD_RESPONSE',
  },
  {
    name: 'an error that quotes the token',
    at: 'query',
    answer: json({ errors: [{ message: secrets.access }] }),
    code: 'XDR_GRAPHQL',
  },
  {
    name: 'data that is text',
    at: 'query',
    answer: json({ data: secrets.access }),
    code: 'XDR_BAD_RESPONSE',
  },
  // What a server says of itself.
  metadata('another issuer', { issuer: 'https://evil.example' }),
  metadata('a token endpoint without TLS', { token_endpoint: 'http://evil.example/token' }, 'XDR_BAD_URL'),
  metadata(
    'a javascript: device endpoint',
    { device_authorization_endpoint: 'javascript:alert(1)' },
    'XDR_BAD_URL',
  ),
  metadata('no token endpoint', { token_endpoint: undefined }),
  { name: 'HTML with status 200', at: 'metadata', answer: html(200), code: 'XDR_BAD_RESPONSE' },
  { name: 'a redirect', at: 'metadata', answer: redirect(302), code: 'XDR_BAD_RESPONSE' },
  { name: 'a body that never ends', at: 'metadata', answer: endless, code: 'XDR_TOO_LARGE' },
]

function begin(name: string, changes: object | undefined, code: Case['code'], answer?: HostileAnswer): Case {
  return {
    name,
    at: 'begin',
    answer: answer
      ? { headers: { 'content-type': 'application/json' }, ...answer }
      : json({ ...begun, ...changes }),
    code,
  }
}

function poll(name: string, body: object, code: Case['code']): Case {
  return { name, at: 'poll', answer: json(body, { status: 400 }), code }
}

function token(at: 'poll' | 'refresh', name: string, changes: object, code: Case['code']): Case {
  return { name, at, answer: json({ ...(at === 'poll' ? granted : renewed), ...changes }), code }
}

function metadata(name: string, changes: object, code: XdrErrorCode = 'XDR_BAD_RESPONSE'): Case {
  return { name, at: 'metadata', answer: json({}), code, ...{ changes } }
}
