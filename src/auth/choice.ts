import type { BorrowedToken, ClientCredentialsGrant, StaticCredential } from '../providers/provider.js'
import type { Target } from '../providers/target.js'
import type { ClientPair, Profile, Session } from '../store/profile.js'

/** What a person may say about how to sign in, beside `region` and `url`. */
export interface SignInOptions {
  /** Your own account; also says that you sign in as a person, whatever client credentials are around. */
  username?: string | undefined
  /** `client` or `device`, where a platform offers both and the order below would choose otherwise. */
  method?: 'client' | 'device' | undefined
  /** A token that you have got elsewhere. */
  token?: string | undefined
  /** Dedicated credentials; without `clientSecret` the id of your own client for the device sign-in. */
  clientId?: string | undefined
  clientSecret?: string | undefined
  /** For platforms with user name and password. */
  password?: string | undefined
  /** For platforms with a key. */
  apiKey?: string | undefined
}

/** How a session at one target is come by. */
export type Method =
  /** Nothing is asked for: the value itself goes with every call, and is kept nowhere. */
  | { kind: 'given'; session: Session; from: string }
  | { kind: 'client'; grant: ClientCredentialsGrant; client: ClientPair; from: string }
  /** Client credentials that a person types in. */
  | { kind: 'ask-client'; grant: ClientCredentialsGrant }
  /** A password or key that a person types in. */
  | { kind: 'ask'; credential: StaticCredential; account: string | undefined }
  | { kind: 'borrowed'; tokenFrom: BorrowedToken; source: Target }
  | { kind: 'device' }

/** One step of the order, and what was found there. No secret is in it. */
export interface Choice {
  step: string
  found: boolean
  detail: string
  method?: Method
}

/** The order for one target: the first step that finds something is what a sign-in uses. */
export interface SignInPlan {
  target: Target
  choices: readonly Choice[]
  winner: Choice | undefined
  /** What to set where nobody can be asked. */
  hint: string
  /** Half of a pair of variables, or an option that the platform has no use for. */
  problem: string | undefined
  /** The order of the platform whose token is used. */
  source: SignInPlan | undefined
}

export interface PlanParts {
  target: Target
  /** What the store holds, the last saved first. */
  profiles: readonly Profile[]
  env: NodeJS.ProcessEnv
  options: SignInOptions
  /** Somebody can be asked. */
  attended: boolean
  now: number
}
