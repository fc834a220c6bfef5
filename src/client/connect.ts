import { Credentials } from '../auth/credentials.js'
import { describeSession } from '../auth/session-text.js'
import { type Clock, systemClock } from '../clock.js'
import { isAway, type XdrError } from '../errors.js'
import { checkProvider } from '../providers/check.js'
import type { Provider, RegionName } from '../providers/provider.js'
import { resolveTarget } from '../providers/target.js'
import { currentScreen, type Screen } from '../screen/screen.js'
import { openStore, type StoreKind } from '../store/open-store.js'
import type { ProfileStore, Session } from '../store/profile.js'
import { plain } from '../text.js'
import { traced } from '../trace.js'
import { checkTenant } from './calls.js'
import { XdrClient } from './client.js'

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
 * Signs in to a platform and gives a client: with what options, environment or store hold, with the stored token while
 * it lives, else with your own account by device code in the browser with MFA or SSO. {@link explainSignIn} shows which.
 *
 * A notebook that is opened again without a network gets a client all the same, with a warning, where somebody has
 * signed in before: rows with a `cache` come from there, whatever else needs the platform is an error until it is back.
 *
 * @param provider `taegis`, `ciscoXdr`, `secureEndpoint`, or one made by `oauth()`, `basic()`, `apiKey()`, …
 * @throws XdrError `XDR_UNKNOWN_REGION`, `XDR_SIGN_IN_DENIED`, `XDR_SIGN_IN_EXPIRED`, `XDR_INPUT_NEEDED`, …
 * @example
 * const xdr = await connect(taegis, { region: 'us1' })
 */
export async function connect<const P extends Provider>(
  provider: P,
  options: ConnectOptions<P> = {},
): Promise<XdrClient> {
  checkProvider(provider)
  const screen = options.screen ?? (await currentScreen())
  const clock = options.clock ?? systemClock
  const tenant = options.tenant ?? (process.env.XDRLAB_TENANT || undefined)
  checkTenant(tenant)
  const target = resolveTarget(provider, options)
  const store = openStore(options.store, (level, text) => screen.note(level, text))
  const signals = [options.signal, screen.signal].filter((signal) => signal !== undefined)
  const signal = signals.length === 0 ? undefined : AbortSignal.any(signals)
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
  const signIn = () => (options.fresh === true ? credentials.signIn(signal) : credentials.get(signal))
  let session: Session | undefined
  try {
    session = await traced(trace, signIn)
  } catch (error) {
    if (!isAway(error) || options.fresh === true || screen.kind !== 'notebook') throw error
    const last = await credentials.remembered()
    if (last === undefined) throw error
    screen.note('warning', describeOffline(provider, credentials, error))
  }
  if (
    session !== undefined &&
    (screen.kind === 'notebook' || options.fresh === true) &&
    credentials.source !== 'sign-in'
  ) {
    const { account } = credentials
    screen.note(
      'info',
      describeSession({ ...session, account, tenant, expiresAt: session.accessToken.expiresAt }),
    )
  }
  return new XdrClient({ target, credentials, screen, clock, tenant, store, trace })
}

/** One line: what works and what does not. */
function describeOffline(provider: Provider, { account, owner }: Credentials, error: XdrError): string {
  const who = plain(account ?? owner ?? 'the last sign-in', 80)
  return `offline: ${plain(error.message, 200)}. Nobody is signed in to ${provider.title}; rows that are kept for ${who} are shown, everything else signs in again once the network is back`
}
