import type { ConnectOptions } from '../client/connect.js'
import { XdrError } from '../errors.js'
import { oauth } from '../providers/oauth.js'
import type { Provider } from '../providers/provider.js'
import { taegis } from '../providers/taegis.js'

/** The options that say where to sign in, as every command has them. */
export interface WhereOptions {
  region?: string
  url?: string
  username?: string
  tenant?: string
  issuer?: string
  clientId?: string
  scope?: string
  api?: string
}

/** Taegis, or the OAuth server of `--issuer`. */
export function providerOf(options: WhereOptions): Provider {
  const { issuer, clientId, scope, api } = options
  if (issuer === undefined) {
    const stray =
      clientId !== undefined
        ? '--client-id'
        : scope !== undefined
          ? '--scope'
          : api !== undefined
            ? '--api'
            : ''
    if (stray === '') return taegis
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
  })
}

/** What `connect` takes of them. */
export function connectOptionsOf(options: WhereOptions): ConnectOptions {
  return {
    ...(options.region === undefined ? {} : { region: options.region }),
    ...(options.url === undefined ? {} : { url: options.url }),
    ...(options.username === undefined ? {} : { username: options.username }),
    ...(options.tenant === undefined ? {} : { tenant: options.tenant }),
  }
}
