import { signInMimeType } from '../auth/sign-in-view.js'
import type { XdrClient } from '../client/client.js'
import { connect } from '../client/connect.js'
import type { TenantId } from '../client/tenants.js'
import { findProvider } from '../providers/find.js'
import { taegis } from '../providers/taegis.js'
import { noScreen, type Screen, type View } from '../screen/screen.js'
import { readSignIn } from './run-reporter.js'
import type { Approval } from './run-sandbox.js'

/** Where the sign-in is that all kernels of a run use. */
export interface SignInPlace {
  provider: string | undefined
  region: string | undefined
}

/**
 * Signs in once, before any kernel starts: each of them finds it in the store.
 *
 * @param screen where a person can be asked; where there is none it fails at once, with what to set
 * @throws XdrError as `connect` does
 */
export async function signInOnce(
  { provider, region }: SignInPlace,
  screen: Screen,
  signal: AbortSignal,
): Promise<XdrClient> {
  const platform = findProvider(provider ?? (process.env.XDRLAB_PROVIDER || taegis.name))
  return await connect(platform, {
    ...(region === undefined ? {} : { region }),
    screen,
    signal,
  })
}

/** The tenants that the sign-in may see, without those that are switched off. */
export async function listTenants(xdr: XdrClient, signal: AbortSignal): Promise<TenantId[]> {
  const tenants: TenantId[] = []
  const rows = xdr.tenants<{ id: string; name?: string }>({
    filter: { enabled: true },
    fields: 'id name',
    signal,
  })
  for await (const { id, name } of rows) tenants.push({ id, name })
  return tenants
}

/** The person of the sandbox, who confirms every sign-in. */
export function approvingScreen(approval: Approval): Screen {
  const watch = ({ data }: View) => {
    const signIn = readSignIn(data?.[signInMimeType])
    if (signIn !== undefined) approval.confirm(signIn)
  }
  return {
    ...noScreen,
    kind: 'terminal',
    ask: async () => approval.sandbox.user.username,
    show: (view) => {
      watch(view)
      return { update: watch }
    },
    note: () => undefined,
  }
}
