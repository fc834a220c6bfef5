import { readFileSync } from 'node:fs'
import { XdrError } from '../errors.js'
import { checkUrl } from '../http.js'
import { sandboxAddressFile } from '../paths.js'
import { plain } from '../text.js'
import { type BorrowedToken, type Provider, sandboxOrigin } from './provider.js'
import { variablePrefix } from './variables.js'

/** A provider at one of its regions: what a sign-in and a client talk to. */
export interface Target {
  provider: Provider
  /** The region's first name; `custom` where a URL was given. */
  region: string
  /** `https://host[:port]` */
  origin: string
}

export interface TargetOptions {
  region?: string | undefined
  /** An origin in place of a region's: a proxy, a private deployment. */
  url?: string | undefined
}

/**
 * Finds the region: option, else `XDRLAB_<NAME>_REGION`, else `XDRLAB_REGION`, else the provider's default. `url` (or
 * `XDRLAB_<NAME>_URL`, else `XDRLAB_URL`) wins over all of them.
 *
 * @throws XdrError `XDR_UNKNOWN_REGION` with every known name, `XDR_BAD_URL`, `XDR_SANDBOX` where none runs
 */
export function resolveTarget(
  provider: Provider,
  options: TargetOptions,
  env: NodeJS.ProcessEnv = process.env,
): Target {
  const prefix = variablePrefix(provider.name)
  const envUrl = env[`${prefix}_URL`] || env.XDRLAB_URL || undefined
  const url = options.url ?? (options.region === undefined ? envUrl : undefined)
  if (url !== undefined) return targetAt(provider, 'custom', url)
  return regionOf(
    provider,
    options.region ?? (env[`${prefix}_REGION`] || env.XDRLAB_REGION || provider.defaultRegion),
    env,
  )
}

/**
 * Where the token of a platform comes from whose `tokenFrom` names another: the source's region that belongs to ours.
 * `XDRLAB_URL` and `XDRLAB_REGION` speak of the platform that was asked for, so the source does not follow them.
 *
 * @throws XdrError as {@link resolveTarget}
 */
export function resolveSource(
  target: Target,
  { provider: source, regions }: BorrowedToken,
  env: NodeJS.ProcessEnv = process.env,
): Target {
  const prefix = variablePrefix(source.name)
  const url = env[`${prefix}_URL`]
  if (url) return targetAt(source, 'custom', url)
  const same = target.region in source.regions ? target.region : undefined
  const wanted = regions?.[target.region] ?? same ?? (env[`${prefix}_REGION`] || source.defaultRegion)
  return regionOf(source, wanted, env)
}

function regionOf(provider: Provider, wanted: string, env: NodeJS.ProcessEnv): Target {
  const name = wanted.toLowerCase()
  for (const [region, { origin, aliases }] of Object.entries(provider.regions)) {
    if (![region, ...aliases].some((known) => known.toLowerCase() === name)) continue
    return targetAt(provider, region, origin === sandboxOrigin ? findSandbox(env) : origin)
  }
  throw new XdrError('XDR_UNKNOWN_REGION', `${provider.title} has no region "${plain(wanted, 40)}"`, {
    hint: `use one of ${Object.entries(provider.regions)
      .map(([region, { aliases }]) => (aliases.length === 0 ? region : `${region} (${aliases.join(', ')})`))
      .join(', ')}`,
  })
}

/** A provider may be written by hand: where its token goes is checked as well. */
function targetAt(provider: Provider, region: string, url: string): Target {
  const { origin } = checkUrl(url, `the ${provider.title} URL`)
  const { graphql, subscriptions, rest } = provider
  if (graphql !== undefined) checkUrl(new URL(graphql, origin).href, `the ${provider.title} GraphQL address`)
  for (const path of [subscriptions?.path, subscriptions?.events]) {
    if (path !== undefined) checkUrl(new URL(path, origin).href, `the ${provider.title} subscription address`)
  }
  if (rest !== undefined)
    checkUrl(new URL(rest.base ?? '/', origin).href, `the ${provider.title} REST address`)
  return { provider, region, origin }
}

/** The sandbox of `XDRLAB_SANDBOX_URL`, else the one that last wrote its address file. */
function findSandbox(env: NodeJS.ProcessEnv): string {
  if (env.XDRLAB_SANDBOX_URL) return checkUrl(env.XDRLAB_SANDBOX_URL, 'XDRLAB_SANDBOX_URL').origin
  try {
    const { origin } = JSON.parse(readFileSync(sandboxAddressFile(env), 'utf8'))
    return checkUrl(origin, 'the sandbox address').origin
  } catch {
    throw new XdrError('XDR_SANDBOX', 'no sandbox runs on this machine', {
      hint: 'start one with "xdrlab sandbox" in a terminal, then run this again',
    })
  }
}
