import type { Clock } from '../clock.js'
import { XdrError } from '../errors.js'
import type { BorrowedToken, ClientCredentialsGrant, StaticCredential } from '../providers/provider.js'
import type { Target } from '../providers/target.js'
import type { Screen } from '../screen/screen.js'
import { Secret } from '../secrets.js'
import { type ClientPair, clientAccount, type Session } from '../store/profile.js'
import type { Method } from './choice.js'
import { requestClientToken } from './client-credentials.js'
import { fixedQuestions, fixedSession } from './given.js'
import { noAccount } from './stored.js'
import { exchangeToken } from './token-exchange.js'

/** How one method comes by a session; memory, store and locks are not its concern. */
export interface Grant {
  /** Whose sessions these are in the store; `undefined` where none is kept. */
  readonly account: string | undefined
  /** A person takes part, so nothing may be locked meanwhile. */
  readonly attended: boolean
  /** Kept with the session, where a person typed it in. */
  readonly client?: ClientPair | undefined
  /** What may take long, or need a person, before {@link Grant.obtain}. */
  prepare?(signal: AbortSignal | undefined): Promise<void>
  /**
   * A session, new or still good.
   *
   * @param rejected what the platform has just answered with 401
   * @throws XdrError
   */
  obtain(rejected: Session | undefined, signal: AbortSignal | undefined): Promise<Session>
}

/** What {@link openGrant} needs beside the method. */
export interface GrantParts {
  target: Target
  screen: Screen
  clock: Clock
  /** Credentials at the platform whose token is used, and the account they are kept under. */
  source: { credentials: TokenSource; account: string } | undefined
}

/** What gives the tokens of another platform. */
export interface TokenSource {
  get(signal?: AbortSignal): Promise<Session>
  replace(rejected: Session, signal?: AbortSignal): Promise<Session>
}

/** The grant of a method; `undefined` for the device sign-in, which has a person and a refresh token to look after. */
export function openGrant(method: Method, parts: GrantParts): Grant | undefined {
  switch (method.kind) {
    case 'given':
      return givenGrant(method.session, method.from, parts)
    case 'client':
      return clientGrant(method.grant, method.client, parts)
    case 'ask-client':
      return askedClientGrant(method.grant, parts)
    case 'ask':
      return askedGrant(method, parts)
    case 'borrowed':
      return borrowedGrant(method.tokenFrom, method.source, parts)
    case 'device':
      return undefined
  }
}

function givenGrant(session: Session, from: string, { target, clock }: GrantParts): Grant {
  return {
    account: undefined,
    attended: false,
    obtain: async (rejected) => {
      const { expiresAt } = session.accessToken
      const expired = expiresAt !== undefined && expiresAt <= clock.now()
      if (!expired && rejected === undefined) return session
      const why = expired ? 'has expired' : 'is not accepted'
      throw new XdrError('XDR_UNAUTHORIZED', `what ${from} gives for ${target.provider.title} ${why}`, {
        hint: `give another value, or leave ${from} out to sign in`,
        status: 401,
      })
    },
  }
}

function clientGrant(grant: ClientCredentialsGrant, client: ClientPair, parts: GrantParts): Grant {
  return {
    account: clientAccount(client.id),
    attended: false,
    obtain: (_rejected, signal) => requestClientToken(parts.target, grant, client, parts.clock, signal),
  }
}

function askedClientGrant(grant: ClientCredentialsGrant, parts: GrantParts): Grant {
  const { target, screen, clock } = parts
  let client: ClientPair | undefined
  return {
    get account() {
      return client === undefined ? undefined : clientAccount(client.id)
    },
    get attended() {
      return client === undefined
    },
    get client() {
      return client
    },
    async obtain(_rejected, signal) {
      const { title } = target.provider
      const pair = client ?? {
        id: await ask(screen, `${title} client ID`, false, signal),
        secret: new Secret(await ask(screen, `${title} client secret`, true, signal), 'client secret'),
      }
      const session = await requestClientToken(target, grant, pair, clock, signal)
      client = pair
      return session
    },
  }
}

function askedGrant(
  { credential, ...kept }: { credential: StaticCredential; account: string | undefined },
  { target, screen, clock }: GrantParts,
): Grant {
  let account = kept.account ?? noAccount
  return {
    get account() {
      return account
    },
    attended: true,
    async obtain(_rejected, signal) {
      const answers: Record<string, string> = {}
      for (const { option, label, hidden } of fixedQuestions(credential)) {
        answers[option] = await ask(screen, `${target.provider.title} ${label}`, hidden, signal)
      }
      const session = fixedSession(target, credential, answers, clock.now())
      if (session === undefined) throw noAnswer(target.provider.title)
      account = answers.username ?? account
      return session
    },
  }
}

async function ask(
  screen: Screen,
  label: string,
  hidden: boolean,
  signal: AbortSignal | undefined,
): Promise<string> {
  const answer = (await screen.ask({ label, hidden }, signal)).trim()
  if (answer === '') throw noAnswer(label)
  return answer
}

function noAnswer(what: string): XdrError {
  return new XdrError('XDR_INPUT_NEEDED', `nothing was given for ${what}`, {
    hint: 'run this again and answer, or set the variables that "xdrlab whoami --explain" names',
  })
}

function borrowedGrant({ exchange }: BorrowedToken, at: Target, parts: GrantParts): Grant {
  const { target, clock, source } = parts
  if (source === undefined) throw new TypeError('a borrowed token needs the credentials of its source')
  const { credentials } = source
  if (exchange === undefined) {
    return {
      account: undefined,
      attended: false,
      obtain: (rejected, signal) =>
        rejected === undefined ? credentials.get(signal) : credentials.replace(rejected, signal),
    }
  }
  const tryOnce = (session: Session, signal: AbortSignal | undefined) =>
    exchangeToken(target, exchange, at, session, clock, signal)
  return {
    account: source.account,
    attended: false,
    prepare: async (signal) => void (await credentials.get(signal)),
    async obtain(_rejected, signal) {
      const session = await credentials.get(signal)
      try {
        return await tryOnce(session, signal)
      } catch (error) {
        // The first token may have been revoked, or ended by a clock that is ahead of ours.
        if (!(error instanceof XdrError) || error.status !== 401) throw error
        return tryOnce(await credentials.replace(session, signal), signal)
      }
    },
  }
}
