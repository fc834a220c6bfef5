import type { AccessToken, Secret } from '../secrets.js'

/** Names one sign-in: who, where. The origin is part of it, so that a token never goes to another host. */
export interface ProfileKey {
  provider: string
  region: string
  origin: string
  /** The username typed; `default` where the platform's own page asks. */
  account: string
}

/** What a sign-in gave. */
export interface Session {
  accessToken: AccessToken
  refreshToken: Secret | undefined
  /** The token's own name for the person; `undefined` for a token that does not say. */
  subject: string | undefined
  /** Tenants named in the token. */
  tenants: readonly string[]
  /** The private key that the tokens are bound to (RFC 9449), as the text of a JWK; absent for plain bearer tokens. */
  dpopKey?: Secret | undefined
  /** Where the tokens can be given up (RFC 7009), and as which client; absent where the server offers it nowhere. */
  revocation?: { endpoint: string; clientId: string } | undefined
}

/** Dedicated credentials (RFC 6749 section 4.4), as they are kept. */
export interface ClientPair {
  id: string
  secret: Secret
}

export interface Profile extends ProfileKey {
  /** Milliseconds since 1970 (UTC) of the last sign-in or renewal. */
  savedAt: number
  /** `undefined` once signed out: the account is still remembered. */
  session: Session | undefined
  /** Kept where a person chose so; its account is {@link clientAccount}. */
  client?: ClientPair | undefined
}

/** What a person's user name does not begin with. */
const clientPrefix = 'client:'

/** The account of a profile that belongs to a client, not to a person. */
export function clientAccount(clientId: string): string {
  return `${clientPrefix}${clientId}`
}

/** The id of the client that an account stands for; `undefined` for a person's. */
export function clientIdOf(account: string): string | undefined {
  return account.startsWith(clientPrefix) ? account.slice(clientPrefix.length) : undefined
}

/** Where profiles live. */
export interface ProfileStore {
  readonly kind: 'file' | 'keyring' | 'memory'
  read(key: ProfileKey): Profile | undefined | Promise<Profile | undefined>
  /**
   * Every profile, the last saved first.
   *
   * @param where only those that agree with it in what it names; a store may give more, but what it leaves out it need
   * not read
   */
  list(where?: Partial<ProfileKey>): Profile[] | Promise<Profile[]>
  /** @throws XdrError `XDR_STORE_UNWRITABLE` */
  write(profile: Profile): Promise<void>
  /** Forgets a profile whole, the account with it. */
  remove(key: ProfileKey): void | Promise<void>
  /**
   * Asked before a person is sent through a sign-in whose result could not be kept.
   *
   * @throws XdrError `XDR_STORE_UNWRITABLE`
   */
  checkWritable(): Promise<void>
  /**
   * Told as soon as something is on its way that would be a sign-in lost if it could not be written: from its
   * arrival to its writing is then a moment.
   */
  prepareToWrite?(): void
  /**
   * Runs `work` while no other process does so for the same profile; absent where profiles are not shared. A refresh
   * token that rotates is good for one use: of two processes that renew at once, the server shuts both out.
   *
   * @param work told of a process before it that ended in the middle
   * @param meanwhile asked while another process is at work, whenever the profile has changed: what it gives is the
   * result, and `work` is not run
   */
  exclusively?<T>(
    key: ProfileKey,
    work: (before?: CutOff) => Promise<T>,
    signal: AbortSignal | undefined,
    meanwhile?: () => Promise<T | undefined>,
  ): Promise<T>
}

/** Work on a profile that another process did not live to finish. */
export interface CutOff {
  /** Milliseconds since 1970 (UTC) at which that process began. */
  beganAt: number
}

/** A store that answers at once: files and memory, not a keyring. */
export interface DirectStore extends ProfileStore {
  read(key: ProfileKey): Profile | undefined
  list(where?: Partial<ProfileKey>): Profile[]
  remove(key: ProfileKey): void
}

/** The person's profile last used at a provider's region: whom to propose at the next sign-in. */
export async function lastProfile(
  store: ProfileStore,
  { provider, region, origin }: Omit<ProfileKey, 'account'>,
): Promise<Profile | undefined> {
  const where = { provider, region, origin }
  const profiles = await store.list(where)
  return profiles.find((p) => agrees(p, where) && clientIdOf(p.account) === undefined)
}

/** Whether a key has what `where` names. */
export function agrees(key: ProfileKey, where: Partial<ProfileKey>): boolean {
  const names = ['provider', 'region', 'origin', 'account'] as const
  return names.every((name) => where[name] === undefined || where[name] === key[name])
}

/** Profiles that end with the process. */
export function memoryStore(): DirectStore {
  const profiles = new Map<string, Profile>()
  const nameOf = (key: ProfileKey) => JSON.stringify([key.provider, key.region, key.origin, key.account])
  return {
    kind: 'memory',
    read: (key) => profiles.get(nameOf(key)),
    list: (where = {}) =>
      [...profiles.values()].filter((p) => agrees(p, where)).sort((a, b) => b.savedAt - a.savedAt),
    write: async (profile) => {
      profiles.set(nameOf(profile), profile)
    },
    remove: (key) => void profiles.delete(nameOf(key)),
    checkWritable: async () => {},
  }
}
