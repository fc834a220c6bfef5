import { readClaims } from '../../auth/token-response.js'
import { XdrError } from '../../errors.js'
import { send } from '../../http.js'
import { profileFolder } from '../../paths.js'
import { findProvider, providerNames } from '../../providers/find.js'
import type { Provider } from '../../providers/provider.js'
import { taegis } from '../../providers/taegis.js'
import { resolveTarget, type Target } from '../../providers/target.js'
import { type ProfileFile, readProfiles } from '../../store/profile-file.js'
import { plain } from '../../text.js'
import { type Check, type CheckContext, type Finding, findingsOf } from './finding.js'

const clock = findingsOf('clock', 'Clock')

/** Sign-ins and signed requests take a clock that differs by less. */
const harmlessMs = 30_000

/** The clock, and with `--online` the hosts that tell the time. */
export const networkCheck: Check = {
  id: 'clock',
  title: 'Clock',
  run: async (context) => {
    const profiles = readProfiles(profileFolder(context.env))
    if (!context.online) return [clockFromProfiles(profiles)]
    const places = placesToAsk(profiles, context.env)
    const asked = await Promise.all(places.map((place) => askHost(place, context)))
    const skew = asked.map(({ skewMs }) => skewMs).find((skewMs) => skewMs !== undefined)
    return [
      skew === undefined ? clockFromProfiles(profiles) : clockFinding(skew),
      ...asked.map(({ finding }) => finding),
    ]
  },
}

interface Place {
  name: string
  origin: string
  /** Somebody is signed in there, or would be. */
  isUsed: boolean
}

/** Where somebody is signed in, and each platform at its region. */
function placesToAsk(profiles: readonly ProfileFile[], env: NodeJS.ProcessEnv): Place[] {
  const chosen = env.XDRLAB_PROVIDER || taegis.name
  // Sandboxes come and go with their port.
  const isSignedIn = ({ session, client, region }: ProfileFile) =>
    (session ?? client) !== undefined && region !== 'sandbox'
  const used = profiles.filter(isSignedIn).map(({ provider, region, origin }) => ({
    name: `${provider} ${region}`,
    origin,
    isUsed: true,
  }))
  const others = namesOf(env).flatMap((name) => {
    const target = targetOf(name, env)
    if (target === undefined) return []
    return [{ name: `${name} ${target.region}`, origin: target.origin, isUsed: name === chosen }]
  })
  const places = new Map<string, Place>()
  for (const place of [...used, ...others]) if (!places.has(place.origin)) places.set(place.origin, place)
  return [...places.values()]
}

/** What is wrong in the file of a person's own platforms is another check's. */
function namesOf(env: NodeJS.ProcessEnv): string[] {
  try {
    return providerNames(env)
  } catch {
    return []
  }
}

/** At the region of the environment where the platform has that one, else at its own. */
function targetOf(name: string, env: NodeJS.ProcessEnv): Target | undefined {
  const { XDRLAB_REGION: _region, XDRLAB_URL: _url, ...bare } = env
  let provider: Provider
  try {
    provider = findProvider(name, env)
  } catch {
    return undefined
  }
  for (const each of [env, bare]) {
    try {
      return resolveTarget(provider, {}, each)
    } catch {
      // The next one.
    }
  }
  return undefined
}

/** Of the check's time: a host that does not answer leaves time to say so, and does not take the others with it. */
const hostShare = 0.8

/** One request without any sign-in. Whatever is answered, the host is there. */
async function askHost(
  { name, origin, isUsed }: Place,
  { signal, limitMs }: CheckContext,
): Promise<{ finding: Finding; skewMs: number | undefined }> {
  const { host } = new URL(origin)
  const { ok, warning, broken } = findingsOf('host', 'Host')
  const place = plain(name, 60)
  const title = `${place} (${host})`
  const startedAt = Date.now()
  try {
    const { headers, status } = await send({
      method: 'GET',
      url: new URL(origin),
      signal,
      timeoutMs: limitMs * hostShare,
      isRare: true,
    })
    const ms = Date.now() - startedAt
    const date = /^[A-Za-z]{3}, /.test(headers.date ?? '') ? Date.parse(headers.date ?? '') : Number.NaN
    // The answer was written somewhere between the question and now, in whole seconds.
    const skewMs = Number.isNaN(date) ? undefined : date + 500 - (startedAt + ms / 2)
    return { finding: ok(`${title} answers (HTTP ${status}, ${ms} ms)`), skewMs }
  } catch (error) {
    if (!(error instanceof XdrError)) throw error
    if (error.code === 'XDR_REDIRECT' || error.code === 'XDR_TOO_LARGE') {
      return { finding: ok(`${title} answers`), skewMs: undefined }
    }
    const say = isUsed ? broken : warning
    const hint = error.code === 'XDR_TIMEOUT' ? 'check the network, the VPN and the proxy' : error.hint
    return { finding: say(`${place}: ${error.message}`, hint), skewMs: undefined }
  }
}

function clockFinding(skewMs: number): Finding {
  const seconds = Math.round(Math.abs(skewMs) / 1000)
  if (Math.abs(skewMs) < harmlessMs) return clock.ok(`right to ${Math.max(1, seconds)} s`)
  const way = skewMs > 0 ? 'behind' : 'ahead of'
  return clock.warning(
    `${seconds} s ${way} the platform's`,
    'let the system set its time by the network (NTP)',
  )
}

/**
 * What is kept says whether the clock was right: a token is not issued after it was kept, and nothing in the
 * future.
 */
function clockFromProfiles(profiles: readonly ProfileFile[]): Finding {
  const now = Date.now()
  if (profiles.some(({ savedAt }) => savedAt > now + harmlessMs)) {
    return clock.warning(
      'a sign-in was kept later than it is now: the clock is, or was, wrong',
      'let the system set its time by the network (NTP); --online compares it with a platform',
    )
  }
  const [last] = profiles
  const issuedAt =
    last?.session?.accessToken === undefined ? undefined : readClaims(last.session.accessToken).iat
  const behindMs = typeof issuedAt === 'number' && last !== undefined ? issuedAt * 1000 - last.savedAt : 0
  return behindMs > harmlessMs
    ? clockFinding(behindMs)
    : clock.ok(`${new Date(now).toISOString().slice(0, 16)}Z; --online compares it with a platform`)
}
