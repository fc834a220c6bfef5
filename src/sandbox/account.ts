import { randomBytes, timingSafeEqual } from 'node:crypto'
import { Secret, TOTP } from 'otpauth'

/** The one person who can sign in to a sandbox. */
export interface SandboxUser {
  readonly username: string
  readonly password: string
  /** Base32, as an authenticator app takes it. New with every start. */
  readonly totpSecret: string
  /** The one-time code of this moment. */
  currentCode(): string
}

/** The seeded analyst as the tokens and the directory know them. */
export const analyst = {
  id: 'a7d1f0b2-4c55-4e0e-9b61-3d2c8f5e7a10',
  username: 'analyst@sandbox.example',
  password: 'sandbox-only-password',
  givenName: 'Alex',
  familyName: 'Rivera',
} as const

/** One step early or late is accepted: clocks differ, and people type slowly. */
const toleratedSteps = 1

/** Sign-in data of the sandbox and the check of what a person types. */
export class Account implements SandboxUser {
  readonly username: string = analyst.username
  readonly password: string = analyst.password
  readonly totpSecret: string
  readonly #totp: TOTP

  constructor() {
    const secret = new Secret({ buffer: new Uint8Array(randomBytes(20)).buffer })
    this.totpSecret = secret.base32
    this.#totp = new TOTP({ issuer: 'xdrlab sandbox', label: this.username, secret })
  }

  currentCode(): string {
    return this.#totp.generate()
  }

  /** True where all three are right; which of them is wrong is not told, as in a real sign-in. */
  accepts(username: string, password: string, code: string): boolean {
    const known = equal(username.trim().toLowerCase(), this.username) && equal(password, this.password)
    const inTime = this.#totp.validate({ token: code.replace(/\s/g, ''), window: toleratedSteps }) !== null
    return known && inTime
  }
}

function equal(given: string, expected: string): boolean {
  const a = Buffer.from(given)
  const b = Buffer.from(expected)
  return a.length === b.length && timingSafeEqual(a, b)
}
