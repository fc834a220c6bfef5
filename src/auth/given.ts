import type { StaticCredential } from '../providers/provider.js'
import type { Target } from '../providers/target.js'
import { AccessToken, Secret } from '../secrets.js'
import type { Session } from '../store/profile.js'
import { plain } from '../text.js'
import type { Choice, Method, PlanParts, SignInOptions } from './choice.js'
import { encodeBasic } from './client-auth.js'
import { sharedTokenVariables, variableNames } from './environment.js'
import { describeEnd } from './stored.js'
import { readSession } from './token-response.js'

type FixedOption = 'username' | 'password' | 'apiKey' | 'token'

/** The values that each kind of fixed credential is made of: option, end of its variable, and what to call it. */
const parts: Record<StaticCredential['kind'], readonly (readonly [FixedOption, string, string])[]> = {
  basic: [
    ['username', 'USERNAME', 'user name'],
    ['password', 'PASSWORD', 'password'],
  ],
  apiKey: [['apiKey', 'API_KEY', 'API key']],
  bearer: [['token', 'TOKEN', 'token']],
}

/** What is asked of the person: a label for each value, and whether it is shown while typed. */
export function fixedQuestions(
  credential: StaticCredential,
): { option: FixedOption; label: string; hidden: boolean }[] {
  return parts[credential.kind].map(([option, , label]) => ({ option, label, hidden: option !== 'username' }))
}

/** Sets of variables that may hold the values, the most exact first. */
export function fixedVariables(
  target: Target,
  credential: StaticCredential,
  env: NodeJS.ProcessEnv,
): string[][] {
  const sets: string[][] = [[], []]
  for (const [, field] of parts[credential.kind]) {
    variableNames(target, field).forEach((name, index) => void sets[index]?.push(name))
  }
  const shared = credential.kind === 'bearer' ? sharedTokenVariables(target, env) : []
  return [...sets, ...shared.map((name) => [name])]
}

/** The session of a token that somebody else has got. */
export function givenSession(target: Target, token: string, now: number): Session {
  const value = token.trim()
  return (
    readSession({ access_token: value }, target.provider, now) ?? {
      accessToken: new AccessToken(value, undefined),
      refreshToken: undefined,
      subject: undefined,
      tenants: [],
    }
  )
}

/**
 * The session of a fixed credential, from its own values or those of `options`.
 *
 * @returns `undefined` where a value is missing
 */
export function fixedSession(
  target: Target,
  credential: StaticCredential,
  options: SignInOptions,
  now: number,
): Session | undefined {
  const session = (value: string, subject: string): Session => ({
    accessToken: new AccessToken(value, undefined),
    refreshToken: undefined,
    subject,
    tenants: [],
  })
  switch (credential.kind) {
    case 'basic': {
      const username = options.username ?? credential.username
      const password = revealed(options.password ?? credential.password)
      if (!username || !password) return undefined
      return session(encodeBasic(username, password), plain(username, 120))
    }
    case 'apiKey': {
      const key = revealed(options.apiKey ?? credential.key)?.trim()
      return key ? session(key, 'the holder of an API key') : undefined
    }
    case 'bearer': {
      const token = revealed(options.token ?? credential.token)
      return token ? givenSession(target, token, now) : undefined
    }
  }
}

/** Known as a secret from here on, also where it was written as plain text. */
function revealed(value: string | Secret | undefined): string | undefined {
  if (value === undefined) return undefined
  return (typeof value === 'string' ? new Secret(value) : value).reveal()
}

/** The order for a platform whose credential does not change: options, environment, store, question. */
export function fixedSteps(plan: PlanParts, credential: StaticCredential): Choice[] {
  const { target, env, options, attended, now } = plan
  const names = parts[credential.kind]
  const optionNames = names.map(([option]) => option).join(' and ')
  const given = (step: string, session: Session | undefined, from: string, missing: string): Choice =>
    session === undefined
      ? { step, found: false, detail: missing }
      : { step, found: true, detail: from, method: { kind: 'given', session, from } }
  const sets = fixedVariables(target, credential, env)
  const set = sets.find((variables) => variables.every((name) => env[name])) ?? []
  const fromEnv = Object.fromEntries(names.map(([option], index) => [option, env[set[index] ?? '']]))
  const kept = plan.profiles.find(
    (p) => p.session !== undefined && p.provider === target.provider.name && p.origin === target.origin,
  )
  const ask: Method = { kind: 'ask', credential, account: kept?.account }
  return [
    given(
      'options',
      fixedSession(target, credential, options, now),
      optionNames,
      `none given (${optionNames})`,
    ),
    given(
      'environment',
      set.length === 0 ? undefined : fixedSession(target, credential, fromEnv, now),
      set.join(' and '),
      `${sets.map((variables) => variables.join(' and ')).join(', or ')}: not set`,
    ),
    {
      step: 'store',
      found: kept !== undefined,
      detail: kept === undefined ? 'nothing kept for this place' : `kept${describeEnd(kept.session, now)}`,
      ...(kept === undefined ? {} : { method: ask }),
    },
    {
      step: 'question',
      found: attended,
      detail: attended
        ? `asks for ${names.map(([, , label]) => label).join(' and ')}`
        : 'nobody is there to be asked',
      ...(attended ? { method: ask } : {}),
    },
  ]
}
