import type { BorrowedToken } from '../providers/provider.js'
import { resolveSource } from '../providers/target.js'
import { Secret } from '../secrets.js'
import { type ClientPair, clientAccount } from '../store/profile.js'
import type { Choice, Method, PlanParts, SignInOptions, SignInPlan } from './choice.js'
import { deviceClient, deviceClientVariable } from './device-dialect.js'
import { clientVariables, findVariable, tokenVariables, variableNames } from './environment.js'
import { fixedSteps, fixedVariables, givenSession } from './given.js'
import { describeEnd, findPerson, findProfile, isLive, noAccount } from './stored.js'

/**
 * Finds how to sign in, in the one order that every platform keeps: options, token of the environment, client
 * credentials of the environment, those in the store, live token, refresh token, device sign-in. Reads the store and
 * the environment; asks nobody and sends nothing.
 */
export function planSignIn(parts: PlanParts): SignInPlan {
  const { target } = parts
  const { provider } = target
  if (provider.tokenFrom !== undefined) return planBorrowed(parts, provider.tokenFrom)
  const steps: (Choice | undefined)[] =
    provider.fixed === undefined
      ? [fromOptions(parts), fromTokenVariable(parts), ...clientSteps(parts), ...deviceSteps(parts)]
      : fixedSteps(parts, provider.fixed)
  return finish(parts, steps)
}

function finish(parts: PlanParts, steps: readonly (Choice | undefined)[], source?: SignInPlan): SignInPlan {
  const choices = steps.filter((step) => step !== undefined)
  return {
    target: parts.target,
    choices,
    winner: choices.find((choice) => choice.found),
    hint: hintOf(parts, source),
    problem: problemOf(parts),
    source,
  }
}

function fromOptions({ target, options, now }: PlanParts): Choice {
  const { clientCredentials, signIn } = target.provider
  const step = 'options'
  if (options.token !== undefined) {
    const session = givenSession(target, options.token, now)
    return {
      step,
      found: true,
      detail: 'token',
      method: { kind: 'given', session, from: 'the token option' },
    }
  }
  const { clientId, clientSecret, method } = options
  if (clientCredentials !== undefined && method !== 'device') {
    const id = clientId ?? clientCredentials.clientId
    const secret = clientSecret ?? clientCredentials.clientSecret
    if (id !== undefined && secret !== undefined) {
      const client = { id, secret: typeof secret === 'string' ? new Secret(secret, 'client secret') : secret }
      const from = 'clientId and clientSecret'
      return {
        step,
        found: true,
        detail: from,
        method: { kind: 'client', grant: clientCredentials, client, from },
      }
    }
  }
  const names = [
    'token',
    ...(clientCredentials === undefined ? [] : ['clientId and clientSecret']),
    ...(signIn === undefined ? [] : ['username']),
  ]
  const detail = !options.username ? `none given (${names.join('; ')})` : 'username: as a person'
  return { step, found: false, detail }
}

function fromTokenVariable({ target, env, options, now }: PlanParts): Choice {
  const step = 'token from the environment'
  const names = tokenVariables(target, env)
  if (wantsOther(options, 'token')) return passedOver(step, options)
  const found = findVariable(env, names)
  if (found === undefined) return { step, found: false, detail: `${names.join(', ')}: not set` }
  const session = givenSession(target, found.value, now)
  const detail = `${found.name}${describeEnd(session, now)}`
  return { step, found: true, detail, method: { kind: 'given', session, from: found.name } }
}

function clientSteps(parts: PlanParts): Choice[] {
  const { target, profiles, env, options } = parts
  const grant = target.provider.clientCredentials
  if (grant === undefined) return []
  const steps = ['client credentials from the environment', 'client credentials in the store'] as const
  if (wantsOther(options, 'client')) return steps.map((step) => passedOver(step, options))
  const pairs = clientVariables(target)
  const pair = pairs.find(({ id, secret }) => env[id] && env[secret])
  const kept = profiles.find(
    (p) => p.client !== undefined && p.provider === target.provider.name && p.origin === target.origin,
  )?.client
  const choices: Choice[] = []
  if (pair === undefined) {
    const names = pairs.map(({ id, secret }) => `${id} and ${secret}`).join(', or ')
    choices.push({ step: steps[0], found: false, detail: `${names}: not set` })
  } else {
    const client = { id: env[pair.id] ?? '', secret: new Secret(env[pair.secret] ?? '', 'client secret') }
    const from = `${pair.id} and ${pair.secret}`
    choices.push({
      step: steps[0],
      found: true,
      detail: `${from}${describeKept(parts, client)}`,
      method: { kind: 'client', grant, client, from },
    })
  }
  choices.push(
    kept === undefined
      ? { step: steps[1], found: false, detail: 'none kept for this place' }
      : {
          step: steps[1],
          found: true,
          detail: `client ${kept.id}${describeKept(parts, kept)}`,
          method: { kind: 'client', grant, client: kept, from: 'the store' },
        },
  )
  if (!hasDeviceSignIn(parts)) {
    const detail = parts.attended ? 'asks for client id and secret' : 'nobody is there to be asked'
    const method: Method = { kind: 'ask-client', grant }
    choices.push({ step: 'question', found: parts.attended, detail, ...(parts.attended ? { method } : {}) })
  }
  return choices
}

/** What a client's last token is worth: it is used again while it lives. */
function describeKept(parts: PlanParts, client: ClientPair): string {
  const { target, now } = parts
  const session = findProfile(parts, clientAccount(client.id))?.session
  if (session === undefined || !isLive(target, session, now)) return '; a token will be asked for'
  return `; its token is kept${describeEnd(session, now)}`
}

function deviceSteps(parts: PlanParts): Choice[] {
  const { target, now, options, attended } = parts
  const { signIn, account } = target.provider
  if (signIn === undefined) return []
  const steps = ['live token', 'refresh token', 'device sign-in'] as const
  if (options.method === 'client') return steps.map((step) => passedOver(step, options))
  if (!hasDeviceSignIn(parts)) {
    const detail = `needs the id of your own client: ${deviceClientVariable(target)} is not set`
    return [{ step: steps[2], found: false, detail }]
  }
  const method: Method = { kind: 'device' }
  const stored = findPerson(parts)
  const session = stored?.session
  const live = session !== undefined && isLive(target, session, now)
  const who = stored === undefined || stored.account === noAccount ? '' : `${stored.account}`
  const choices: Choice[] = []
  choices.push(
    live
      ? { step: steps[0], found: true, detail: `${who || 'kept'}${describeEnd(session, now)}`, method }
      : {
          step: steps[0],
          found: false,
          detail: session === undefined ? 'none kept' : 'the one kept has expired',
        },
  )
  choices.push(
    session?.refreshToken === undefined
      ? { step: steps[1], found: false, detail: 'none kept' }
      : { step: steps[1], found: true, detail: who || 'kept', method },
  )
  const asks = account.asks === 'username' ? `asks for your ${account.label}, then ` : ''
  choices.push(
    attended
      ? { step: steps[2], found: true, detail: `${asks}shows a code to confirm in the browser`, method }
      : { step: steps[2], found: false, detail: 'nobody is there to confirm a code' },
  )
  return choices
}

function planBorrowed(parts: PlanParts, tokenFrom: BorrowedToken): SignInPlan {
  const { target, env, options } = parts
  const source = resolveSource(target, tokenFrom, env)
  const plan = planSignIn({ ...parts, target: source, options: { ...options, token: undefined } })
  const given = options.token === undefined ? undefined : fromOptions(parts)
  const detail =
    plan.winner === undefined
      ? 'nothing found there either'
      : `there: ${plan.winner.step}, ${plan.winner.detail}`
  const step = `token of ${source.provider.title}${tokenFrom.exchange === undefined ? '' : ', exchanged here'}`
  const borrowed: Choice = {
    step,
    found: plan.winner !== undefined,
    detail,
    method: { kind: 'borrowed', tokenFrom, source },
  }
  return finish(parts, [given, fromTokenVariable(parts), borrowed], plan)
}

/** Some platforms have no client of their own for everybody: each organisation registers one. */
function hasDeviceSignIn(parts: PlanParts): boolean {
  const { signIn } = parts.target.provider
  if (signIn?.dialect !== 'rfc8628') return signIn !== undefined
  return deviceClient(parts, signIn) !== undefined
}

/** An option that names another way makes this one wait. */
function wantsOther(options: SignInOptions, way: 'token' | 'client'): boolean {
  if (options.method !== undefined) return options.method !== way
  return Boolean(options.username) || (way === 'token' && options.clientId !== undefined)
}

function passedOver(step: string, { method }: SignInOptions): Choice {
  const why = method === undefined ? 'options name another way' : `the ${method} method was asked for`
  return { step, found: false, detail: `passed over: ${why}` }
}

/** What is plainly a mistake is said before anything is asked for or sent. */
function problemOf(parts: PlanParts): string | undefined {
  const { target, env, options } = parts
  const { provider } = target
  const empty = (['token', 'clientId', 'clientSecret', 'password', 'apiKey'] as const).find(
    (name) => options[name] === '',
  )
  if (empty !== undefined) return `${empty} is empty`
  const sent = [
    ...(['token', 'apiKey'] as const).map((name) => [name, options[name]] as const),
    ...[...tokenVariables(target, env), ...variableNames(target, 'API_KEY')].map(
      (name) => [name, env[name]] as const,
    ),
  ]
  // Both go out in a header, where a line break or another script cannot stand.
  const unfit = sent.find(([, value]) => value !== undefined && !/^[\x20-\x7e]*$/.test(value.trim()))
  if (unfit !== undefined) return `${unfit[0]} holds a character that cannot be sent`
  const isBorrowed = provider.tokenFrom !== undefined
  if (options.method === 'device' && provider.signIn === undefined && !isBorrowed)
    return `${provider.title} has no sign-in by device code`
  if (options.method === 'client' && provider.clientCredentials === undefined && !isBorrowed)
    return `${provider.title} takes no client credentials`
  if (provider.clientCredentials === undefined || wantsOther(options, 'client')) return undefined
  const half = clientVariables(target).find(
    ({ id, secret, isOurs }) => isOurs && Boolean(env[id]) !== Boolean(env[secret]),
  )
  if (half === undefined) return undefined
  const [set, missing] = env[half.id] ? [half.id, half.secret] : [half.secret, half.id]
  return `${set} is set, ${missing} is not`
}

function hintOf(parts: PlanParts, source: SignInPlan | undefined): string {
  if (source !== undefined) return source.hint
  const { target, env, options } = parts
  const { provider, region } = target
  const where = `${provider.name === 'taegis' ? '' : ` --provider ${provider.name}`}${region === 'custom' || region === 'default' ? '' : ` --region ${region}`}`
  const login = `run "xdrlab login${where}" in a terminal first; the sign-in is then found here`
  if (provider.fixed !== undefined) {
    const names = fixedVariables(target, provider.fixed, env)[1] ?? []
    return `set ${names.join(' and ')}, or ${login}`
  }
  const device =
    provider.signIn === undefined || hasDeviceSignIn(parts)
      ? ''
      : `, or ${deviceClientVariable(target)} for the sign-in in the browser`
  if (provider.clientCredentials === undefined || wantsOther(options, 'client')) return login
  const pairs = clientVariables(target)
  const names = pairs
    .slice(1)
    .map(({ id, secret }) => `${id} and ${secret}`)
    .join(', or ')
  return `set ${names}${device}, or ${login}`
}
