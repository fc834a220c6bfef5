import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js'

/** `XDRLAB_TEST_ROWS=1000000` runs it at full size, and says how long it took. */
const size = Number(process.env.XDRLAB_TEST_ROWS ?? 50_000)
const isFull = process.env.XDRLAB_TEST_ROWS !== undefined
const limitMs = Math.max(60_000, size)
const script = fileURLToPath(new URL('../support/rows-process.mjs', import.meta.url))

interface Report {
  ended: string
  count: number
  hash: string
  ms: number
  mostMb: number
}

/** A sandbox on which one request in `oneIn` fails, and whose first token ends after so many. */
class FaultySandbox {
  sandbox: Sandbox | undefined
  /** 0: none fails. */
  oneIn = 0
  callsOfFirstToken = Number.POSITIVE_INFINITY
  failed = { unavailable: 0, reset: 0, limited: 0, rejected: 0 }
  #calls = 0
  #ended: string | undefined
  #state = 42

  intercept = (request: IncomingMessage, response: ServerResponse): boolean => {
    if (request.url !== '/graphql' || this.oneIn === 0) return false
    const token = request.headers.authorization
    if (++this.#calls === this.callsOfFirstToken) this.#ended = token
    if (token === this.#ended) {
      this.failed.rejected++
      response.writeHead(401).end('{}')
      return true
    }
    // The same failures in every run, spread like chance.
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0
    const roll = Math.floor((this.#state / 2 ** 32) * this.oneIn * 3)
    if (roll > 2) return false
    if (roll === 0) {
      this.failed.unavailable++
      response.writeHead(503).end('<html>busy</html>')
    } else if (roll === 1) {
      this.failed.limited++
      response.writeHead(429, { 'retry-after': '0.2' }).end('{}')
    } else {
      this.failed.reset++
      request.socket.resetAndDestroy()
    }
    return true
  }
}

async function startFaulty(): Promise<FaultySandbox & AsyncDisposable & { sandbox: Sandbox }> {
  const faulty = new FaultySandbox()
  const sandbox = await startSandbox({ alerts: size, intercept: faulty.intercept })
  return Object.assign(faulty, { sandbox, [Symbol.asyncDispose]: () => sandbox.close() })
}

/** All ids in order, asked for by hand: what every reading must give. */
async function idsOf(sandbox: Sandbox): Promise<string[]> {
  const post = async (path: string, body: unknown, authorization: string) => {
    const headers = { 'content-type': 'application/json', authorization }
    const answer = await fetch(sandbox.origin + path, { method: 'POST', headers, body: JSON.stringify(body) })
    return Object(await answer.json())
  }
  const { id, secret } = sandbox.clients.taegis
  const basic = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`
  const token = await post('/auth/api/v2/auth/token', { grant_type: 'client_credentials' }, basic)
  const query =
    'query ($in: SearchRequestInput) { alertsServiceSearch(in: $in) { alerts { total_results list { id } } } }'
  const ids: string[] = []
  for (;;) {
    const variables = { in: { cql_query: 'FROM alert', offset: ids.length, limit: 10_000 } }
    const { data } = await post('/graphql', { query, variables }, `Bearer ${token.access_token}`)
    const { list, total_results } = data.alertsServiceSearch.alerts
    ids.push(...list.map((row: { id: string }) => row.id))
    if (ids.length >= total_results) return ids
  }
}

function hashOf(ids: readonly string[]): string {
  return createHash('sha256')
    .update(ids.map((id) => `${id}\n`).join(''))
    .digest('hex')
}

async function runClient(sandbox: Sandbox, options: { form?: string; stopAfter?: number }): Promise<Report> {
  const { id: clientId, secret: clientSecret } = sandbox.clients.taegis
  const given = JSON.stringify({ url: sandbox.origin, clientId, clientSecret, ...options })
  const { stdout } = await promisify(execFile)(process.execPath, [script, given], { timeout: limitMs })
  const report: Report = JSON.parse(stdout)
  if (isFull) console.log(JSON.stringify(options), JSON.stringify(report))
  return report
}

test(
  'every row of a large list comes once, in bounded memory, while pages fail and a token ends',
  async () => {
    await using faulty = await startFaulty()
    const { sandbox } = faulty
    const ids = await idsOf(sandbox)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.length).toBeGreaterThan(size / 2)
    const pages = Math.ceil(ids.length / 1000)

    Object.assign(faulty, { oneIn: 8, callsOfFirstToken: Math.floor(pages / 2) })
    const report = await runClient(sandbox, {})

    expect(report).toMatchObject({ ended: 'read', count: ids.length, hash: hashOf(ids) })
    expect(report.mostMb).toBeLessThan(200)
    if (isFull) console.log(JSON.stringify(faulty.failed))

    const lines = await runClient(sandbox, { form: 'lines' })
    expect(lines).toMatchObject({ ended: 'read', count: ids.length, hash: hashOf(ids) })
    expect(lines.mostMb).toBeLessThan(200)

    const stopAfter = Math.floor(ids.length / 2) + 7
    const stopped = await runClient(sandbox, { stopAfter })
    expect(stopped).toMatchObject({
      ended: 'XDR_ABORTED',
      count: stopAfter,
      hash: hashOf(ids.slice(0, stopAfter)),
    })

    const kept = await runClient(sandbox, { form: 'array', stopAfter: 20_000 })
    expect(kept.ended).toBe('XDR_ABORTED')
    expect(kept.count).toBeGreaterThanOrEqual(20_000)
    expect(kept.hash).toBe(hashOf(ids.slice(0, kept.count)))
    expect(Object.values(faulty.failed).every((times) => times > 0)).toBe(true)
  },
  limitMs,
)
