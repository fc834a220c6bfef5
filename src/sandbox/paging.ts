import { GraphQLError } from 'graphql'
import type { Maybe } from './context.js'

/** An opaque cursor: what it holds is nobody's business but ours. */
export function encodeCursor(text: string): string {
  return Buffer.from(`c:${text}`).toString('base64url')
}

export function decodeCursor(cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString()
  if (!text.startsWith('c:')) throw invalidInput('the cursor is not one of ours')
  return text.slice(2)
}

/** A page size between 1 and `most`. */
export function pageSize(asked: Maybe<number>, usual: number, most: number): number {
  return Math.min(most, Math.max(1, asked ?? usual))
}

export function invalidInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } })
}

export function notFound(what: string): GraphQLError {
  return new GraphQLError(`${what} not found`, { extensions: { code: 'NOT_FOUND' } })
}

export function toTime(timeMs: number): string {
  return new Date(timeMs).toISOString()
}

/** What a subscription answers when it is sent over HTTP. */
export function needsWebSocket(): never {
  throw invalidInput('subscriptions need a WebSocket; the sandbox does not offer them over HTTP')
}
