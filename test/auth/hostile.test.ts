import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { XdrError } from '../../src/errors.js'
import { paths } from '../support/auth-server.js'
import { type FakeClock, fakeClock } from '../support/fake-clock.js'
import { begun, cases, granted, json, secrets } from '../support/hostile-cases.js'
import { type HostileAnswer, startHostileServer } from '../support/hostile-server.js'
import { takeDownWriting } from '../support/own-writing.js'
import { printed } from '../support/printed.js'
import { startPrivateServer } from '../support/private-ca.js'
import { recordingScreen } from '../support/recording-screen.js'
import { connectWith, isolatedHome, providerFor } from '../support/sign-in.js'

const everySecret = /SENTINEL/
const sendScript = fileURLToPath(new URL('../support/send-process.mjs', import.meta.url))

const written = takeDownWriting()

test('the table has at least sixty cases', () => {
  expect(cases.length).toBeGreaterThanOrEqual(60)
})

/** Time passes in steps while something is waited for, as it would for a person who looks at it. */
async function passing<T>(
  work: Promise<T>,
  clock: FakeClock,
  totalMs: number | undefined,
  hasCome: Promise<void>,
) {
  if (totalMs !== undefined) {
    await hasCome
    clock.advance(totalMs)
  }
  return work
}

describe.for(cases)('$at: $name', ({ at, answer, code, passMs, ...rest }) => {
  test(
    code === undefined ? 'is lived with, and leaks nothing' : `ends in ${code}, once and without a secret`,
    async () => {
      using home = isolatedHome()
      await using server = await startHostileServer()
      const changes = 'changes' in rest ? (rest.changes as object) : undefined
      const good: Record<string, HostileAnswer> = {
        [paths.openid]: json(server.metadata),
        [paths.begin]: json(begun),
        [paths.token]: json(granted),
        '/graphql': json({ data: { ok: true } }),
      }
      const hostile = changes === undefined ? answer : json({ ...server.metadata, ...changes })
      const path = {
        begin: paths.begin,
        poll: paths.token,
        refresh: paths.token,
        query: '/graphql',
        metadata: paths.openid,
      }[at]
      const set = (turned: boolean) => server.answerWith({ ...good, ...(turned ? { [path]: hostile } : {}) })
      const isLater = at === 'refresh' || at === 'query'
      set(!isLater)
      const clock = fakeClock()
      const screen = recordingScreen({ kind: 'terminal' })
      const provider = providerFor(server, { clientSecret: secrets.client })
      let error: unknown
      let xdr: unknown
      try {
        const signIn = connectWith(provider, { clock, screen, store: 'file' })
        if (!isLater) xdr = await passing(signIn, clock, passMs, server.silence)
        else {
          const client = await signIn
          xdr = client
          set(true)
          if (at === 'refresh') clock.advance(300_000)
          // Nobody is there any more: what needs a person ends.
          if (at === 'refresh' && code === 'XDR_SIGN_IN_FAILED')
            server.answerWith({
              ...good,
              [path]: hostile,
              [paths.begin]: json({ error: 'invalid_client' }, { status: 401 }),
            })
          await passing(
            client.query('{ ok }', undefined, { maxBytes: 1024 * 1024 }),
            clock,
            passMs,
            server.silence,
          )
        }
      } catch (thrown) {
        error = thrown
      }

      if (code === undefined) expect(error).toBeUndefined()
      else {
        expect(error).toBeInstanceOf(XdrError)
        expect((error as XdrError).code).toBe(code)
        expect((error as XdrError).hint).not.toBe('')
        expect((error as XdrError).message.length).toBeLessThan(1_000)
        expect((error as XdrError).message).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/)
      }
      // Nothing of a secret anywhere but in the store, and no secret at a place it was not for.
      expect(printed(error) + printed(xdr) + screen.everything() + written()).not.toMatch(everySecret)
      expect(screen.everything()).not.toMatch(/<script|<img/i)
      const shown = screen.displays.flat().map(({ html }) => html ?? '')
      expect(shown.join('')).not.toMatch(/<b>x/)
      expect(JSON.stringify(screen.displays)).not.toMatch(/\\u001b|\\u0007|\u202e/)
      const outside = readdirSync(home.path).filter((name) => name !== 'profiles')
      expect(outside.map((name) => readFileSync(join(home.path, name), 'utf8')).join('')).not.toMatch(
        everySecret,
      )
      const kept = existsSync(home.profiles) ? readdirSync(home.profiles) : []
      expect(kept.filter((name) => !name.endsWith('.json'))).toEqual([])
      expect(server.strangers).toBe(0)
    },
  )
})

test.for([
  {
    name: 'a certificate that ran out yesterday',
    names: ['DNS:localhost'],
    days: -1,
    code: 'CERT_HAS_EXPIRED',
  },
  {
    name: 'a certificate of another host',
    names: ['DNS:evil.example'],
    days: 1,
    code: 'ERR_TLS_CERT_ALTNAME_INVALID',
  },
])('$name, from an authority that is trusted: nothing is sent', async ({ names, days, code }) => {
  await using server = await startPrivateServer(names, undefined, days)
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [sendScript, `https://localhost:${server.port}/token`],
    { env: { ...process.env, NODE_EXTRA_CA_CERTS: server.authority, NODE_OPTIONS: '' }, timeout: 50_000 },
  )

  expect(JSON.parse(stdout)).toMatchObject({ code: 'XDR_TLS', message: expect.stringContaining(code) })
  expect(server.requests).toBe(0)
})
