import { XdrError } from '../../errors.js'
import { plain } from '../../text.js'
import type { GraphQLAnswer } from '../graphql-answer.js'

/** What is asked of the server, whatever the framing. */
export interface Operation {
  query: string
  variables: unknown
  operationName: string | undefined
}

/** What a framing tells of a conversation. */
export interface Listener {
  /** The operation is on its way: from here on the server may act on it. */
  started(): void
  give(answer: GraphQLAnswer): void
  complete(): void
  fail(error: XdrError): void
}

/** The socket, as a framing sees it. */
export interface Line {
  readonly isOpen: boolean
  send(message: Readonly<Record<string, unknown>>): void
  close(): void
}

/** One operation, as long as its connection lives. */
export interface Conversation {
  /** Takes a message of the server; 64-bit integers in it are exact. */
  receive(message: Readonly<Record<string, unknown>>): void
  /** Tells the server that nobody listens any more. */
  stop(): void
}

/** A framing: begins a conversation on an open socket. */
export type Speak = (
  line: Line,
  operation: Operation,
  /** Payload of `connection_init`. */
  parameters: Readonly<Record<string, string>>,
  listener: Listener,
  where: string,
) => Conversation | Promise<Conversation>

/** The server broke the framing that both have agreed on. */
export function brokenFraming(where: string, what: string): XdrError {
  return new XdrError('XDR_BAD_RESPONSE', `${where} ${what}`, {
    hint: 'the server does not speak the protocol that the provider names; see subscriptions.protocol',
  })
}

/** The server did not accept who asks. */
export function refusedSignIn(where: string, words: unknown): XdrError {
  const said = words === undefined || words === '' ? '' : `: ${plain(words)}`
  return new XdrError('XDR_UNAUTHORIZED', `${where} did not accept the sign-in${said}`, {
    hint: 'check the tenant and your role; "xdrlab login" signs in anew',
    status: 401,
  })
}
