import type { Clock } from '../clock.js'
import { abortedError, XdrError } from '../errors.js'
import type { Target } from '../providers/target.js'
import type { Screen } from '../screen/screen.js'
import {
  lastProfile,
  type Profile,
  type ProfileKey,
  type ProfileStore,
  type Session,
} from '../store/profile.js'
import type { DeviceDialect } from './dialect.js'
import { signInByDevice } from './sign-in.js'
import { taegisDialect } from './taegis-dialect.js'

export interface CredentialsOptions {
  target: Target
  store: ProfileStore
  screen: Screen
  clock: Clock
  /** Overrides `XDRLAB_USERNAME`, the remembered one and the question. */
  username: string | undefined
  tenant: string | undefined
  /** `false` never opens a browser. */
  browser: boolean
  env: NodeJS.ProcessEnv
}

/**
 * One person's credentials at one target: gives a live access token, from memory, the store, a refresh, or a sign-in,
 * in that order. Calls at the same time share one sign-in.
 */
export class Credentials {
  readonly #options: CredentialsOptions
  #dialect: DeviceDialect | undefined
  #account: string | undefined
  #session: Session | undefined
  #pending: Promise<Session> | undefined
  #source: 'store' | 'refresh' | 'sign-in' | undefined

  constructor(options: CredentialsOptions) {
    this.#options = options
    this.#account = options.username || options.env.XDRLAB_USERNAME || undefined
  }

  /** The session in use, if there is one. */
  get session(): Session | undefined {
    return this.#session
  }

  get account(): string | undefined {
    return this.#account
  }

  /** Where the session in use came from. */
  get source(): 'store' | 'refresh' | 'sign-in' | undefined {
    return this.#source
  }

  /**
   * A session whose access token is good for at least the provider's margin.
   *
   * @throws XdrError what the sign-in ends with
   */
  async get(signal?: AbortSignal): Promise<Session> {
    if (this.#session !== undefined && this.#isLive(this.#session)) return this.#session
    return this.#share(() => this.#find(undefined, signal), signal)
  }

  /** A session in place of `rejected`, which the server answered with 401. */
  async replace(rejected: Session, signal?: AbortSignal): Promise<Session> {
    const current = this.#session
    if (current !== undefined && current !== rejected && this.#isLive(current)) return current
    return this.#share(() => this.#find(rejected, signal), signal)
  }

  /** Signs in anew, whatever is stored. */
  async signIn(signal?: AbortSignal): Promise<Session> {
    return this.#share(() => this.#signIn(signal), signal)
  }

  /** Forgets the session here and in the store; the account stays remembered. */
  async forget(): Promise<boolean> {
    const profile = await this.#stored()
    this.#session = undefined
    if (profile?.session === undefined) return false
    await this.#options.store.write({ ...profile, session: undefined })
    return true
  }

  /** The first caller's signal ends the work; another caller's ends that caller's waiting. */
  async #share(work: () => Promise<Session>, signal: AbortSignal | undefined): Promise<Session> {
    const isFirst = this.#pending === undefined
    this.#pending ??= work().finally(() => {
      this.#pending = undefined
    })
    return isFirst || signal === undefined ? this.#pending : untilAborted(this.#pending, signal)
  }

  async #find(rejected: Session | undefined, signal: AbortSignal | undefined): Promise<Session> {
    const stored = await this.#stored()
    const kept = this.#takeStored(stored, rejected)
    if (kept !== undefined) return kept
    if ((stored?.session?.refreshToken ?? this.#session?.refreshToken) !== undefined) {
      const { store } = this.#options
      const renew = () => this.#renew(rejected, signal)
      const key = { ...this.#key(), ...(stored === undefined ? {} : { account: stored.account }) }
      const renewed = await (store.exclusively?.(key, renew, signal) ?? renew())
      if (renewed !== undefined) return renewed
    }
    return this.#signIn(signal)
  }

  /** Alone with the profile: what another process has renewed meanwhile is taken, else the refresh token is used. */
  async #renew(rejected: Session | undefined, signal: AbortSignal | undefined): Promise<Session | undefined> {
    const stored = await this.#stored()
    const kept = this.#takeStored(stored, rejected)
    if (kept !== undefined) return kept
    const refreshToken = stored?.session?.refreshToken ?? this.#session?.refreshToken
    if (refreshToken === undefined) return undefined
    const dialect = await this.#loadDialect()
    const renewed = await dialect.refresh?.(refreshToken, signal)
    if (renewed !== undefined) {
      this.#remember(stored)
      return this.#keep('refresh', { ...renewed, subject: renewed.subject ?? stored?.session?.subject })
    }
    // A process without the lock (another computer, another store) may have used the token first.
    const again = await this.#stored()
    const isNew = again?.session?.refreshToken?.reveal() !== refreshToken.reveal()
    return isNew ? this.#takeStored(again, rejected) : undefined
  }

  /** The stored session, where it is live and not the one that the server has just rejected. */
  #takeStored(stored: Profile | undefined, rejected: Session | undefined): Session | undefined {
    const session = stored?.session
    if (session === undefined || !this.#isLive(session)) return undefined
    if (session.accessToken.reveal() === rejected?.accessToken.reveal()) return undefined
    return this.#use(stored, session)
  }

  #use(profile: Profile | undefined, session: Session): Session {
    this.#remember(profile)
    this.#session = session
    this.#source = 'store'
    return session
  }

  /** Only once its session is good: an account that has to sign in again is proposed, not taken unasked. */
  #remember(profile: Profile | undefined): void {
    if (profile !== undefined && profile.account !== noAccount) this.#account ??= profile.account
  }

  async #signIn(signal: AbortSignal | undefined): Promise<Session> {
    const { target, store, screen, clock, tenant, browser } = this.#options
    if (screen.kind === 'none') {
      throw new XdrError(
        'XDR_SIGN_IN_NEEDED',
        `a sign-in to ${target.provider.title} is needed and nobody is there`,
        {
          hint: 'run "xdrlab login" in a terminal first; the sign-in is then found here',
        },
      )
    }
    // Asked before the person is: a sign-in that cannot be kept would be for nothing.
    await store.checkWritable()
    const account = await this.#askAccount(signal)
    const dialect = await this.#loadDialect()
    return this.#keep(
      'sign-in',
      await signInByDevice({ target, dialect, account, tenant, screen, clock, signal, browser }),
    )
  }

  async #askAccount(signal: AbortSignal | undefined): Promise<string | undefined> {
    const { target, screen } = this.#options
    const wanted = target.provider.account
    if (wanted.asks === 'none' || this.#account !== undefined) return this.#account
    const initial = (await this.#stored())?.account
    const answer = (await screen.ask({ label: wanted.label, initial }, signal)).trim()
    if (answer === '') {
      throw new XdrError('XDR_INPUT_NEEDED', `no ${wanted.label} was given`, {
        hint: 'run this again and type the name you log in with, or set XDRLAB_USERNAME',
      })
    }
    this.#account = answer
    return answer
  }

  async #keep(source: 'refresh' | 'sign-in', session: Session): Promise<Session> {
    this.#session = session
    this.#source = source
    const { store, screen, clock } = this.#options
    try {
      await store.write({ ...this.#key(), savedAt: clock.now(), session })
    } catch (error) {
      // The person is signed in: losing that over a full disk would be worse than asking again next time.
      const why = error instanceof XdrError ? error.message : 'the store failed'
      screen.note('warning', `${why}; this sign-in lasts as long as this process`)
    }
    return session
  }

  /** The profile of the account, or the last one used here when none is named. */
  async #stored(): Promise<Profile | undefined> {
    const { store } = this.#options
    if (this.#account !== undefined || this.#options.target.provider.account.asks === 'none')
      return store.read(this.#key())
    return lastProfile(store, this.#key())
  }

  #key(): ProfileKey {
    const { target } = this.#options
    return {
      provider: target.provider.name,
      region: target.region,
      origin: target.origin,
      account: this.#account ?? noAccount,
    }
  }

  #isLive(session: Session): boolean {
    const { expiresAt } = session.accessToken
    const { clock, target } = this.#options
    return expiresAt === undefined || expiresAt - target.provider.expiryMarginS * 1000 > clock.now()
  }

  async #loadDialect(): Promise<DeviceDialect> {
    this.#dialect ??= await openDialect(this.#options.target, this.#options.clock)
    return this.#dialect
  }
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(abortedError('the sign-in'))
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}

/** Stands for the account where the platform's own page asks for it. */
const noAccount = 'default'

async function openDialect(target: Target, clock: Clock): Promise<DeviceDialect> {
  const { signIn, title } = target.provider
  switch (signIn?.dialect) {
    case undefined:
      throw new XdrError('XDR_SIGN_IN_NEEDED', `${title} has no sign-in by device code`, {
        hint: 'sign in with client credentials',
      })
    case 'taegis':
      return taegisDialect(target, signIn, clock)
    case 'rfc8628': {
      const { clientId } = signIn
      if (clientId === undefined) {
        throw new XdrError('XDR_SIGN_IN_NEEDED', `${title} needs the id of your organisation’s own client`, {
          hint: 'register a client with the device grant there and give its id',
        })
      }
      const { rfc8628Dialect } = await import('./rfc8628-dialect.js')
      return rfc8628Dialect(target, { ...signIn, clientId }, clock)
    }
  }
}
