import { describe, expect, test } from 'vitest'
import { signInMimeType } from '../../src/auth/sign-in-view.js'
import { describeError } from '../../src/errors.js'
import { fakeClock } from '../support/fake-clock.js'
import { answer, changed, type Fault } from '../support/fault-proxy.js'
import { dialects, type Platform } from '../support/platforms.js'
import { recordingScreen } from '../support/recording-screen.js'
import { connectWith, failureOf, isolatedHome } from '../support/sign-in.js'

const pending = answer(400, { error: 'authorization_pending' })

/** Begins a sign-in whose first answer is changed, and ends it in its first wait. */
async function begin(platform: Platform, fault: Fault) {
  using _home = isolatedHome()
  platform.proxy.fail(platform.paths.begin, fault)
  platform.proxy.failAlways(platform.paths.token, pending)
  const cancel = new AbortController()
  const clock = fakeClock()
  clock.during(1, () => cancel.abort())
  const screen = recordingScreen({ answers: ['ana'] })
  const error = await failureOf(
    connectWith(platform.provider, {
      clock,
      screen,
      signal: cancel.signal,
      ...(platform.url === undefined ? {} : { url: platform.url }),
    }),
  )
  return { error, clock, screen, first: screen.displays[0]?.[0] }
}

const intervals: [unknown, number][] = [
  [undefined, 5],
  [null, 5],
  [2, 2],
  [0.5, 0.5],
  ['7', 7],
  ['soon', 5],
  ['', 5],
  [0, 5],
  [-3, 5],
  [1e9, 300],
  [{}, 5],
  [true, 5],
]

const lives: [unknown, string][] = [
  [undefined, '10 min 00 s'],
  [null, '10 min 00 s'],
  [0, '10 min 00 s'],
  [-60, '10 min 00 s'],
  ['later', '10 min 00 s'],
  ['900', '15 min 00 s'],
  [90, '1 min 30 s'],
  [45, '45 s'],
  [1e15, '60 min 00 s'],
]

const page = 'https://id.example.com/device'

const addresses: { name: string; fields: Record<string, unknown>; bare: string; complete: string }[] = [
  {
    name: 'no verification_uri_complete: made from verification_uri and the code',
    fields: { verification_uri: page, verification_uri_complete: undefined, user_code: 'AB-12' },
    bare: page,
    complete: `${page}?user_code=AB-12`,
  },
  {
    name: 'a query in verification_uri is kept',
    fields: { verification_uri: `${page}?lang=de`, verification_uri_complete: undefined, user_code: 'AB-12' },
    bare: `${page}?lang=de`,
    complete: `${page}?lang=de&user_code=AB-12`,
  },
  {
    name: 'no verification_uri: the complete one without its query',
    fields: { verification_uri: undefined, verification_uri_complete: `${page}?user_code=AB-12` },
    bare: page,
    complete: `${page}?user_code=AB-12`,
  },
  {
    name: 'the draft name verification_url',
    fields: {
      verification_uri: undefined,
      verification_url: page,
      verification_uri_complete: undefined,
      user_code: 'A',
    },
    bare: page,
    complete: `${page}?user_code=A`,
  },
  {
    name: 'no user_code: taken from the complete address',
    fields: {
      verification_uri: page,
      user_code: undefined,
      verification_uri_complete: `${page}?user_code=AB-12`,
    },
    bare: page,
    complete: `${page}?user_code=AB-12`,
  },
  {
    name: 'an unsafe complete address is made anew from the safe one',
    fields: { verification_uri: page, verification_uri_complete: 'javascript:alert(1)', user_code: 'AB-12' },
    bare: page,
    complete: `${page}?user_code=AB-12`,
  },
  {
    name: 'control characters and markup in an address are percent-encoded or gone',
    fields: {
      verification_uri: `${page}/\u001b[2J\u0007<b>\u202e`,
      verification_uri_complete: undefined,
      user_code: 'AB-12',
    },
    bare: `${page}/%1B[2J%07%3Cb%3E%E2%80%AE`,
    complete: `${page}/%1B[2J%07%3Cb%3E%E2%80%AE?user_code=AB-12`,
  },
]

const unsafe = [
  'javascript:alert(document.domain)',
  'java\nscript:alert(1)',
  ' JAVASCRIPT:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'file:///etc/passwd',
  'http://id.example.com/device',
  'http://127.0.0.1.example.com/device',
  'https://analyst:hunter2@id.example.com/device',
  'vbscript:x',
  '//id.example.com/device',
  'not an address',
  '',
  7,
]

const broken: { name: string; fault: Fault; says: RegExp }[] = [
  { name: 'no device_code', fault: changed({ device_code: undefined }), says: /without a device_code/ },
  { name: 'an empty device_code', fault: changed({ device_code: '' }), says: /without a device_code/ },
  {
    name: 'a device_code that is a number',
    fault: changed({ device_code: 12345678 }),
    says: /without a device_code/,
  },
  {
    name: 'no user_code anywhere',
    fault: changed({ user_code: undefined, verification_uri_complete: undefined }),
    says: /without a user_code/,
  },
  {
    name: 'no address at all',
    fault: changed({ verification_uri: undefined, verification_uri_complete: undefined }),
    says: /without a verification_uri/,
  },
  {
    name: 'a web page',
    fault: { kind: 'answer', status: 200, body: '<html>Sign in</html>' },
    says: /127\.0\.0\.1/,
  },
  { name: 'nothing', fault: { kind: 'answer', status: 200, body: '' }, says: /127\.0\.0\.1/ },
  {
    name: 'half of the JSON',
    fault: { kind: 'edit', text: (body) => body.slice(0, 40) },
    says: /127\.0\.0\.1/,
  },
  { name: 'a JSON list', fault: { kind: 'answer', status: 200, body: '[]' }, says: /127\.0\.0\.1/ },
  { name: 'JSON null', fault: { kind: 'answer', status: 200, body: 'null' }, says: /127\.0\.0\.1/ },
  { name: 'HTTP 500', fault: { kind: 'answer', status: 500, body: '' }, says: /127\.0\.0\.1/ },
  {
    name: 'HTTP 404 with a page',
    fault: { kind: 'answer', status: 404, body: '<h1>Not here</h1>' },
    says: /127\.0\.0\.1/,
  },
  {
    name: 'an OAuth error',
    fault: answer(400, { error: 'unauthorized_client', error_description: 'not for you' }),
    says: /unauthorized_client, not for you/,
  },
  {
    name: 'a redirect',
    fault: { kind: 'answer', status: 302, headers: { location: 'https://login.example.com/' } },
    says: /redirects to https:\/\/login\.example\.com/,
  },
  { name: 'a reset connection', fault: { kind: 'reset' }, says: /reset|closed/ },
]

describe.for(dialects)('$dialect', ({ start }) => {
  test('an interval is a positive number of seconds up to five minutes, else 5', async () => {
    await using platform = await start()
    for (const [interval, seconds] of intervals) {
      const { clock, error } = await begin(platform, changed({ interval }))
      expect(error.code).toBe('XDR_ABORTED')
      expect([interval, clock.waits[0]]).toEqual([interval, seconds * 1000])
    }
  })

  test('the life of a code is a positive number of seconds up to an hour, else ten minutes', async () => {
    await using platform = await start()
    for (const [expiresIn, shown] of lives) {
      const { screen } = await begin(platform, changed({ expires_in: expiresIn }))
      const first = screen.countdowns[0]?.[0]
      expect([expiresIn, first?.text]).toEqual([expiresIn, expect.stringContaining(`expires in ${shown}`)])
    }
  })

  test.for(addresses)('$name', async ({ fields, bare, complete }) => {
    await using platform = await start()
    const { first } = await begin(platform, changed(fields))
    expect(first?.data?.[signInMimeType]).toMatchObject({
      verification_uri: bare,
      verification_uri_complete: complete,
    })
    expect(first?.text).toContain(complete)
  })

  test('an address that is not https (or http on loopback) is never shown', async () => {
    await using platform = await start()
    for (const address of unsafe) {
      const { error, screen } = await begin(
        platform,
        changed({ verification_uri: address, verification_uri_complete: address }),
      )
      expect([address, error.code]).toEqual([address, 'XDR_BAD_RESPONSE'])
      expect(error.message).toContain('verification_uri')
      expect(screen.displays).toEqual([])
    }
  })

  test.for(broken)('the answer is $name: a clear error, nothing shown', async ({ fault, says }) => {
    await using platform = await start()
    const { error, screen } = await begin(platform, fault)
    expect(error.code).toMatch(/^XDR_(BAD_RESPONSE|SIGN_IN_FAILED|REDIRECT|NETWORK)$/)
    expect(error.message).toMatch(says)
    expect(error.hint).not.toBe('')
    expect(describeError(error)).not.toMatch(/ {4}at /)
    expect(screen.displays).toEqual([])
    expect(platform.proxy.to(platform.paths.token)).toEqual([])
  })
})
