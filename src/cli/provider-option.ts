import type { ConnectOptions } from '../client/sign-in.js'
import { XdrError } from '../errors.js'
import { findProvider } from '../providers/find.js'
import { oauth } from '../providers/oauth.js'
import type { Provider } from '../providers/provider.js'
import { taegis } from '../providers/taegis.js'

/** The options that say where to sign in, as every command has them. */
export interface WhereOptions {
  provider?: string
  method?: 'client' | 'device'
  region?: string
  url?: string
  username?: string
  tenant?: string
  issuer?: string
  clientId?: string
  scope?: string
  api?: string
}

/** The platform of `--provider` or `XDRLAB_PROVIDER`, the OAuth server of `--issuer`, else Taegis. */
export function providerOf(options: WhereOptions): Provider {
  const { provider, issuer, clientId, scope, api } = options
  if (provider !== undefined && issuer !== undefined) {
    throw new XdrError('XDR_BAD_OPTION', '--provider and --issuer each name a platform', {
      hint: 'leave one of them out',
    })
  }
  if (issuer === undefined) {
    const stray =
      clientId !== undefined && provider === undefined
        ? '--client-id'
        : scope !== undefined
          ? '--scope'
          : api !== undefined
            ? '--api'
            : ''
    if (stray === '') return findProvider(provider ?? (process.env.XDRLAB_PROVIDER || taegis.name))
    throw new XdrError('XDR_BAD_OPTION', `${stray} goes with --issuer`, {
      hint: 'add --issuer, or leave it out',
    })
  }
  if (clientId === undefined) {
    throw new XdrError('XDR_BAD_OPTION', '--issuer needs --client-id', {
      hint: 'give the client id that is registered with that server',
    })
  }
  return oauth({
    issuer,
    clientId,
    scopes: scope?.split(/\s+/).filter((s) => s !== '') ?? [],
    ...(api === undefined ? {} : { api }),
    ...(options.method === 'client' ? { method: options.method } : {}),
  })
}

/** What `connect` takes of them. */
export function connectOptionsOf(options: WhereOptions): ConnectOptions {
  return {
    ...(options.region === undefined ? {} : { region: options.region }),
    ...(options.url === undefined ? {} : { url: options.url }),
    ...(options.username === undefined ? {} : { username: options.username }),
    ...(options.tenant === undefined ? {} : { tenant: options.tenant }),
    ...(options.method === undefined ? {} : { method: options.method }),
    // Beside --issuer it is a part of the provider.
    ...(options.clientId === undefined || options.issuer !== undefined ? {} : { clientId: options.clientId }),
  }
}
