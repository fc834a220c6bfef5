import { approveDevice } from '../../src/sandbox/approve.js'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/index.js'

/** Fixed, so that whatever depends on the data's "now" is the same in every run. */
export const dataNow = Date.UTC(2026, 0, 31, 12)

export interface Answer {
  status: number
  headers: Headers
  text: string
  body: unknown
}

export interface DeviceAnswer {
  device_code: string
  user_code: string
  verification_uri: string
  verification_uri_complete: string
  expires_in: number
  interval: number
}

export async function postJson(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: text === '' ? undefined : JSON.parse(text),
  }
}

/** The first request of the Taegis device flow. */
export async function beginDevice(sandbox: Sandbox): Promise<DeviceAnswer> {
  const response = await fetch(`${sandbox.origin}/universal-auth/device/code/auth`, { method: 'POST' })
  return JSON.parse(await response.text())
}

/** One poll of the Taegis device flow. */
export function pollDevice(sandbox: Sandbox, deviceCode: string): Promise<Answer> {
  return postJson(`${sandbox.origin}/universal-auth/device/code/token`, {
    device_code: deviceCode,
    interval: 1,
  })
}

/** The whole Taegis sign-in; gives the access token. */
export async function signIn(sandbox: Sandbox): Promise<string> {
  const device = await beginDevice(sandbox)
  await approveDevice({
    verificationUriComplete: device.verification_uri_complete,
    userCode: device.user_code,
    user: sandbox.user,
  })
  const { body } = await pollDevice(sandbox, device.device_code)
  return textField(body, 'access_token')
}

/** A sandbox with somebody signed in. */
export class SignedIn implements AsyncDisposable {
  readonly sandbox: Sandbox
  readonly token: string

  private constructor(sandbox: Sandbox, token: string) {
    this.sandbox = sandbox
    this.token = token
  }

  static async start(options: SandboxOptions = {}): Promise<SignedIn> {
    const sandbox = await startSandbox({ now: dataNow, alerts: 3000, ...options })
    return new SignedIn(sandbox, await signIn(sandbox))
  }

  /** Sends a GraphQL request and gives the whole answer. */
  send(
    query: string,
    options: { path?: string; tenant?: string; variables?: unknown } = {},
  ): Promise<Answer> {
    const { path = '/graphql', tenant, variables } = options
    return postJson(
      this.sandbox.origin + path,
      { query, variables },
      {
        authorization: `Bearer ${this.token}`,
        ...(tenant === undefined ? {} : { 'x-tenant-context': tenant }),
      },
    )
  }

  /** Sends a GraphQL request that must succeed, and gives one root field of its data. */
  async ask<T>(query: string, options: Parameters<SignedIn['send']>[1] = {}): Promise<T> {
    const { body, text } = await this.send(query, options)
    const { data, errors } = body as { data?: Record<string, T> | null; errors?: unknown }
    const [value] = Object.values(data ?? {})
    if (errors !== undefined || value === undefined)
      throw new Error(`the query failed: ${text.slice(0, 500)}`)
    return value
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.sandbox.close()
  }
}

/** A field of an answer, checked to be what the test takes it for. */
export function textField(body: unknown, name: string): string {
  const value: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, name) : undefined
  if (typeof value !== 'string') throw new Error(`no ${name} in ${JSON.stringify(body)}`)
  return value
}
