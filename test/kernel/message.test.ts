import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { toJson } from '../../kernel/json.js'
import { type BadMessage, Wire } from '../../kernel/message.js'
import { useRedactor } from '../../kernel/redact.js'
import { createRedactor } from '../../kernel/redactor.js'
import { rememberSecret } from '../../src/secrets.js'

useRedactor(createRedactor())

const wire = new Wire('the key')
const encode = (content: object = { a: 1 }) => wire.encode({ type: 'status', content }).frames

describe('Wire', () => {
  test('reads what it wrote: identities, parent, metadata, content and buffers', () => {
    const { id, frames } = wire.encode({
      type: 'comm_msg',
      content: { text: 'ü😀' },
      parent: { msg_id: 'parent' },
      metadata: { m: true },
      identities: [Buffer.from('one'), Buffer.from([0, 1, 255])],
      buffers: [Buffer.from([1, 2]), Buffer.alloc(0)],
    })
    const message = wire.decode(frames)
    expect(message).toMatchObject({
      identities: [Buffer.from('one'), Buffer.from([0, 1, 255])],
      header: { msg_id: id, msg_type: 'comm_msg', version: '5.4' },
      parentHeader: { msg_id: 'parent' },
      metadata: { m: true },
      content: { text: 'ü😀' },
      buffers: [Buffer.from([1, 2]), Buffer.alloc(0)],
    })
    expect(new Date(message.header.date).getTime()).toBeGreaterThan(0)
  })

  test('signs with HMAC-SHA256 over header, parent, metadata and content', () => {
    const [, signature, ...parts] = encode()
    const expected = createHmac('sha256', 'the key').update(Buffer.concat(parts)).digest('hex')
    expect(signature?.toString()).toBe(expected)
  })

  test('parses nothing before the signature is right', () => {
    const parse = vi.spyOn(JSON, 'parse')
    const frames = encode()
    frames[1] = Buffer.from('0'.repeat(64))
    expect(() => wire.decode(frames)).toThrow('wrong signature')
    expect(parse).not.toHaveBeenCalled()
    parse.mockRestore()
  })

  test('has a new id for each message', () => {
    expect(new Set(Array.from({ length: 100 }, () => wire.encode({ type: 'x', content: {} }).id)).size).toBe(
      100,
    )
  })

  test('without a key takes messages unsigned, as the protocol has it', () => {
    const open = new Wire('')
    const { frames } = open.encode({ type: 'status', content: {} })
    expect(frames[1]?.length).toBe(0)
    expect(open.decode(frames).header.msg_type).toBe('status')
  })

  const signed = (...parts: string[]) => {
    const hmac = createHmac('sha256', 'the key')
    for (const part of parts) hmac.update(part)
    return ['<IDS|MSG>', hmac.digest('hex'), ...parts].map((part) => Buffer.from(part))
  }
  test.each([
    ['no JSON', signed('{', '{}', '{}', '{}')],
    ['a list for a header', signed('[]', '{}', '{}', '{}')],
    ['a header without type', signed('{"msg_id": "1"}', '{}', '{}', '{}')],
    ['text for content', signed('{"msg_id": "1", "msg_type": "x"}', '{}', '{}', '"x"')],
    ['nothing', []],
    ['a delimiter alone', [Buffer.from('<IDS|MSG>')]],
  ])('refuses %s, in words that quote nothing', (_name, frames) => {
    const refused = (): BadMessage | undefined => {
      try {
        wire.decode(frames)
        return undefined
      } catch (error) {
        return error as BadMessage
      }
    }
    expect(refused()).toMatchObject({ name: 'BadMessage' })
    expect(refused()?.message).not.toMatch(/[{}[\]"]|the key/)
  })
})

describe('secrets in what is sent', () => {
  const secrets = ['plain-secret-1', 'quo"ted\\secret-2', 'plain-secret-1-and-more', '":"tricky']
  beforeAll(() => {
    for (const secret of secrets) rememberSecret(secret)
  })
  const contentOf = (content: object) => wire.decode(encode(content)).content

  test.each([
    ['as it is', (secret: string) => secret],
    ['as JSON', (secret: string) => JSON.stringify({ secret })],
    ['in a URL', (secret: string) => new URLSearchParams({ secret }).toString()],
  ])('are blanked %s', (_name, write) => {
    for (const secret of secrets) {
      const { text } = contentOf({ text: `before ${write(secret)} after` })
      expect(text).toMatch(/^before .*‹redacted: secret›.* after$/)
      expect(text).not.toContain('secret-')
    }
  })

  test('that look like JSON leave the message whole', () => {
    expect(contentOf({ x: 'tricky' })).toEqual({ x: 'tricky' })
  })
})

describe('toJson', () => {
  afterAll(() => vi.restoreAllMocks())
  const cyclic: Record<string, unknown> = { name: 'ring', big: 5n }
  cyclic.self = cyclic
  const shared = { s: 1 }
  test.each<[string, unknown, unknown]>([
    ['bigints as text', { id: 2n ** 64n }, { id: '18446744073709551616' }],
    ['cycles by name', cyclic, { name: 'ring', big: '5', self: '[Circular]' }],
    ['what is shared twice', { a: shared, b: shared }, { a: { s: 1 }, b: { s: 1 } }],
    [
      'what throws by name',
      {
        bad: {
          toJSON: () => {
            throw new Error('no')
          },
        },
        good: [1, new Date(0)],
      },
      { bad: '[Unreadable]', good: [1, '1970-01-01T00:00:00.000Z'] },
    ],
    ['nothing as null', undefined, null],
  ])('holds %s', (_name, value, expected) => {
    expect(JSON.parse(toJson(value))).toEqual(expected)
  })
})
