import type { Provider } from '../providers/provider.js'
import { taegis } from '../providers/taegis.js'
import type { Target } from '../providers/target.js'
import { toVariable, variablePrefix } from '../providers/variables.js'
import type { Screen } from '../screen/screen.js'

/** A value from the environment and the variable it came from. */
export interface Found {
  name: string
  value: string
}

/**
 * The variables that may hold a target's `field`, the most exact first: of its region, then of its platform.
 *
 * @param field as it ends the name: `CLIENT_ID`, `TOKEN`
 */
export function variableNames(
  { provider, region }: { provider: Pick<Provider, 'name'>; region: string },
  field: string,
): string[] {
  const prefix = variablePrefix(provider.name)
  return [`${prefix}_${toVariable(region)}_${field}`, `${prefix}_${field}`]
}

/** Pairs of variables that may hold client credentials; those of the vendor's own tools come last. */
export function clientVariables(target: Target): { id: string; secret: string; isOurs: boolean }[] {
  const secrets = variableNames(target, 'CLIENT_SECRET')
  const ours = variableNames(target, 'CLIENT_ID').flatMap((id, index) => {
    const secret = secrets[index]
    return secret === undefined ? [] : [{ id, secret, isOurs: true }]
  })
  const { environment }: Provider = target.provider
  return environment === undefined
    ? ours
    : [...ours, { id: environment.clientId, secret: environment.clientSecret, isOurs: false }]
}

/**
 * Variables that may hold a token of the target's. `XDRLAB_TOKEN` names no platform: it counts for that of
 * `XDRLAB_PROVIDER`, else for Taegis as everything does, so that no token goes to another vendor.
 */
export function tokenVariables(target: Target, env: NodeJS.ProcessEnv): string[] {
  return [...variableNames(target, 'TOKEN'), ...sharedTokenVariables(target, env)]
}

/** `XDRLAB_TOKEN`, where it is meant for this target. */
export function sharedTokenVariables({ provider }: Target, env: NodeJS.ProcessEnv): string[] {
  return provider.name === (env.XDRLAB_PROVIDER || taegis.name) ? ['XDRLAB_TOKEN'] : []
}

/** The first of `names` that is set to something. */
export function findVariable(env: NodeJS.ProcessEnv, names: readonly string[]): Found | undefined {
  for (const name of names) {
    const value = env[name]
    if (value !== undefined && value !== '') return { name, value }
  }
  return undefined
}

/** Whether somebody can be asked: not in a run at night, whose notebook is one all the same (`XDRLAB_UNATTENDED=1`). */
export function isAttended({ kind }: Pick<Screen, 'kind'>, env: NodeJS.ProcessEnv): boolean {
  return kind !== 'none' && env.XDRLAB_UNATTENDED !== '1'
}
