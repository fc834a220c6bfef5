import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type KernelSession, openKernel } from '../support/kernel-session.js'
import { findPiece } from './attacker.js'
import { cells, channels, writings } from './leaks.js'
import { randomText } from './random-text.js'

/** Not real ones. Put together at run time: the source of a cell is echoed to front ends. */
const secrets = {
  'access token': token(),
  'refresh token': randomText(43, 1),
  'client secret': `k"e<y'&\\${randomText(40, 2)}/+=`,
  'device code': randomText(64, 3),
  password: 'Grünspan-7!x',
  'user code': 'QWRT-ZXCV',
}

let kernel: KernelSession

/** What these show of a secret is nothing, or too little to be one; in buffers its place is filled up, without a mark. */
const withoutMark = new Set([
  ...["a function's text", 'a syntax error', 'a JSON error', 'a URL that cannot be fetched'],
  ...['a cause of a cause of a cause'],
  ...["a comm's buffers", "a comm's buffer of UTF-16", "a comm's buffer of JSON", "a comm's typed array"],
])

beforeAll(async () => {
  kernel = await openKernel()
  const ours = JSON.stringify(new URL('../../dist/src/secrets.js', import.meta.url).href)
  const hidden = Object.entries(secrets).map(([kind, value]) => [
    kind,
    [...Buffer.from(value)].map((b) => b ^ 0x55),
  ])
  await kernel.run(`
    const { rememberSecret } = await import(${ours})
    const util = await import('node:util')
    const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
    const even = (text) => Uint8Array.from(Buffer.concat([Buffer.from(text), Buffer.alloc(3)]).subarray(0, Math.ceil(Buffer.byteLength(text) / 4) * 4))
    const dump = (text) => [...Buffer.from(text).toString('latin1').matchAll(/[^]{1,16}/g)].map(({ 0: row, index }) =>
      index.toString(16).padStart(8, '0') + '  ' + [...row].map((c) => c.charCodeAt(0).toString(16).padStart(2, '0')).join(' ').padEnd(49) + '|' + row.replace(/[^ -~]/g, '.') + '|').join('\\n')
    const thirds = (text) => [0, 1, 2].map((i) => text.slice((i * text.length) / 3, ((i + 1) * text.length) / 3))
    const S = ${JSON.stringify(hidden)}.map(([kind, bytes]) => {
      const value = Buffer.from(bytes.map((b) => b ^ 0x55)).toString()
      rememberSecret(value, kind)
      return value
    })`)
})

afterAll(() => kernel[Symbol.asyncDispose]())

/** Everything that one cell made the kernel send, metadata and buffers included. */
async function sentBy(code: string): Promise<string> {
  const before = kernel.broadcasts.length
  const result = await kernel.run(code, { userExpressions: { again: 'typeof S' } })
  const sent = kernel.broadcasts.slice(before)
  return [
    JSON.stringify([result, sent.map(({ content, metadata }) => [content, metadata])]),
    ...sent.flatMap(({ buffers }) =>
      buffers.flatMap((bytes) => [bytes.toString('latin1'), bytes.toString()]),
    ),
  ].join('\n')
}

function expectNothingIn(sent: string): void {
  const pieces = Object.entries(secrets).flatMap(([kind, secret]) => {
    const piece = findPiece(sent, secret)
    return piece === undefined ? [] : [`${kind} ${piece}`]
  })
  expect(pieces).toEqual([])
}

describe.each(Object.entries(channels))('shown as %s, a secret', (_channel, show) => {
  test.each(Object.entries(writings))('%s does not leak', async (_name, write) => {
    const sent = await sentBy(`for (const s of S) { const text = ${write}; ${show} }; 0`)
    expect(sent).toContain('‹redacted: ')
    expectNothingIn(sent)
  })
})

test.each(Object.entries(cells))('%s does not leak', async (name, code) => {
  const sent = await sentBy(code)
  expectNothingIn(sent)
  // A cell that shows nothing would prove nothing.
  if (!withoutMark.has(name)) expect(sent).toMatch(/‹(?:redacted: |hidden›)/)
})

/** Requests of a front end in which a secret would come back, and what shows that it was to be. */
const requests: Record<string, { prepare: string; type: string; content: object; shows: string }> = {
  'the completion of a key': {
    prepare: 'var holder = { [S[1]]: 1, plain: 2 }; 0',
    type: 'complete_request',
    content: { code: 'holder.', cursor_pos: 7 },
    shows: 'plain',
  },
  'the inspection of a value': {
    prepare: 'var shownValue = { beside: "plain", token: S[0] }; 0',
    type: 'inspect_request',
    content: { code: 'shownValue', cursor_pos: 5, detail_level: 1 },
    shows: 'shownValue',
  },
  'the list of comms': {
    prepare: 'comm.open("plain"); comm.open(S[1]); 0',
    type: 'comm_info_request',
    content: {},
    shows: 'plain',
  },
  'an expression of a front end': {
    prepare: '0',
    type: 'execute_request',
    content: { code: '0', user_expressions: { plain: 'S[0]', keyed: '({ [S[1]]: S[2] })' } },
    shows: 'plain',
  },
}

test.each(Object.entries(requests))('%s does not leak', async (_name, { prepare, type, content, shows }) => {
  await kernel.run(prepare)
  const reply = JSON.stringify(await kernel.client.request('shell', type, content))
  expect(reply).toContain(shows)
  expectNothingIn(reply)
})

test('what a cell sends in buffers and metadata is looked at, and comes as it is where it is no secret', async () => {
  const sent = await sentBy(`comm.open("plain").send({}, {
    metadata: { note: "in metadata" }, buffers: [Buffer.from("in a buffer"), new Uint16Array([0x6e69])] })
    display.text("shown", { metadata: { note: "beside a display" } }); 0`)
  expect(sent).toContain('in metadata')
  expect(sent).toContain('in a buffer')
  expect(sent.split('\n')).toContain('in')
})

test('there are at least 200 ways', () => {
  const count = Object.keys(writings).length * Object.keys(channels).length + Object.keys(cells).length
  expect(count).toBeGreaterThan(200)
})

function token(): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claims = { sub: 'analyst', iss: 'https://auth.example', jti: randomText(120, 4), exp: 1_800_000_000 }
  return [encode({ alg: 'RS256', typ: 'JWT' }), encode(claims), randomText(342, 5)].join('.')
}
