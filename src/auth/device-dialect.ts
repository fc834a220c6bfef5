import type { Clock } from '../clock.js'
import { XdrError } from '../errors.js'
import type { Rfc8628SignIn } from '../providers/provider.js'
import type { Target } from '../providers/target.js'
import type { SignInOptions } from './choice.js'
import type { DeviceDialect } from './dialect.js'
import { findVariable, variableNames } from './environment.js'

/**
 * The dialect that a platform speaks, loaded when it is needed.
 *
 * @throws XdrError `XDR_SIGN_IN_NEEDED` where the platform has no device sign-in
 */
export async function openDialect(parts: {
  target: Target
  clock: Clock
  options: SignInOptions
  env: NodeJS.ProcessEnv
}): Promise<DeviceDialect> {
  const { target, clock } = parts
  const { signIn, title } = target.provider
  switch (signIn?.dialect) {
    case undefined:
      throw new XdrError('XDR_SIGN_IN_NEEDED', `${title} has no sign-in by device code`, {
        hint: '"xdrlab whoami --explain" shows how it can be signed in to',
      })
    case 'taegis':
      return (await import('./taegis-dialect.js')).taegisDialect(target, signIn, clock)
    case 'rfc8628': {
      const client = deviceClient(parts, signIn)
      if (client === undefined) {
        throw new XdrError('XDR_SIGN_IN_NEEDED', `${title} needs the id of your organisation’s own client`, {
          hint: `register one that may use the device grant, and set ${deviceClientVariable(target)}`,
        })
      }
      const { rfc8628Dialect } = await import('./rfc8628-dialect.js')
      return rfc8628Dialect(target, { ...signIn, ...client }, clock)
    }
  }
}

/** Options, environment, provider: whose client a device sign-in speaks as; `undefined` where nobody says. */
export function deviceClient(
  { target, options, env }: { target: Target; options: SignInOptions; env: NodeJS.ProcessEnv },
  signIn: Rfc8628SignIn,
): (Required<Pick<Rfc8628SignIn, 'clientId'>> & Pick<Rfc8628SignIn, 'clientSecret'>) | undefined {
  const read = (field: string) => findVariable(env, variableNames(target, field))?.value
  const clientId = options.clientId ?? read('DEVICE_CLIENT_ID') ?? signIn.clientId
  if (clientId === undefined) return undefined
  const own = clientId === signIn.clientId ? signIn.clientSecret : undefined
  const clientSecret = options.clientSecret ?? read('DEVICE_CLIENT_SECRET') ?? own
  return { clientId, ...(clientSecret === undefined ? {} : { clientSecret }) }
}

/** The variable that names it for every region. */
export function deviceClientVariable(target: Target): string {
  return variableNames(target, 'DEVICE_CLIENT_ID')[1] ?? ''
}
