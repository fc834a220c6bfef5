import type { Clock } from '../../src/clock.js'
import { basicOf, hold, type Route, type VendorAnswer } from './vendor-server.js'

export const client = { id: 'client-0f5c-72', secret: 'SENTINEL+client/secret=1' } as const

const grant = { grant_type: 'client_credentials' } as const

/** The vendor's answer to a call without a live token. */
const unauthorized: VendorAnswer = {
  status: 401,
  body: { error: 'invalid_token', error_description: 'The token has expired', trace_id: 'trace-401' },
}

function tokenRoute(options: {
  kind: string
  encodings: readonly ('form' | 'json')[]
  lifeS: number
  answer: (token: string, lifeS: number) => Record<string, unknown>
  refusal: VendorAnswer
}): Route {
  return (request, vendor) => {
    const type = request.headers['content-type']?.startsWith('application/json') ? 'json' : 'form'
    if (!options.encodings.includes(type)) throw new Error(`a ${type} body is not documented`)
    const basic = { name: client.id, password: client.secret }
    hold(request, type === 'json' ? { basic, json: grant } : { basic, form: grant })
    if (request.headers.authorization !== basicOf(client.id, client.secret)) return options.refusal
    const token = vendor.issue(options.kind, options.lifeS, { sub: `${client.id}@clients` })
    return { status: 200, body: options.answer(token, options.lifeS) }
  }
}

function call(kind: string, answer: unknown): Route {
  return (request, vendor) => {
    hold(request, { bearer: kind })
    return vendor.isLive(kind, request.headers.authorization) ? { status: 200, body: answer } : unauthorized
  }
}

export const version = {
  tag: '0.1.11',
  revision: '1332dad18827c3d6e60b801e6b4b44737e8f11f6',
  timestamp: '2019-10-02T06:01:28Z',
}

/** Taegis: Basic with JSON (a form is taken as well), ten hours. */
export function taegisRoutes(clock: Clock): Record<string, Route> {
  return {
    'POST /auth/api/v2/auth/token': tokenRoute({
      kind: 'taegis',
      encodings: ['json', 'form'],
      lifeS: 36_000,
      answer: (token, lifeS) => ({
        access_token: token,
        expires_in: lifeS,
        expiry: new Date(clock.now() + lifeS * 1000).toISOString(),
        token_type: 'Bearer',
      }),
      refusal: { status: 401, body: { error: 'invalid_client', error_description: 'unknown client' } },
    }),
    'GET /assets/version': call('taegis', version),
  }
}

export const profile = { 'user-id': 'u-1', name: 'Ana', email: 'ana@example.com', org: { id: 'o-1' } }

/** Cisco XDR: Basic with a form, ten minutes, errors with a trace id; the device grant with rotating refresh tokens. */
export function ciscoRoutes(): Record<string, Route> {
  const refusal = {
    status: 401,
    body: { error: 'invalid_client', error_description: 'Unknown client', trace_id: 'trace-77' },
  }
  const byClient = tokenRoute({
    kind: 'iroh',
    encodings: ['form'],
    lifeS: 600,
    answer: (token, lifeS) => ({
      access_token: token,
      token_type: 'bearer',
      expires_in: lifeS,
      scope: 'enrich:read casebook inspect:read',
    }),
    refusal,
  })
  let polls = 0
  let refresh = 0
  const tokens = (vendor: Parameters<Route>[1]): VendorAnswer => ({
    status: 200,
    body: {
      access_token: vendor.issue('iroh', 600, { email: 'ana@example.com' }),
      token_type: 'bearer',
      expires_in: 600,
      refresh_token: `SENTINEL-refresh-${++refresh}`,
      scope: 'inspect:read',
    },
  })
  return {
    'POST /iroh/oauth2/token': (request, vendor) => {
      const sent = new URLSearchParams(request.body)
      switch (sent.get('grant_type')) {
        case 'urn:ietf:params:oauth:grant-type:device_code':
          hold(request, {
            form: {
              grant_type: /./,
              device_code: 'SENTINEL-device-code',
              client_id: 'client-device',
            },
          })
          if (++polls % 2 === 1)
            return { status: 400, body: { error: 'authorization_pending', trace_id: 'trace-pending' } }
          return tokens(vendor)
        case 'refresh_token':
          hold(request, {
            form: {
              grant_type: 'refresh_token',
              refresh_token: `SENTINEL-refresh-${refresh}`,
              client_id: 'client-device',
            },
          })
          return tokens(vendor)
        default:
          return byClient(request, vendor)
      }
    },
    'POST /iroh/oauth2/device_authorization': (request, vendor) => {
      hold(request, { form: { client_id: 'client-device' } })
      return {
        status: 200,
        body: {
          device_code: 'SENTINEL-device-code',
          user_code: 'WDJB-MJHT',
          verification_uri: `${vendor.origin}/iroh/verify`,
          verification_uri_complete: `${vendor.origin}/iroh/verify?user_code=WDJB-MJHT`,
          expires_in: 600,
          interval: 5,
        },
      }
    },
    'GET /iroh/profile/whoami': call('iroh', profile),
  }
}

export const organizations = {
  meta: { start: 0, size: 10, total: 2 },
  data: [
    { name: 'Example Organization #1', organizationIdentifier: '4baascfeaofqpxidpinxtt5l' },
    { name: 'Example Organization #2', organizationIdentifier: 'nxtf3phj4w0z41pim3vqarzk' },
  ],
}

/** Cisco Secure Endpoint: a Cisco XDR token for one of its own, which comes alone. */
export function secureEndpointRoutes(): Record<string, Route> {
  return {
    'POST /v3/access_tokens': (request, vendor) => {
      hold(request, { bearer: 'iroh', form: grant })
      if (!vendor.isLive('iroh', request.headers.authorization)) return unauthorized
      return { status: 200, body: { access_token: vendor.issue('endpoint', 600) } }
    },
    'GET /v3/organizations?size=10': call('endpoint', organizations),
  }
}

/** Client credentials in the plain form of RFC 6749, as a ThreatSwitch deployment may have them. */
export function plainRoutes(): Record<string, Route> {
  return {
    'POST /oauth/token': (request, vendor) => {
      hold(request, { basic: { name: client.id, password: client.secret }, form: grant })
      // RFC 6749 section 2.3.1: both are form encoded before they are joined.
      const encoded = basicOf(encodeURIComponent(client.id), encodeURIComponent(client.secret))
      if (request.headers.authorization !== encoded)
        return { status: 401, body: { error: 'invalid_client', error_description: 'unknown client' } }
      const body = { access_token: vendor.issue('plain', 900), token_type: 'Bearer', expires_in: 900 }
      return { status: 200, body }
    },
    'GET /api/people': call('plain', { people: [] }),
  }
}

/** The general cases: what does not change goes with every call. */
export function fixedRoutes(): Record<string, Route> {
  const guarded =
    (
      wire: Parameters<typeof hold>[1],
      isGood: (headers: Record<string, string | undefined>) => boolean,
    ): Route =>
    (request) => {
      hold(request, wire)
      return isGood(request.headers) ? { status: 200, body: { ok: true } } : unauthorized
    }
  return {
    'GET /basic': guarded({ basic: { name: '', password: '' } }, ({ authorization }) => {
      return authorization === basicOf('ana', 'SENTINEL-pässword')
    }),
    'GET /key': guarded({ header: { name: 'X-Api-Key', value: '' } }, (headers) => {
      return headers['x-api-key'] === 'SENTINEL-api-key'
    }),
    'GET /bearer': guarded({ bearer: 'any' }, ({ authorization }) => {
      return authorization === 'Bearer SENTINEL-static-token'
    }),
    // A second platform that takes a Cisco XDR token as it is.
    'GET /second': call('iroh', { ok: true }),
  }
}
