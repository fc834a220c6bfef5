import { Option } from 'commander'
import { profileFolder } from '../../paths.js'
import { findProvider, providerNames } from '../../providers/find.js'
import { type Provider, sandboxOrigin } from '../../providers/provider.js'
import { taegis } from '../../providers/taegis.js'
import { taegisClientRoles } from '../../providers/taegis-roles.js'
import { clientIdOf } from '../../store/profile.js'
import { type ProfileFile, readProfiles } from '../../store/profile-file.js'
import type { Place } from './place.js'

/** One line of what is proposed. */
export interface Proposal {
  value: string
  description?: string
}

/** What may stand at a place: proposals, or files that the shell finds by itself. */
export type Values =
  | { kind: 'proposals'; proposals: readonly Proposal[] }
  /** With one of the endings, or all. */
  | { kind: 'files'; endings: readonly string[] }
  | { kind: 'folders' }

type Source = (place: Place) => Values | Promise<Values>

const files =
  (...endings: string[]): Source =>
  () => ({ kind: 'files', endings })
const folders: Source = () => ({ kind: 'folders' })
const from = (find: (place: Place) => readonly Proposal[] | Promise<readonly Proposal[]>): Source => {
  return async (place) => ({ kind: 'proposals', proposals: await find(place) })
}

/** By an option's or an argument's own name, whatever command it stands in. */
const byName: Record<string, Source> = {
  provider: from(() => providerNames().map((value) => ({ value, ...titleOf(value) }))),
  '--provider': from(() => providerNames().map((value) => ({ value, ...titleOf(value) }))),
  '--region': from((place) => regionsOf(providerAt(place))),
  '--username': from((place) => accounts(place)),
  '--tenant': from(() => unique(profiles().flatMap(({ session }) => session?.tenants ?? []))),
  '--role': from(() => Object.keys(taegisClientRoles).map((value) => ({ value }))),
  '--schema': files('graphql'),
  '--file': files(),
  '--from': files(),
  notebook: files('ipynb'),
}

/** Where the name alone does not say it. */
const byPlace: Record<string, Source> = {
  'query files': files('graphql', 'gql'),
  'types files': files(),
  'get path': from((place) => pathsOf(providerAt(place))),
  'cache rm id': from(cacheIds),
  'uninstall --name': from(kernelNames),
  'install --name': from(kernelNames),
}

/** By what stands in the angle brackets of an option. */
const byPlaceholder: Record<string, Source> = { file: files(), dir: folders, folder: folders }

/** What may stand at a place; `undefined` where only its person knows. */
export async function valuesAt(place: Place): Promise<Values | undefined> {
  const { wanted, path } = place
  if (wanted === undefined) return undefined
  if (wanted.argChoices !== undefined) {
    return { kind: 'proposals', proposals: wanted.argChoices.map((value) => ({ value })) }
  }
  const isOption = wanted instanceof Option
  const name = isOption ? (wanted.long ?? wanted.flags) : wanted.name()
  const placeholder = isOption ? (/<([^>]+)>/.exec(wanted.flags)?.[1] ?? '') : ''
  return (byPlace[`${path} ${name}`] ?? byName[name] ?? byPlaceholder[placeholder])?.(place)
}

function titleOf(name: string): Pick<Proposal, 'description'> {
  try {
    return { description: findProvider(name).title }
  } catch {
    return {}
  }
}

function providerAt({ given }: Place): Provider {
  return findProvider(given.get('provider') ?? (process.env.XDRLAB_PROVIDER || taegis.name))
}

function regionsOf({ regions }: Provider): Proposal[] {
  return Object.entries(regions).flatMap(([region, { origin, aliases }]) => {
    const description = origin === sandboxOrigin ? 'the embedded platform' : new URL(origin).host
    return [region, ...aliases].map((value) => ({ value, description }))
  })
}

function pathsOf({ rest }: Provider): Proposal[] {
  return unique([rest?.check, rest?.whoAmI].filter((path) => path !== undefined))
}

function accounts({ given }: Place): Proposal[] {
  const provider = given.get('provider')
  return profiles()
    .filter((profile) => provider === undefined || profile.provider === provider)
    .filter(({ account }) => account !== 'default' && clientIdOf(account) === undefined)
    .map(({ account, provider, region }) => ({ value: account, description: `${provider} ${region}` }))
}

function profiles(): ProfileFile[] {
  return readProfiles(profileFolder())
}

async function cacheIds(): Promise<Proposal[]> {
  const { listCached } = await import('../../results/cache-store.js')
  return (await listCached()).map(({ id, provenance }) => ({ value: id, description: provenance.query }))
}

async function kernelNames(): Promise<Proposal[]> {
  const { findKernels } = await import('../../../kernel/installed-kernels.js')
  const { basename } = await import('node:path')
  return findKernels().map(({ dir, displayName }) => ({ value: basename(dir), description: displayName }))
}

function unique(values: readonly string[]): Proposal[] {
  return [...new Set(values)].map((value) => ({ value }))
}
