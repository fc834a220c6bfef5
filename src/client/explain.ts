import type { SignInPlan } from '../auth/choice.js'
import { isAttended } from '../auth/environment.js'
import { planSignIn } from '../auth/methods.js'
import { profilesFor } from '../auth/stored.js'
import { systemClock } from '../clock.js'
import { checkProvider } from '../providers/check.js'
import type { Provider } from '../providers/provider.js'
import { resolveTarget } from '../providers/target.js'
import { currentScreen } from '../screen/screen.js'
import { openStore } from '../store/open-store.js'
import type { ConnectOptions } from './sign-in.js'

/** One step of the order, and what was found there. */
export interface SignInStep {
  step: string
  found: boolean
  /** The first that is found is what `connect` uses. */
  used: boolean
  /** Names of variables, accounts and times; never a secret. */
  detail: string
}

export interface SignInOrder {
  provider: string
  title: string
  region: string
  origin: string
  steps: readonly SignInStep[]
  /** What stops a sign-in before it begins, such as half a pair of variables. */
  problem: string | undefined
  /** The order at the platform whose token is used. */
  source: SignInOrder | undefined
}

/**
 * Says how `connect` with the same arguments would sign in, and what stands in its way. Asks nobody, sends nothing.
 *
 * @throws XdrError as `connect` does for a wrong region, address or provider
 * @example
 * (await explainSignIn(taegis, { region: 'us1' })).steps
 */
export async function explainSignIn(provider: Provider, options: ConnectOptions = {}): Promise<SignInOrder> {
  checkProvider(provider)
  const screen = options.screen ?? (await currentScreen())
  const target = resolveTarget(provider, options)
  const store = openStore(options.store, (level, text) => screen.note(level, text))
  const plan = planSignIn({
    target,
    profiles: await profilesFor(target, store, process.env),
    env: process.env,
    options,
    attended: isAttended(screen, process.env),
    now: (options.clock ?? systemClock).now(),
  })
  return describe(plan)
}

function describe(plan: SignInPlan): SignInOrder {
  const { provider, region, origin } = plan.target
  return {
    provider: provider.name,
    title: provider.title,
    region,
    origin,
    steps: plan.choices.map((choice) => ({
      step: choice.step,
      found: choice.found,
      used: choice === plan.winner,
      detail: choice.detail,
    })),
    problem: plan.problem,
    source: plan.source === undefined ? undefined : describe(plan.source),
  }
}
