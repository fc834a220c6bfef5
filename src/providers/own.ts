import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { XdrError } from '../errors.js'
import { homeFolder } from '../paths.js'
import { isRecord } from '../record.js'
import { plain } from '../text.js'
import { type Check, checkProvider, dpop, listOf, oneOf, shape, subscriptions, text } from './check.js'
import { apiKey, basic, bearer, tokenFrom } from './general.js'
import { oauth } from './oauth.js'
import type { Provider } from './provider.js'
import { threatSwitch } from './threat-switch.js'

/** The file in the home folder with a person's own platforms. */
export function ownProvidersFile(env: NodeJS.ProcessEnv = process.env): string {
  return join(homeFolder(env), 'providers.json')
}

/** Finds a platform by name, for an entry that borrows its token. */
type Find = (name: string) => Provider

const rest = shape({}, { paging: oneOf('start-size'), whoAmI: text, check: text })
const api = { title: text, graphql: text, subscriptions, rest, tenantHeader: text }
const clientAuth = oneOf('basic', 'basic-plain', 'body')
const body = oneOf('form', 'json')

/** The kinds an entry may have: its keys, and what makes a provider of them. Secrets are no keys of any. */
const kinds: Record<string, { check: Check; make: (entry: never, find: Find) => Provider }> = {
  basic: { check: shape({ kind: text, api: text }, { ...api, username: text }), make: basic },
  apiKey: { check: shape({ kind: text, api: text, header: text }, { ...api, prefix: text }), make: apiKey },
  bearer: { check: shape({ kind: text, api: text }, api), make: bearer },
  oauth: {
    check: shape(
      { kind: text },
      {
        ...api,
        api: text,
        issuer: text,
        endpoints: shape({ token: text }, { deviceAuthorization: text, revocation: text }),
        method: oneOf('client', 'device'),
        clientId: text,
        scopes: listOf(text),
        dpop,
        clientAuth,
        body,
      },
    ),
    make: oauth,
  },
  threatSwitch: {
    check: shape({ kind: text, tokenUrl: text, api: text }, { title: text, body, clientAuth }),
    make: threatSwitch,
  },
  tokenFrom: {
    check: shape({ kind: text, source: text, api: text }, { ...api, region: text, exchange: text }),
    make: ({ source, ...options }: Parameters<typeof tokenFrom>[1] & { source: string }, find: Find) =>
      tokenFrom(find(source), options),
  },
}

const secretKeys = new Set(['clientSecret', 'password', 'key', 'token', 'secret', 'apiKey'])

/** The entries of `providers.json`, unread; empty where there is no file. */
export interface OwnProviders {
  names: readonly string[]
  /** @throws XdrError `XDR_BAD_OPTION` with file, entry and key */
  get(name: string, find: Find): Provider | undefined
}

/**
 * Reads a person's own platforms. Each entry names its `kind` and that maker's options, or is a whole provider.
 *
 * @throws XdrError `XDR_BAD_OPTION` where the file is no JSON object
 */
export function readOwnProviders(env: NodeJS.ProcessEnv = process.env): OwnProviders {
  const file = ownProvidersFile(env)
  const entries = readEntries(file)
  return {
    names: Object.keys(entries),
    get: (name, find) => {
      const entry = entries[name]
      return entry === undefined ? undefined : readEntry(file, name, entry, find)
    },
  }
}

function readEntries(file: string): Record<string, unknown> {
  let content: string
  try {
    content = readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {}
    throw bad(`${file} cannot be read`, 'make it readable, or move it away')
  }
  try {
    const value: unknown = JSON.parse(content)
    if (isRecord(value)) return value
  } catch {
    // Said below, for both ways to be wrong.
  }
  throw bad(`${file} is not a JSON object`, 'write { "name": { "kind": …, "api": "https://…" } }')
}

function readEntry(file: string, name: string, entry: unknown, find: Find): Provider {
  const where = `${file}, ${plain(name, 40)}`
  if (!isRecord(entry)) throw bad(`${where}: it must be an object`, 'give it a kind and an api')
  const secret = findSecretKey(entry)
  if (secret !== undefined) {
    throw bad(
      `${where}: ${secret} is a secret, which this file does not hold`,
      'leave it out: "xdrlab login" asks for it, or an environment variable gives it',
    )
  }
  if (entry.kind === undefined) {
    const provider: unknown = { ...entry, name }
    checkProvider(provider, where)
    return provider
  }
  const kind =
    typeof entry.kind === 'string' && Object.hasOwn(kinds, entry.kind) ? kinds[entry.kind] : undefined
  if (kind === undefined) {
    throw bad(
      `${where}: kind is "${plain(entry.kind, 40)}"`,
      `use one of ${Object.keys(kinds).join(', ')}, or leave kind out and write a whole provider`,
    )
  }
  const problem = kind.check(entry, '')
  if (problem !== undefined)
    throw bad(`${where}: ${problem}`, 'correct that key; "xdrlab login --help" names the file')
  const { kind: _kind, ...options } = entry
  // Checked key by key just above.
  const made = kind.make({ title: name, ...options, name } as never, find)
  return { ...made, name }
}

function findSecretKey(entry: Record<string, unknown>, path = ''): string | undefined {
  for (const [key, value] of Object.entries(entry)) {
    if (secretKeys.has(key) && typeof value === 'string') {
      // `token` is an address where endpoints are described.
      if (!(key === 'token' && path === 'endpoints.')) return `${path}${key}`
    }
    // In `environment` these keys hold the names of variables.
    const inner =
      isRecord(value) && key !== 'environment' ? findSecretKey(value, `${path}${key}.`) : undefined
    if (inner !== undefined) return inner
  }
  return undefined
}

function bad(message: string, hint: string): XdrError {
  return new XdrError('XDR_BAD_OPTION', message, { hint })
}
