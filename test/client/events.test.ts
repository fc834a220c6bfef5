import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Credentials } from '../../src/auth/credentials.js'
import type { ClientParts } from '../../src/client/calls.js'
import { type EventOptions, eventSource } from '../../src/client/subscriptions/events.js'
import { XdrError } from '../../src/errors.js'
import { parseExactJson } from '../../src/json.js'
import type { Provider, SubscriptionApi } from '../../src/providers/provider.js'
import { taegis } from '../../src/providers/taegis.js'
import { resolveTarget } from '../../src/providers/target.js'
import type { Row } from '../../src/results/table.js'
import { eventIdsOf } from '../../src/sandbox/data/events.js'
import { World } from '../../src/sandbox/data/world.js'
import { openStore } from '../../src/store/open-store.js'
import { dataNow, SignedIn } from '../sandbox/signed-in.js'
import { fakeClock } from '../support/fake-clock.js'
import { recordingScreen } from '../support/recording-screen.js'
import {
  framingNames,
  framings,
  type Peer,
  sentinelToken,
  startSocketServer,
} from '../support/socket-server.js'

const alerts = 3000
let it: SignedIn

beforeAll(async () => {
  it = await SignedIn.start({ alerts })
})
afterAll(() => it[Symbol.asyncDispose]())

/** What a client is made of, with a token that somebody else has got. */
function partsFor(provider: Provider, origin: string, token: string) {
  const target = resolveTarget(provider, { url: origin })
  const screen = recordingScreen()
  const clock = fakeClock()
  const store = openStore('memory', () => {})
  const credentials = new Credentials({
    target,
    store,
    screen,
    clock,
    tenant: undefined,
    options: { token },
    browser: false,
    env: {},
  })
  const parts: ClientParts = { target, credentials, screen, clock, tenant: undefined }
  return { ...parts, screen }
}

const framedTaegis = (protocol: SubscriptionApi['protocol']): Provider => ({
  ...taegis,
  subscriptions: { ...taegis.subscriptions, protocol, auth: framings[protocol].auth },
})

async function rowsOf(batches: AsyncIterable<readonly Row[]>): Promise<Row[]> {
  const rows: Row[] = []
  for await (const batch of batches) rows.push(...batch)
  return rows
}

/** The ids of a type, from the data itself and not by way of any search. */
function idsOfType(type: string): string[] {
  const world = new World({ seed: 1, alerts, now: dataNow })
  return Array.from({ length: alerts }, (_, alert) => eventIdsOf(world.alerts, alert))
    .flat()
    .filter((id) => id.includes(`:scwx.${type}:`))
    .sort()
}

describe.for(framingNames)('over %s', (framing) => {
  const sandboxParts = () => partsFor(framedTaegis(framing), it.sandbox.origin, it.token)

  test('every event of every type comes once, over many pages', async () => {
    const source = eventSource(sandboxParts(), 'FROM process, auth, dnsquery', { pageSize: 97 })

    const rows = await rowsOf(source.rows())

    const expected = ['process', 'auth', 'dnsquery'].flatMap(idsOfType).sort()
    expect(expected.length).toBeGreaterThan(1000)
    expect(rows.map((row) => String(row.id)).sort()).toEqual(expected)
    expect(new Set(rows.map((row) => row.event_type))).toEqual(new Set(['process', 'auth', 'dnsquery']))
  })

  test('the lines are the same rows, with every digit', async () => {
    const source = eventSource(sandboxParts(), 'FROM process EARLIEST=-30d', { limit: 20, pageSize: 8 })
    const rows = await rowsOf(source.rows())

    let count = 0
    let text = ''
    for await (const lines of source.lines()) {
      count += lines.count
      text += new TextDecoder().decode(lines.ndjson)
    }

    expect(count).toBe(20)
    expect(text.endsWith('\n')).toBe(true)
    expect(text.trimEnd().split('\n').map(parseExactJson)).toEqual(rows)
    expect(rows.every((row) => typeof row.process_time_window === 'bigint')).toBe(true)
    expect(text).toContain(`"process_time_window":${rows[0]?.process_time_window}`)
  })
})

describe('on the sandbox', () => {
  const sandboxParts = () => partsFor(taegis, it.sandbox.origin, it.token)

  test('limit ends it, and order is as asked', async () => {
    const times = async (options: EventOptions) =>
      (await rowsOf(eventSource(sandboxParts(), 'FROM auth', options).rows())).map((row) =>
        Number(row.event_time_usec),
      )
    const newest = await times({ limit: 50, pageSize: 20 })
    const oldest = await times({ limit: 50, pageSize: 20, oldestFirst: true })

    expect(newest).toHaveLength(50)
    expect(newest).toEqual(newest.toSorted((a, b) => b - a))
    expect(oldest).toEqual(oldest.toSorted((a, b) => a - b))
    expect(Math.max(...oldest)).toBeLessThan(Math.min(...newest))
  })

  test('a query that is wrong is not run: the platform’s check says where', async () => {
    const failing = rowsOf(eventSource(sandboxParts(), 'FROM process\nWHERE nothing = 1').rows())
    await expect(failing).rejects.toMatchObject({
      code: 'XDR_QUERY_INVALID',
      message: "unknown field 'nothing' (2:7)\n  WHERE nothing = 1\n        ^^^^^^^",
    })
  })

  test('unchecked, it is the error of the search itself', async () => {
    const failing = rowsOf(eventSource(sandboxParts(), 'FROM nothing', { validate: false }).rows())
    await expect(failing).rejects.toMatchObject({
      code: 'XDR_GRAPHQL',
      message: expect.stringContaining('nothing'),
    })
  })

  test('where the rows come from is told', () => {
    const { provenance } = eventSource(sandboxParts(), 'FROM auth', { limit: 5, tenant: '50611' })
    expect(provenance).toMatchObject({
      provider: 'taegis',
      region: 'custom',
      origin: it.sandbox.origin,
      tenant: '50611',
      query: expect.stringContaining('eventQuery'),
      variables: { query: 'FROM auth', options: { maxRows: 5, pageSize: 5 } },
    })
  })

  test.for([
    [{ pageSize: 1_001 }, /pageSize/],
    [{ pageSize: 0 }, /pageSize/],
    [{ limit: 0 }, /limit/],
    [{ limit: 1.5 }, /limit/],
  ] as const)('%o is refused before anything is sent', ([options, says]) => {
    expect(() => eventSource(sandboxParts(), 'FROM auth', options)).toThrow(says)
    expect(() => eventSource(sandboxParts(), ' ')).toThrow(/CQL/)
  })
})

describe.for(framingNames)('a platform with faults, %s', (framing) => {
  /** Answers each request by its operation: the search, or a page by its id. */
  const serve = (answers: Record<string, (peer: Peer, time: number) => void>) => {
    const times = new Map<string, number>()
    return startSocketServer({
      framing,
      script: (peer) => {
        const { id = 'search' } = (peer.operation.variables ?? {}) as { id?: string }
        const time = (times.get(id) ?? 0) + 1
        times.set(id, time)
        answers[id]?.(peer, time)
      },
    })
  }
  const partsOf = (server: Awaited<ReturnType<typeof serve>>) =>
    partsFor(server.provider({}, { events: '/events/query' }), server.origin, sentinelToken)
  const rows = (type: string, from: number, count: number) =>
    Array.from({ length: count }, (_, i) => ({ id: `${type}-${from + i}` }))
  const message = (
    operation: string,
    type: string,
    list: object[],
    more: object = {},
    result: object = {},
  ) => ({
    data: {
      [operation]: { next: null, ...more, result: { type, status: 'SUCCEEDED', rows: list, ...result } },
    },
  })
  const ids = (list: readonly Row[]) => list.map(({ id }) => id)

  test('next is taken from whichever message has it, and each page is asked for once', async () => {
    await using server = await serve({
      search: (peer) => {
        peer.data(message('eventQuery', 'auth', rows('auth', 0, 2)))
        peer.data(message('eventQuery', 'dns', rows('dns', 0, 2), { next: 'two' }))
        peer.data(message('eventQuery', 'http', rows('http', 0, 1), { next: 'two' }))
        peer.complete()
      },
      two: (peer) => {
        peer.data(message('eventPage', 'auth', rows('auth', 2, 1), { next: 'three' }))
        peer.data(message('eventPage', 'dns', rows('dns', 2, 1)))
        peer.complete()
      },
      three: (peer) => {
        peer.data(message('eventPage', 'dns', rows('dns', 3, 1)))
        peer.complete()
      },
    })

    const got = await rowsOf(eventSource(partsOf(server), 'FROM auth, dns, http').rows())

    expect(ids(got)).toEqual(['auth-0', 'auth-1', 'dns-0', 'dns-1', 'http-0', 'auth-2', 'dns-2', 'dns-3'])
    expect(got[0]).toEqual({ event_type: 'auth', id: 'auth-0' })
    expect(server.handshakes).toHaveLength(3)
    expect(server.handshakes.every(({ url }) => url === '/events/query')).toBe(true)
  })

  test('a page that breaks off in the middle is read anew: no row is lost and none comes twice', async () => {
    await using server = await serve({
      search: (peer, time) => {
        peer.data(message('eventQuery', 'auth', rows('auth', 0, 2), { next: 'two' }))
        if (time === 1) peer.raw.destroy()
        else {
          peer.data(message('eventQuery', 'dns', rows('dns', 0, 1)))
          peer.complete()
        }
      },
      two: (peer, time) => {
        if (time === 1) peer.raw.destroy()
        else if (time === 2) {
          peer.data(message('eventPage', 'auth', rows('auth', 2, 1)))
          peer.socket.close(1011, 'restarting')
        } else {
          peer.data(message('eventPage', 'auth', rows('auth', 2, 1)))
          peer.complete()
        }
      },
    })

    const got = await rowsOf(eventSource(partsOf(server), 'FROM auth, dns').rows())

    expect(ids(got)).toEqual(['auth-0', 'auth-1', 'dns-0', 'auth-2'])
  })

  test('a type that failed is shown beside the rows of the others; strict mode throws', async () => {
    await using server = await serve({
      search: (peer) => {
        peer.data(message('eventQuery', 'auth', rows('auth', 0, 2)))
        peer.data(message('eventQuery', 'dns', [], {}, { status: 'FAILED', reason: 'the index is gone' }))
        peer.data({
          data: { eventQuery: null },
          errors: [{ message: 'no access to http', path: ['eventQuery'] }],
        })
        peer.complete()
      },
    })
    const parts = partsOf(server)

    const got = await rowsOf(eventSource(parts, 'FROM auth, dns, http').rows())

    expect(ids(got)).toEqual(['auth-0', 'auth-1'])
    const warnings = parts.screen.notes.map(({ text }) => text).join('\n')
    expect(warnings).toContain('dns: the index is gone')
    expect(warnings).toContain('no access to http (at eventQuery)')
    const strict = rowsOf(eventSource(parts, 'FROM auth, dns, http', { strict: true }).rows())
    await expect(strict).rejects.toMatchObject({ code: 'XDR_GRAPHQL', message: 'dns: the index is gone' })
  })

  test('where every type failed, that is a failure and no empty list', async () => {
    await using server = await serve({
      search: (peer) => {
        peer.data(message('eventQuery', 'dns', [], {}, { status: 'FAILED', reason: 'the index is gone' }))
        peer.complete()
      },
    })
    const failing = rowsOf(eventSource(partsOf(server), 'FROM dns').rows())
    await expect(failing).rejects.toMatchObject({
      code: 'XDR_GRAPHQL',
      errors: [{ message: 'dns: the index is gone' }],
    })
  })

  test('rows that the platform keeps back are said', async () => {
    await using server = await serve({
      search: (peer) => {
        const progress = { totalRows: 1234567, resultsTruncated: true }
        peer.data(message('eventQuery', 'dns', rows('dns', 0, 3), {}, { progress }))
        peer.complete()
      },
    })
    const parts = partsOf(server)
    await rowsOf(eventSource(parts, 'FROM dns').rows())
    expect(parts.screen.notes).toContainEqual({
      level: 'warning',
      text: 'dns: 3 of 1,234,567 events came; narrow the query or its time for the rest',
    })
  })

  test('a page that names itself is read once, and that is said', async () => {
    await using server = await serve({
      search: (peer) => {
        peer.data(message('eventQuery', 'dns', rows('dns', 0, 1), { next: 'two' }))
        peer.complete()
      },
      two: (peer) => {
        peer.data(message('eventPage', 'dns', rows('dns', 1, 1), { next: 'two' }))
        peer.complete()
      },
    })
    const parts = partsOf(server)
    expect(ids(await rowsOf(eventSource(parts, 'FROM dns').rows()))).toEqual(['dns-0', 'dns-1'])
    expect(parts.screen.everything()).toContain('named a page twice')
  })

  test('leaving the loop and a signal end the pages that are on their way', async () => {
    for (const how of ['break', 'signal'] as const) {
      await using server = await serve({
        search: (peer) => {
          peer.data(message('eventQuery', 'dns', rows('dns', 0, 1), { next: 'two' }))
          peer.complete()
        },
        // Never answered.
        two: () => {},
      })
      const stop = new AbortController()
      const source = eventSource(partsOf(server), 'FROM dns')
      const got: Row[] = []
      const reading = (async () => {
        for await (const batch of source.rows(stop.signal)) {
          got.push(...batch)
          if (how === 'break') break
          stop.abort()
        }
      })()

      if (how === 'break') await reading
      else
        await expect(reading).rejects.toSatisfy(
          (error) => error instanceof XdrError && error.code === 'XDR_ABORTED',
        )

      expect(ids(got)).toEqual(['dns-0'])
    }
  })
})

test('a platform without a search for events says so', async () => {
  await using server = await startSocketServer({ framing: 'legacy-apollo' })
  const parts = partsFor(server.provider(), server.origin, 'sentinel-token-0123456789.abcdef')
  const failing = rowsOf(eventSource(parts, 'FROM dns').rows())
  await expect(failing).rejects.toMatchObject({ code: 'XDR_BAD_OPTION' })
})
