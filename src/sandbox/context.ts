import type { Principal } from './bearer.js'

/** What GraphQL arguments give for a nullable field. */
export type Maybe<T> = T | null | undefined

/** Who calls, and about which tenant. */
export interface CallContext {
  readonly principal: Principal
  /** From `X-Tenant-Context`, or the token's own. */
  readonly tenantId: string
  /** Whether the rows of a tenant (by its row) belong in the answer: the home tenant sees those below it too. */
  seesTenant(tenantRow: number): boolean
}

/** A method on purpose: its parameters may then be narrower than `unknown`; the schema has checked them before the call. */
interface ResolverHolder {
  resolve(parent: unknown, args: unknown, context: CallContext): unknown
}

/** Resolvers by type and field; a field without one is read off its parent. */
export type Resolvers = Readonly<Record<string, Readonly<Record<string, ResolverHolder['resolve']>>>>

/** A message of a subscription; a class, so that a call over HTTP is told from it. */
export class SubscriptionMessage {
  readonly value: unknown

  constructor(value: unknown) {
    this.value = value
  }
}

/** A method, for the reason that resolvers have. */
interface SubscriptionHolder {
  open(args: unknown, context: CallContext): AsyncIterable<SubscriptionMessage>
}

/** The subscriptions that the sandbox serves, by root field. */
export type Subscriptions = Readonly<Record<string, SubscriptionHolder>>
