import { createHmac, createSecretKey, type KeyObject, randomUUID, timingSafeEqual } from 'node:crypto'
import { isRecord } from '../src/record.js'
import { toJson } from './json.js'
import { redactBytes, redactJson } from './redact.js'

/** The version of the Jupyter messaging protocol that we speak. */
export const protocolVersion = '5.4'

/** The header of a Jupyter message, spelled as on the wire. */
export interface Header {
  msg_id: string
  msg_type: string
  session: string
  username: string
  date: string
  version: string
}

/** A message that arrived: routing identities in front, raw buffers behind. */
export interface Message {
  identities: Buffer[]
  header: Header
  /** Empty where the sender named no parent. */
  parentHeader: Partial<Header>
  metadata: Record<string, unknown>
  content: Record<string, unknown>
  buffers: Buffer[]
}

/** One part of a message on the wire; text is sent as UTF-8. */
export type Frame = Buffer | string

/** Bytes, or nearly so: of text, its characters. */
export function sizeOf(frames: readonly Frame[]): number {
  return frames.reduce((sum, frame) => sum + frame.length, 0)
}

/** A message to send; the header is made by {@link Wire.encode}. */
export interface Outgoing {
  type: string
  content: object
  parent?: Partial<Header> | undefined
  identities?: readonly Buffer[]
  metadata?: object
  buffers?: readonly Buffer[]
  /** Its content was filtered as it came: stream text, which may hold parts of a secret only. */
  isFiltered?: boolean
}

/** Why frames were dropped. The text is for the log and never holds the key, a signature or content. */
export class BadMessage extends Error {
  override readonly name = 'BadMessage'
}

const delimiter = Buffer.from('<IDS|MSG>')

/** How many messages are remembered to know a repeated one; old ones make room, so that memory is bounded. */
const rememberedSignatures = 16_384

/** Signs and reads the frames of one connection (Jupyter messaging, "The Wire Protocol"). */
export class Wire {
  /** Outside the JavaScript heap, where heap snapshots do not reach; `undefined` where nothing is signed. */
  readonly #key: KeyObject | undefined
  readonly #username: string
  readonly #session = randomUUID()
  readonly #seen = new Set<string>()
  readonly #redacts: boolean
  #lastParent: { parent: Partial<Header>; json: string } | undefined

  /** @param redacts whether secrets are blanked: a client's own words must reach the kernel as they are */
  constructor(key: string, username = 'kernel', redacts = true) {
    this.#redacts = redacts
    this.#key = key === '' ? undefined : createSecretKey(key, 'utf8')
    this.#username = username
  }

  /** The frames of a message, signed. */
  encode(message: Outgoing): { id: string; frames: Buffer[] } {
    const { id, frames } = this.compose(message)
    return { id, frames: frames.map((frame) => (typeof frame === 'string' ? Buffer.from(frame) : frame)) }
  }

  /**
   * The same with text left as text, which ZeroMQ copies: a buffer that it sends stays in memory until the event loop
   * turns. The one place where contents become text, and so where secrets are blanked.
   */
  compose(message: Outgoing): { id: string; frames: Frame[] } {
    const header: Header = {
      msg_id: randomUUID(),
      msg_type: message.type,
      session: this.#session,
      username: this.#username,
      date: new Date().toISOString(),
      version: protocolVersion,
    }
    const parts = [
      JSON.stringify(header),
      this.#parentJson(message.parent),
      message.metadata === undefined ? '{}' : this.#clean(toJson(message.metadata)),
      message.isFiltered === true ? toJson(message.content) : this.#clean(toJson(message.content)),
    ]
    const frames = [
      ...(message.identities ?? []),
      delimiter,
      this.#sign(parts),
      ...parts,
      ...(message.buffers ?? []).map((bytes) => (this.#redacts ? redactBytes(bytes) : bytes)),
    ]
    return { id: header.msg_id, frames }
  }

  /** A cell's messages have one parent: its text is made once. */
  #parentJson(parent: Partial<Header> | undefined): string {
    if (parent === undefined) return '{}'
    if (this.#lastParent?.parent !== parent) this.#lastParent = { parent, json: JSON.stringify(parent) }
    return this.#lastParent.json
  }

  #clean(json: string): string {
    return this.#redacts ? redactJson(json) : json
  }

  /**
   * Reads frames. The signature is checked, in constant time, before any byte of the message is parsed.
   *
   * @throws BadMessage where the frames are not a message of this connection
   */
  decode(frames: readonly Buffer[]): Message {
    const at = frames.findIndex((frame) => frame.equals(delimiter))
    if (at < 0) throw new BadMessage('no delimiter')
    const signature = frames[at + 1]
    const parts = frames.slice(at + 2, at + 6)
    if (signature === undefined || parts.length < 4) throw new BadMessage('too few frames')
    if (!this.#isSignedBy(signature, parts)) throw new BadMessage('wrong signature')
    if (!this.#isNew(signature)) throw new BadMessage('a message that came before')
    const [header, parentHeader, metadata, content] = parts.map(parseRecord)
    if (!isHeader(header)) throw new BadMessage('no msg_id or msg_type in its header')
    return {
      identities: frames.slice(0, at),
      header,
      parentHeader: parentHeader ?? {},
      metadata: metadata ?? {},
      content: content ?? {},
      buffers: frames.slice(at + 6),
    }
  }

  /** Hex HMAC-SHA256 over the four parts; empty when the connection has no key, as the protocol has it. */
  #sign(parts: readonly Frame[]): string {
    if (this.#key === undefined) return ''
    const hmac = createHmac('sha256', this.#key)
    for (const part of parts) hmac.update(part)
    return hmac.digest('hex')
  }

  #isSignedBy(signature: Buffer, parts: readonly Buffer[]): boolean {
    if (this.#key === undefined) return true
    const expected = Buffer.from(this.#sign(parts))
    return signature.length === expected.length && timingSafeEqual(signature, expected)
  }

  /** Ids and dates are signed, so no two honest messages have one signature: a second one is a replay. */
  #isNew(signature: Buffer): boolean {
    if (this.#key === undefined) return true
    const text = signature.toString('latin1')
    if (this.#seen.has(text)) return false
    this.#seen.add(text)
    if (this.#seen.size > rememberedSignatures) {
      const { value: oldest } = this.#seen.values().next()
      if (oldest !== undefined) this.#seen.delete(oldest)
    }
    return true
  }
}

function parseRecord(part: Buffer): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(part.toString('utf8'))
  } catch {
    throw new BadMessage('a part is not JSON')
  }
  if (!isRecord(value)) throw new BadMessage('a part is not a JSON object')
  return value
}

function isHeader(value: unknown): value is Header {
  return isRecord(value) && typeof value.msg_id === 'string' && typeof value.msg_type === 'string'
}
