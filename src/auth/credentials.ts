import type { Clock } from '../clock.js'
import { XdrError } from '../errors.js'
import type { Target } from '../providers/target.js'
import type { Screen } from '../screen/screen.js'
import {
  type ClientPair,
  type CutOff,
  clientAccount,
  lastProfile,
  type Profile,
  type ProfileKey,
  type ProfileStore,
  type Session,
} from '../store/profile.js'
import type { SignInOptions, SignInPlan } from './choice.js'
import { openDialect } from './device-dialect.js'
import type { DeviceDialect } from './dialect.js'
import { isAttended } from './environment.js'
import type { Grant } from './grants.js'
import { planSignIn } from './methods.js'
import { formatTime } from './session-text.js'
import { isLive, noAccount, profilesFor } from './stored.js'
import { untilAborted, withPatience } from './waiting.js'

/** How long an answer to a renewal is still waited for, and kept, after the person has pressed stop. */
const rotationGraceMs = 5_000

/** How the session in use was come by: `client` needed nobody, `question` no browser. */
export type SessionSource = 'store' | 'refresh' | 'sign-in' | 'client' | 'question'

export interface CredentialsOptions {
  target: Target
  store: ProfileStore
  screen: Screen
  clock: Clock
  /** What the person said about how to sign in; overrides environment, store and questions. */
  options: SignInOptions
  tenant: string | undefined
  /** `false` never opens a browser. */
  browser: boolean
  env: NodeJS.ProcessEnv
}

/**
 * Credentials at one target: gives a live access token, from memory, the store, a refresh, or a sign-in by the method
 * that {@link planSignIn} finds, in that order. Calls at the same time share one sign-in.
 */
export class Credentials {
  readonly #options: CredentialsOptions
  #dialect: DeviceDialect | undefined
  #chosen: { plan: SignInPlan; grant: Grant | undefined } | undefined
  #account: string | undefined
  #session: Session | undefined
  #pending: Promise<Session> | undefined
  #source: SessionSource | undefined
  #remembered: Profile | undefined

  constructor(options: CredentialsOptions) {
    this.#options = options
    this.#account = options.options.username || options.env.XDRLAB_USERNAME || undefined
  }

  /** The session in use, if there is one. */
  get session(): Session | undefined {
    return this.#session
  }

  get account(): string | undefined {
    const grant = this.#chosen?.grant
    if (grant === undefined) return this.#account
    return grant.account === noAccount ? undefined : grant.account
  }

  /**
   * Whose rows these are: the token's own name for the person, else the account. While the platform cannot be
   * reached it is who signed in last.
   */
  get owner(): string | undefined {
    return (this.#session ?? this.#remembered?.session)?.subject ?? this.account
  }

  /**
   * Who signed in last, for work without the platform. Nobody is signed in by that: every call tries it anew.
   *
   * @returns `undefined` where nobody has, or has signed out since
   */
  async remembered(): Promise<Profile | undefined> {
    const { grant } = await this.#choose()
    const isKept = grant === undefined || grant.account !== undefined
    const stored = isKept ? await this.#stored() : undefined
    if (stored?.session === undefined) return undefined
    this.#remembered = stored
    this.#remember(stored)
    return stored
  }

  /** Where the session in use came from. */
  get source(): SessionSource | undefined {
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
    return this.#share(async () => {
      const { grant } = await this.#choose()
      return grant === undefined ? this.#signIn(signal) : this.#obtain(grant, undefined, signal)
    }, signal)
  }

  /** Forgets the session here and in the store; the account stays remembered. */
  async forget(): Promise<boolean> {
    await this.#choose()
    const profile = await this.#stored()
    this.#session = undefined
    this.#remembered = undefined
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
    const { grant } = await this.#choose()
    if (grant !== undefined) return this.#findBy(grant, rejected, signal)
    const stored = await this.#stored()
    const kept = this.#takeStored(stored, rejected)
    if (kept !== undefined) return kept
    if ((stored?.session?.refreshToken ?? this.#session?.refreshToken) !== undefined) {
      const { store } = this.#options
      const renew = (before?: CutOff) => this.#renew(rejected, before, signal)
      const key = { ...this.#key(), ...(stored === undefined ? {} : { account: stored.account }) }
      const takeRenewed = async () => this.#takeStored(await this.#stored(), rejected)
      const renewing = store.exclusively?.(key, renew, signal, takeRenewed) ?? renew()
      const renewed = await (signal === undefined ? renewing : untilAborted(renewing, signal))
      if (renewed !== undefined) return renewed
    }
    return this.#signIn(signal)
  }

  /** What is stored, else a new session: one process at a time asks for it, and the others take it from the store. */
  async #findBy(
    grant: Grant,
    rejected: Session | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Session> {
    const takeStored = async () =>
      grant.account === undefined ? undefined : this.#takeStored(await this.#stored(), rejected)
    const kept = await takeStored()
    if (kept !== undefined) return kept
    await grant.prepare?.(signal)
    const { store } = this.#options
    const obtain = async () => (await takeStored()) ?? this.#obtain(grant, rejected, signal)
    if (grant.account === undefined || grant.attended || store.exclusively === undefined) return obtain()
    return store.exclusively(this.#key(), obtain, signal, takeStored)
  }

  async #obtain(
    grant: Grant,
    rejected: Session | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Session> {
    if (grant.attended && !this.#isAttended()) throw this.#needed()
    const obtaining = grant.obtain(rejected, signal)
    if (grant.account !== undefined) this.#options.store.prepareToWrite?.()
    const session = await obtaining
    const source = grant.attended ? 'question' : 'client'
    if (grant.account !== undefined) return this.#keep(source, session, grant.client)
    this.#session = session
    this.#source = source
    return session
  }

  /** The method is chosen once: what a client began with, it goes on with. */
  async #choose(): Promise<{ plan: SignInPlan; grant: Grant | undefined }> {
    this.#chosen ??= await this.#plan()
    return this.#chosen
  }

  async #plan(): Promise<{ plan: SignInPlan; grant: Grant | undefined }> {
    const { target, store, screen, clock, env, options } = this.#options
    const parts = { target, env, options, attended: this.#isAttended(), now: clock.now() }
    const withoutStore = planSignIn({ ...parts, profiles: [] })
    // What options and environment give comes first in the order: then the store is not asked at all.
    const plan = isGiven(withoutStore)
      ? withoutStore
      : planSignIn({ ...parts, profiles: await profilesFor(target, store, env) })
    if (plan.problem !== undefined) throw new XdrError('XDR_BAD_OPTION', plan.problem, { hint: plan.hint })
    const method = plan.winner?.method
    if (method === undefined) {
      this.#chosen = { plan, grant: undefined }
      if (target.provider.signIn === undefined) throw this.#needed()
      return { plan, grant: undefined }
    }
    if (method.kind === 'device') return { plan, grant: undefined }
    // Loaded where it is needed: a person's stored sign-in goes without.
    const { openGrant } = await import('./grants.js')
    return { plan, grant: openGrant(method, { target, screen, clock, source: this.#sourceOf(plan) }) }
  }

  /** Credentials at the platform whose token is used here: the same person, the same store. */
  #sourceOf({ source }: SignInPlan): { credentials: Credentials; account: string } | undefined {
    if (source === undefined) return undefined
    const { token: _ours, ...options } = this.#options.options
    const credentials = new Credentials({
      ...this.#options,
      target: source.target,
      options,
      tenant: undefined,
    })
    const method = source.winner?.method
    const account = method?.kind === 'client' ? clientAccount(method.client.id) : noAccount
    return { credentials, account }
  }

  #isAttended(): boolean {
    return isAttended(this.#options.screen, this.#options.env)
  }

  #needed(): XdrError {
    const { target } = this.#options
    return new XdrError(
      'XDR_SIGN_IN_NEEDED',
      `a sign-in to ${target.provider.title} is needed and nobody is there`,
      { hint: this.#chosen?.plan.hint ?? 'run "xdrlab login" in a terminal first' },
    )
  }

  /** Alone with the profile: what another process has renewed meanwhile is taken, else the refresh token is used. */
  async #renew(
    rejected: Session | undefined,
    before: CutOff | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Session | undefined> {
    const stored = await this.#stored()
    const kept = this.#takeStored(stored, rejected)
    if (kept !== undefined) return kept
    const refreshToken = stored?.session?.refreshToken ?? this.#session?.refreshToken
    if (refreshToken === undefined) return undefined
    const dialect = await this.#loadDialect()
    const { clock, store } = this.#options
    // Once it is sent, the server may have rotated it: whoever presses stop would end the sign-in with it.
    const { dpopKey } = stored?.session ?? this.#session ?? {}
    const renewing = withPatience(signal, rotationGraceMs, clock, async (patient) =>
      dialect.refresh?.(refreshToken, patient, dpopKey),
    )
    // While the server thinks, and only by the one process that asks it.
    store.prepareToWrite?.()
    const renewed = await renewing
    if (renewed !== undefined) {
      this.#remember(stored)
      return this.#keep('refresh', { ...renewed, subject: renewed.subject ?? stored?.session?.subject })
    }
    // A process without the lock (another computer, another store) may have used the token first.
    const again = await this.#stored()
    const isNew = again?.session?.refreshToken?.reveal() !== refreshToken.reveal()
    if (isNew) return this.#takeStored(again, rejected)
    if (before !== undefined) this.#sayCutOff(before)
    return undefined
  }

  /** The old token was tried, since a server may not have seen it yet or may allow a second use; this one does not. */
  #sayCutOff({ beganAt }: CutOff): void {
    const { screen, clock, target } = this.#options
    const when = formatTime(beganAt, clock.now())
    screen.note(
      'warning',
      `the renewal of the sign-in to ${target.provider.title} that began at ${when} was cut off, and what it got is lost: sign in again`,
    )
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
    if (this.#chosen?.grant !== undefined) return
    if (profile !== undefined && profile.account !== noAccount) this.#account ??= profile.account
  }

  async #signIn(signal: AbortSignal | undefined): Promise<Session> {
    const { target, store, screen, clock, tenant, browser } = this.#options
    if (!this.#isAttended()) throw this.#needed()
    // Asked before the person is: a sign-in that cannot be kept would be for nothing.
    await store.checkWritable()
    const account = await this.#askAccount(signal)
    // Loaded when somebody is there: views and QR codes are the dearest part of it.
    const { signInByDevice } = await import('./sign-in.js')
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

  async #keep(source: SessionSource, session: Session, client?: ClientPair): Promise<Session> {
    this.#session = session
    this.#source = source
    const { store, screen, clock } = this.#options
    try {
      await store.write({ ...this.#key(), savedAt: clock.now(), session, ...(await this.#pairOf(client)) })
    } catch (error) {
      // The person is signed in: losing that over a full disk would be worse than asking again next time.
      const why = error instanceof XdrError ? error.message : 'the store failed'
      screen.note('warning', `${why}; this sign-in lasts as long as this process`)
    }
    return session
  }

  /** Client credentials that are kept beside a session stay with it. */
  async #pairOf(client: ClientPair | undefined): Promise<{ client?: ClientPair }> {
    const kept = client ?? (this.#chosen?.grant === undefined ? undefined : (await this.#stored())?.client)
    return kept === undefined ? {} : { client: kept }
  }

  /** The profile of the account, or the last one used here when none is named. */
  async #stored(): Promise<Profile | undefined> {
    const { store } = this.#options
    const { asks } = this.#options.target.provider.account
    if (this.#chosen?.grant !== undefined || this.#account !== undefined || asks === 'none')
      return store.read(this.#key())
    return lastProfile(store, this.#key())
  }

  #key(): ProfileKey {
    const { target } = this.#options
    return {
      provider: target.provider.name,
      region: target.region,
      origin: target.origin,
      account: this.#chosen?.grant?.account ?? this.#account ?? noAccount,
    }
  }

  #isLive(session: Session): boolean {
    return isLive(this.#options.target, session, this.#options.clock.now())
  }

  async #loadDialect(): Promise<DeviceDialect> {
    this.#dialect ??= await openDialect(this.#options)
    return this.#dialect
  }
}

/** Whether a plan rests on what was handed in, be it at the platform whose token is used. */
function isGiven({ winner, problem, source }: SignInPlan): boolean {
  const kind = winner?.method?.kind
  if (kind === 'borrowed') return source !== undefined && isGiven(source)
  return problem !== undefined || kind === 'given' || kind === 'client'
}
