import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js'

/** A sandbox that remembers what it gave out, and that can be a slow platform. */
export interface DaySandbox extends AsyncDisposable {
  readonly origin: string
  readonly user: Sandbox['user']
  /** What must stand in no file but the store, by what it is; grows with every sign-in. */
  readonly secrets: Map<string, string>
  /**
   * Answers GraphQL slowly until disposed: a person can watch the first pages come, and the one after them is held
   * until the asker has gone.
   */
  slowDown(): Disposable
}

const secretFields = ['access_token', 'refresh_token', 'id_token', 'device_code', 'user_code'] as const
const pageTakesMs = 300
const pagesBeforeTheHeld = 12

/** Starts it with tokens that can be renewed, so that there is a refresh token to be kept. */
export async function startDaySandbox(): Promise<DaySandbox> {
  const secrets = new Map<string, string>()
  let slowPages: number | undefined
  const sandbox = await startSandbox({
    taegisRefreshToken: true,
    intercept: async ({ url }, response) => {
      if (/device|token/.test(url ?? '')) watchAnswer(response, secrets)
      if (url !== '/graphql' || slowPages === undefined) return false
      slowPages++
      if (slowPages <= pagesBeforeTheHeld) {
        await pause(pageTakesMs)
        return false
      }
      await once(response, 'close')
      return true
    },
  })
  secrets.set('password', sandbox.user.password)
  secrets.set('key of the one-time codes', sandbox.user.totpSecret)
  return {
    origin: sandbox.origin,
    user: sandbox.user,
    secrets,
    slowDown: () => {
      slowPages = 0
      return {
        [Symbol.dispose]: () => {
          slowPages = undefined
        },
      }
    },
    [Symbol.asyncDispose]: () => sandbox.close(),
  }
}

/** Notes the secrets of a JSON answer as it is sent. */
function watchAnswer(response: ServerResponse, secrets: Map<string, string>): void {
  for (const name of ['write', 'end'] as const) {
    const send = response[name]
    Object.defineProperty(response, name, {
      value: (...given: unknown[]) => {
        const [body] = given
        if (typeof body === 'string' || Buffer.isBuffer(body)) noteSecrets(body.toString(), secrets)
        return Reflect.apply(send, response, given)
      },
    })
  }
}

function noteSecrets(body: string, secrets: Map<string, string>): void {
  for (const field of secretFields) {
    const value = new RegExp(`"${field}":"([^"]+)"`).exec(body)?.[1]
    if (value !== undefined) secrets.set(`${field} ${value.slice(-4)}`, value)
  }
}
