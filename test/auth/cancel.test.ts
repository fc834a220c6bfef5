import { describe, expect, test } from 'vitest'
import type { XdrError } from '../../src/errors.js'
import { fakeClock } from '../support/fake-clock.js'
import { hold } from '../support/fault-proxy.js'
import { dialects, type Platform } from '../support/platforms.js'
import { recordingScreen } from '../support/recording-screen.js'
import { connectWith, failureOf, isolatedHome } from '../support/sign-in.js'

/**
 * What is held has no end of its own within any limit of ours; a busy machine takes its time for the rest,
 * milliseconds.
 */
const fastMs = 2_000

function signIn(platform: Platform, parts: { signal?: AbortSignal; screenSignal?: AbortSignal }) {
  const { signal, screenSignal } = parts
  const screen = recordingScreen({
    answers: ['ana'],
    ...(screenSignal === undefined ? {} : { signal: screenSignal }),
  })
  const clock = fakeClock()
  const ended = failureOf(
    connectWith(platform.provider, {
      screen,
      clock,
      ...(signal === undefined ? {} : { signal }),
      ...(platform.url === undefined ? {} : { url: platform.url }),
    }),
  )
  return { ended, screen, clock }
}

/** Aborts and waits for the end; how long it took, real milliseconds. */
async function cancelNow(cancel: AbortController, ended: Promise<XdrError>): Promise<[XdrError, number]> {
  const begunMs = performance.now()
  cancel.abort(new Error('a reason of the caller’s own'))
  return [await ended, performance.now() - begunMs]
}

describe.for(dialects)('$dialect', ({ start }) => {
  test('cancelling during a held poll ends it and its connection at once', async () => {
    using _home = isolatedHome()
    await using platform = await start()
    platform.proxy.failAlways(platform.paths.token, hold)
    const cancel = new AbortController()

    const { ended, screen } = signIn(platform, { signal: cancel.signal })
    await platform.proxy.arrived(platform.paths.token)
    const abandoned = platform.proxy.abandoned()
    const [error, tookMs] = await cancelNow(cancel, ended)

    expect(error.code).toBe('XDR_ABORTED')
    expect(error.message).toContain('the sign-in was cancelled')
    expect(tookMs).toBeLessThan(fastMs)
    await abandoned
    expect(screen.last().text).toContain('cancelled')
  })

  test('the stop button of the screen does the same', async () => {
    using _home = isolatedHome()
    await using platform = await start()
    platform.proxy.failAlways(platform.paths.token, hold)
    const stop = new AbortController()

    const { ended } = signIn(platform, { screenSignal: stop.signal })
    await platform.proxy.arrived(platform.paths.token)
    const [error, tookMs] = await cancelNow(stop, ended)

    expect(error.code).toBe('XDR_ABORTED')
    expect(tookMs).toBeLessThan(fastMs)
  })

  test('cancelling before the server has given a code shows nothing', async () => {
    using _home = isolatedHome()
    await using platform = await start()
    platform.proxy.fail(platform.paths.begin, hold)
    const cancel = new AbortController()

    const { ended, screen } = signIn(platform, { signal: cancel.signal })
    await platform.proxy.arrived(platform.paths.begin)
    const [error, tookMs] = await cancelNow(cancel, ended)

    expect(error.code).toBe('XDR_ABORTED')
    expect(tookMs).toBeLessThan(fastMs)
    expect(screen.displays).toEqual([])
  })

  test('cancelling in the wait between two polls sends no further poll', async () => {
    using _home = isolatedHome()
    await using platform = await start()
    platform.proxy.failAlways(platform.paths.token, {
      kind: 'answer',
      status: 400,
      body: '{"error":"authorization_pending"}',
    })
    const cancel = new AbortController()
    const { ended, clock } = signIn(platform, { signal: cancel.signal })
    let polls = -1
    clock.during(3, () => {
      polls = platform.proxy.to(platform.paths.token).length
      cancel.abort()
    })

    expect((await ended).code).toBe('XDR_ABORTED')
    expect(platform.proxy.to(platform.paths.token)).toHaveLength(polls)
  })

  test('a signal that is aborted already sends nothing', async () => {
    using _home = isolatedHome()
    await using platform = await start()

    const { ended } = signIn(platform, { signal: AbortSignal.abort() })

    expect((await ended).code).toBe('XDR_ABORTED')
    expect(platform.proxy.seen).toEqual([])
  })
})
