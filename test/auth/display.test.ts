import { describe, expect, test } from 'vitest'
import { signInMimeType } from '../../src/auth/sign-in-view.js'
import type { XdrClient } from '../../src/client/client.js'
import type { XdrError } from '../../src/errors.js'
import type { View } from '../../src/screen/screen.js'
import { type FakeClock, fakeClock } from '../support/fake-clock.js'
import { answer, changed } from '../support/fault-proxy.js'
import { dialects, type Platform } from '../support/platforms.js'
import { recordingScreen } from '../support/recording-screen.js'
import { connectWith, failureOf, isolatedHome } from '../support/sign-in.js'

const pending = answer(400, { error: 'authorization_pending' })
const account = 'ana@example.com'
const xss = '<img src=x onerror=alert(1)>'

interface Parts {
  clock: FakeClock
  screen: ReturnType<typeof recordingScreen>
  signal?: AbortSignal
  username?: string
}

function signIn(platform: Platform, parts: Parts): Promise<XdrClient> {
  return connectWith(
    { ...platform.provider, account: { asks: 'username', label: 'username' } },
    { username: account, ...parts, ...(platform.url === undefined ? {} : { url: platform.url }) },
  )
}

function allOf(view: View): string {
  return `${view.text}\n${view.html}\n${JSON.stringify(view.data)}`
}

/** The five ways in which a sign-in ends. */
const endings: {
  ending: string
  prepare: (platform: Platform, clock: FakeClock, cancel: AbortController) => void
  line: RegExp
}[] = [
  {
    ending: 'success',
    prepare: (platform, clock) => clock.during(2, () => platform.approve()),
    line: /^✓ Signed in as /,
  },
  {
    ending: 'denial',
    prepare: (platform, clock) => clock.during(2, () => platform.deny()),
    line: /^✗ Not signed in to .*denied/,
  },
  {
    ending: 'expiry',
    prepare: (platform) => platform.proxy.failAlways(platform.paths.token, pending),
    line: /^✗ Not signed in to .*expired/,
  },
  {
    ending: 'cancelling',
    prepare: (_platform, clock, cancel) => clock.during(2, () => cancel.abort()),
    line: /^✗ Not signed in to .*cancelled/,
  },
  {
    ending: 'a refusal that quotes everything back',
    prepare: (platform) =>
      platform.proxy.fail(platform.paths.token, pending, {
        kind: 'late',
        until: Promise.resolve(),
        fault: {
          kind: 'edit',
          status: 400,
          text: () => {
            const begun = JSON.parse(platform.proxy.to(platform.paths.begin).at(-1)?.answer ?? '{}')
            return JSON.stringify({
              error: 'invalid_grant',
              error_description: `${begun.device_code} ${begun.user_code} ${begun.verification_uri_complete}`,
            })
          },
        },
      }),
    line: /^✗ Not signed in to .*invalid_grant/,
  },
]

describe.for(dialects)('$dialect', ({ start }) => {
  test.for(endings)(
    'after $ending one line is left, without address, code or QR',
    async ({ prepare, line }) => {
      using _home = isolatedHome()
      await using platform = await start()
      platform.proxy.fail(platform.paths.token, pending)
      const clock = fakeClock()
      const screen = recordingScreen({ refreshMs: 10_000 })
      const cancel = new AbortController()
      prepare(platform, clock, cancel)

      const ended: XdrError | XdrClient = await signIn(platform, {
        clock,
        screen,
        signal: cancel.signal,
      }).catch((error) => error)

      expect(screen.displays).toHaveLength(1)
      const views = screen.displays[0] ?? []
      const shown = views[0]?.data?.[signInMimeType]
      expect(shown).toBeDefined()
      const { user_code, verification_uri, verification_uri_complete } = Object(shown)
      const last = allOf(screen.last())
      expect(screen.last().text).toMatch(line)
      expect(screen.last().text.split('\n')).toHaveLength(1)
      expect(screen.last().data).toBeUndefined()
      for (const gone of [
        user_code,
        verification_uri,
        verification_uri_complete,
        'svg',
        '▄',
        '█',
        'href',
        '/device',
      ]) {
        expect(last).not.toContain(gone)
      }
      // Contract 1: the device code goes to the token endpoint and nowhere else.
      const deviceCode = platform.deviceCode()
      expect(deviceCode.length).toBeGreaterThan(20)
      expect(screen.everything()).not.toContain(deviceCode)
      expect(JSON.stringify(ended)).not.toContain(deviceCode)
      expect(String(ended)).not.toContain(deviceCode)
      // Nothing is shown after the end, not even by a timer that was still running.
      const count = views.length
      clock.advance(120_000)
      expect(views).toHaveLength(count)
    },
  )

  test('while it waits, one display says host, account, address, code, QR and the time left', async () => {
    using _home = isolatedHome()
    await using platform = await start()
    platform.proxy.failAlways(platform.paths.token, pending)
    platform.proxy.fail(
      platform.paths.begin,
      changed({
        user_code: 'WXYZ-1234',
        verification_uri: 'https://id.example.com/device',
        verification_uri_complete: 'https://id.example.com/device?user_code=WXYZ-1234',
        expires_in: 61,
      }),
    )
    const clock = fakeClock()
    const screen = recordingScreen({ refreshMs: 1_000 })

    await failureOf(signIn(platform, { clock, screen }))

    expect(screen.displays).toHaveLength(1)
    const views = screen.displays[0] ?? []
    const [first] = views
    for (const content of [first?.text, first?.html]) {
      expect(content).toContain(platform.provider.title)
      expect(content).toContain(new URL(platform.proxy.origin).host)
      expect(content).toContain(account)
      expect(content).toContain('https://id.example.com/device?user_code=WXYZ-1234')
      expect(content).toContain('WXYZ-1234')
      expect(content).toContain('Continue only if you started this sign-in yourself')
    }
    expect(first?.text).toMatch(/[▄█▀]{5}/)
    expect(first?.html).toMatch(/<svg role="img" aria-label="QR code/)
    expect(first?.html).toContain('rel="noopener noreferrer"')
    // The address and the code are drawn once: a front end that draws them anew takes the focus off the link.
    expect(views).toHaveLength(2)
    const [countdown = []] = screen.countdowns
    const counted = countdown.slice(0, -1).map((view) => /expires in (.*)$/.exec(view.text)?.[1])
    expect(countdown.at(-1)).toMatchObject({ text: '', html: '' })
    expect(counted.slice(0, 4)).toEqual(['1 min 01 s', '1 min 00 s', '59 s', '58 s'])
    expect(counted.at(-1)).toBe('0 s')
  })

  test('text from the server and from the person is never markup or terminal control', async () => {
    using _home = isolatedHome()
    await using platform = await start()
    platform.proxy.failAlways(platform.paths.token, pending)
    platform.proxy.fail(
      platform.paths.begin,
      changed({
        user_code: `${xss}\u001b[31m\u0007\u202e"'`,
        verification_uri_complete: undefined,
        expires_in: 30,
      }),
    )
    const screen = recordingScreen()

    await failureOf(
      signIn(platform, { clock: fakeClock(), screen, username: `${xss}\u001b[2J\r\nforged line` }),
    )

    for (const view of screen.displays[0] ?? []) {
      expect(view.html).not.toContain('<img')
      // Every line break is ours.
      expect(view.text.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/)
      expect(view.html).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/)
      expect(view.text).not.toMatch(/^forged line/m)
    }
    expect(screen.displays[0]?.[0]?.html).toContain('&#60;img src=x onerror=alert(1)&#62;')
  })
})

const taegis = dialects.find(({ dialect }) => dialect === 'Taegis')

test('a person who is not the one that was typed is named, and so is the one typed', async () => {
  using _home = isolatedHome()
  await using platform = await (taegis ?? dialects[0])?.start()
  if (platform === undefined) throw new Error('no dialect')
  const screen = recordingScreen()
  const clock = fakeClock()
  platform.proxy.fail(platform.paths.token, pending)
  clock.during(1, () => platform.approve())

  const xdr = await signIn(platform, { clock, screen, username: `someone.else@example.com${xss}` })

  expect(screen.last().text).toContain(`Signed in as ${xdr.session.subject}`)
  expect(screen.last().text).toContain('note: the username typed was someone.else@example.com')
  expect(screen.last().html).not.toContain('<img')
})

test('the same person in other letter case is no difference', async () => {
  using _home = isolatedHome()
  await using platform = await (taegis ?? dialects[0])?.start()
  if (platform === undefined) throw new Error('no dialect')
  const screen = recordingScreen()
  const clock = fakeClock()
  platform.proxy.fail(platform.paths.token, pending)
  clock.during(1, () => platform.approve())

  await signIn(platform, { clock, screen, username: 'ANALYST@sandbox.example' })

  expect(screen.last().text).not.toContain('note:')
  expect(screen.last().text).toMatch(/tenant \S+ · until /)
})

test.for(['notebook', 'terminal'] as const)(
  'a %s has one countdown, which ends with the sign-in',
  async (kind) => {
    using _home = isolatedHome()
    await using platform = await (taegis ?? dialects[0])?.start()
    if (platform === undefined) throw new Error('no dialect')
    const screen = recordingScreen({ kind, refreshMs: 1_000 })
    const clock = fakeClock()
    platform.proxy.fail(platform.paths.token, pending)
    clock.during(1, () => platform.approve())

    await signIn(platform, { clock, screen })

    const [views = []] = screen.displays
    const waiting = views.filter(({ text }) => text.includes('Waiting for the browser'))
    expect(screen.countdowns).toHaveLength(kind === 'notebook' ? 1 : 0)
    expect(waiting.length > 0).toBe(kind === 'terminal')
    expect(screen.last().text).toMatch(/^✓ Signed in/)
    expect(screen.countdowns.map((countdown) => countdown.at(-1)?.text).join('')).toBe('')
  },
)
