import type { Provider } from '../providers/provider.js'
import { hasSchemaHost } from '../schema/active.js'
import { XdrClient } from './client.js'
import { type ConnectOptions, signIn } from './sign-in.js'

/**
 * Signs in to a platform and gives a client: with what options, environment or store hold, with the stored
 * token while it lives, else with your own account by device code in the browser with MFA or SSO. {@link
 * explainSignIn} shows which.
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
  const parts = await signIn(provider, options)
  if (hasSchemaHost()) (await import('./schema-background.js')).followSchema(parts)
  return new XdrClient(parts)
}
