import { existsSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { AccessToken } from '../../src/secrets.js'
import { fileStore } from '../../src/store/file-store.js'
import { withLock } from '../../src/store/lock.js'
import type { Profile } from '../../src/store/profile.js'
import { failureOf } from '../support/sign-in.js'
import { type TempFolder, tempFolder } from '../support/temp-home.js'

let folder: TempFolder
let path: string

beforeEach(() => {
  folder = tempFolder()
  path = join(folder.path, 'one.lock')
})
afterEach(() => folder[Symbol.dispose]())

/** Longer than anybody who has just begun is left alone. */
const longAgo = new Date(Date.now() - 3_600_000)
const never = async () => undefined

/** Takes the lock by a file of its own, as another process does, until `finish` is called. */
async function hold(): Promise<{ finish: () => Promise<void> }> {
  let end = () => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  let begun = () => {}
  const beginning = new Promise<void>((resolve) => {
    begun = resolve
  })
  const held = withLock(path, async () => {
    begun()
    await ended
  })
  await beginning
  return {
    finish: () => {
      end()
      return held
    },
  }
}

const mustNotRun = async () => {
  throw new Error('the work was done twice')
}

describe('what another process has got ends the waiting', () => {
  test.each([
    ['has just begun', false],
    ['has been at it for long', true],
  ])('when that %s', async (_what, isOld) => {
    const other = await hold()
    if (isOld) utimesSync(path, longAgo, longAgo)
    let got: string | undefined
    let asked = 0
    const waiting = withLock<string>(path, mustNotRun, {
      meanwhile: () => {
        asked++
        return got
      },
    })
    await expect.poll(() => asked).toBeGreaterThan(1)
    got = 'its token'
    expect(await waiting).toBe('its token')
    // The other one still holds the lock, and lets it go as ever.
    expect(existsSync(path)).toBe(true)
    await other.finish()
    expect(existsSync(path)).toBe(false)
  })

  test('when that has finished and got nothing, the work is done after it', async () => {
    const other = await hold()
    const order: string[] = []
    const waiting = withLock(path, async () => order.push('second'), { meanwhile: never })
    order.push('first')
    await other.finish()
    await waiting
    expect(order).toEqual(['first', 'second'])
    expect(existsSync(path)).toBe(false)
  })
})

test('of many at once that find no lock file, all that get no result do their work one after another', async () => {
  let atWork = 0
  let most = 0
  const runs = Array.from({ length: 8 }, () =>
    withLock(
      path,
      async () => {
        most = Math.max(most, ++atWork)
        await new Promise((resolve) => setImmediate(resolve))
        atWork--
        return 'done'
      },
      { meanwhile: never },
    ),
  )
  expect(await Promise.all(runs)).toEqual(Array.from({ length: 8 }, () => 'done'))
  expect(most).toBe(1)
  expect(existsSync(path)).toBe(false)
})

describe('a lock file that somebody has left behind', () => {
  test('long ago holds nobody up, and the work is told of it', async () => {
    writeFileSync(path, '12345\n')
    utimesSync(path, longAgo, longAgo)
    const leftAtMs = statSync(path).mtimeMs
    const asked = { times: 0 }
    const before = await withLock(path, async (cutOff) => cutOff?.beganAt, {
      meanwhile: () => {
        asked.times++
        return undefined
      },
    })
    expect(before).toBe(leftAtMs)
    expect(asked.times).toBe(0)
  })

  test.each([
    ['before it had the lock', ''],
    ['with the lock', '12345\n'],
  ])('just now, %s, is waited for no longer than that takes to tell', async (_what, mark) => {
    writeFileSync(path, mark)
    const done = await withLock(path, async (cutOff) => ({ cutOff: cutOff !== undefined }), {
      meanwhile: async () => undefined,
    })
    expect(done).toEqual({ cutOff: mark !== '' })
    expect(existsSync(path)).toBe(false)
  })

  test('with a time that has not come yet is as good as one of long ago', async () => {
    writeFileSync(path, '')
    const tomorrow = new Date(Date.now() + 86_400_000)
    utimesSync(path, tomorrow, tomorrow)
    expect(await withLock(path, async () => 'done', { meanwhile: never })).toBe('done')
  })
})

test.each([false, true])('whoever presses stop waits no longer (held for long: %s)', async (isOld) => {
  const other = await hold()
  if (isOld) utimesSync(path, longAgo, longAgo)
  const stop = new AbortController()
  let asked = 0
  const waiting = failureOf(
    withLock(path, mustNotRun, {
      signal: stop.signal,
      meanwhile: () => {
        asked++
        return undefined
      },
    }),
  )
  await expect.poll(() => asked).toBeGreaterThan(0)
  stop.abort()
  expect((await waiting).code).toBe('XDR_ABORTED')
  // Still that of its holder.
  expect(readFileSync(path, 'utf8')).toBe(`${process.pid}\n`)
  await other.finish()
})

test('a profile is read again when it has been written, and not with each look', async () => {
  const profile: Profile = {
    provider: 'test',
    region: 'default',
    origin: 'https://api.example.com',
    account: 'ana',
    savedAt: 1,
    session: undefined,
  }
  const store = fileStore(folder.path, (problem) => expect(problem).toBe(''))
  await store.write(profile)
  let end = () => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  let begun = false
  const first = store.exclusively?.(
    profile,
    () => {
      begun = true
      return ended
    },
    undefined,
  )
  await expect.poll(() => begun).toBe(true)
  const reads: number[] = []
  const second = store.exclusively?.(profile, mustNotRun, undefined, async () => {
    const { session, savedAt } = store.read(profile) ?? {}
    reads.push(savedAt ?? 0)
    return session?.accessToken.reveal()
  })
  await expect.poll(() => reads).toEqual([1])
  const session = {
    accessToken: new AccessToken('the-renewed-token-of-ana', Date.now() + 60_000),
    refreshToken: undefined,
    subject: undefined,
    tenants: [],
  }
  await store.write({ ...profile, savedAt: 2, session })
  expect(await second).toBe('the-renewed-token-of-ana')
  expect(reads).toEqual([1, 2])
  end()
  await first
})
