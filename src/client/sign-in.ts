import { Credentials } from '../auth/credentials.js'
import { describeSession } from '../auth/session-text.js'
import { type Clock, systemClock } from '../clock.js'
import { isAway, type XdrError } from '../errors.js'
import type { Provider, RegionName } from '../providers/provider.js'
import { isShipped } from '../providers/shipped.js'
import { resolveTarget } from '../providers/target.js'
import { currentScreen, type Screen } from '../screen/screen.js'
import { openStore, type StoreKind } from '../store/open-store.js'
import type { ProfileStore, Session } from '../store/profile.js'
import { plain } from '../text.js'
import { traced } from '../trace.js'
import { type ClientParts, checkTenant, joinSignals } from './calls.js'

export interface ConnectOptions<P extends Provider = Provider> {
  /** Region or alias. Default: `XDRLAB_REGION`, else the provider's own default. */
  region?: RegionName<P>
  /** Origin in place of a region's. Default: `XDRLAB_URL`, when no region is given. */
  url?: string
  /** Your own account. Default: `XDRLAB_USERNAME`, else asked for, with the last one proposed. */
  username?: string
  /** `client` or `device`, where a platform offers both. Default: the first of the documented order that is found. */
  method?: 'client' | 'device'
  /** Dedicated credentials, in place of those in the environment or the store. */
  clientId?: string
  clientSecret?: string
  /** A token that you have got elsewhere. Default: `XDRLAB_<NAME>_TOKEN`, `XDRLAB_TOKEN`. */
  token?: string
  /** With `username`, for platforms that take both with every call. */
  password?: string
  /** For platforms that take a key with every call. */
  apiKey?: string
  /** Tenant id for every query. Default: `XDRLAB_TENANT`, else the token's own. */
  tenant?: string
  /**
   * Where the sign-in is kept for the next notebook: `auto` in the OS keyring where there is one, else in a 0600 file;
   * `memory` forgets it with the process. Default: `XDRLAB_STORE`, else `auto`.
   */
  store?: StoreKind | ProfileStore
  /** Sign in anew even when a live token is stored. */
  fresh?: boolean
  /** `false` never opens a browser by itself. */
  browser?: boolean
  /** Ends the sign-in early. The notebook's stop button does so without it. */
  signal?: AbortSignal
  /**
   * Shows every request, also those of the sign-in: method, address, status, time, sizes, request id, header names; no
   * bodies and no secrets. `true` notes them under the cell, a function takes each line. Default: off, unless
   * `XDRLAB_TRACE=1` writes those of the whole process to stderr.
   */
  trace?: boolean | ((line: string) => void)
  /** Where the person is met. Default: the notebook or terminal this runs in. */
  screen?: Screen
  /** Time, for tests. */
  clock?: Clock
}

/**
 * Signs in, and gives what a client is made of: a command that asks once needs no whole client.
 *
 * @throws XdrError as `connect` does
 */
export async function signIn<const P extends Provider>(
  provider: P,
  options: ConnectOptions<P> = {},
): Promise<ClientParts> {
  // Loaded where there is something to be checked.
  if (!isShipped(provider)) await checkOwn(provider)
  const screen = options.screen ?? (await currentScreen())
  const clock = options.clock ?? systemClock
  const tenant = options.tenant ?? (process.env.XDRLAB_TENANT || undefined)
  checkTenant(tenant)
  const target = resolveTarget(provider, options)
  const store = openStore(options.store, (level, text) => screen.note(level, text))
  const signal = joinSignals(options.signal, screen.signal)
  const credentials = new Credentials({
    target,
    store,
    screen,
    clock,
    tenant,
    options,
    browser: options.browser ?? true,
    env: process.env,
  })
  const trace =
    options.trace === true ? (line: string) => screen.note('info', line) : options.trace || undefined
  let session: Session | undefined
  try {
    session = await traced(trace, () =>
      options.fresh === true ? credentials.signIn(signal) : credentials.get(signal),
    )
  } catch (error) {
    if (!isAway(error) || options.fresh === true || screen.kind !== 'notebook') throw error
    if ((await credentials.remembered()) === undefined) throw error
    screen.note('warning', describeOffline(provider, credentials, error))
  }
  const isTold = screen.kind === 'notebook' || options.fresh === true
  if (session !== undefined && isTold && credentials.source !== 'sign-in') {
    const { account } = credentials
    screen.note(
      'info',
      describeSession({ ...session, account, tenant, expiresAt: session.accessToken.expiresAt }),
    )
  }
  return { target, credentials, screen, clock, tenant, store, trace }
}

async function checkOwn(provider: unknown): Promise<void> {
  const check: (provider: unknown) => void = (await import('../providers/check.js')).checkProvider
  check(provider)
}

/** One line: what works and what does not. */
function describeOffline(provider: Provider, { account, owner }: Credentials, error: XdrError): string {
  const who = plain(account ?? owner ?? 'the last sign-in', 80)
  return `offline: ${plain(error.message, 200)}. Nobody is signed in to ${provider.title}; rows that are kept for ${who} are shown, everything else signs in again once the network is back`
}
