// A client in a process of its own, so that its memory is its own: pages through all alerts and says what it saw.
import { createHash } from 'node:crypto'
import { connect, IncompleteRows, taegis } from '../../dist/src/index.js'

const { url, clientId, clientSecret, form, stopAfter } = JSON.parse(process.argv[2] ?? '{}')
const screen = {
  kind: 'terminal',
  signal: undefined,
  refreshMs: 1000,
  ask: async () => '',
  show: () => ({ update: () => {} }),
  note: (_level, text) => process.stderr.write(`${text}\n`),
}
const xdr = await connect(taegis, { url, clientId, clientSecret, store: 'memory', browser: false, screen })
const stop = new AbortController()
const rows = xdr.rows(
  `{ alertsServiceSearch(in: {cql_query: "FROM alert"}) { alerts { list {
    id status tags sensor_types attack_technique_ids tenant { id }
    metadata { title description severity confidence created_at { seconds nanos } engine { name version } }
  } } } }`,
  {},
  { signal: stop.signal },
)
const hash = createHash('sha256')
let count = 0
const see = (id) => {
  hash.update(`${id}\n`)
  if (++count === stopAfter) stop.abort()
}
const startedMs = performance.now()
let ended = 'read'
try {
  if (form === 'lines') {
    for await (const { ndjson } of rows.source.lines(stop.signal)) {
      for (const line of Buffer.from(ndjson).toString().split('\n').slice(0, -1)) see(JSON.parse(line).id)
    }
  } else if (form === 'array') {
    const timer = setInterval(() => rows.collected.length >= stopAfter && stop.abort(), 1)
    try {
      await rows.toArray()
    } catch (error) {
      if (!(error instanceof IncompleteRows)) throw error
      for (const { id } of error.rows) see(id)
      throw error
    } finally {
      clearInterval(timer)
    }
  } else for await (const { id } of rows) see(id)
} catch (error) {
  ended = error.code
}
const ms = Math.round(performance.now() - startedMs)
const mostMb = Math.round(process.resourceUsage().maxRSS / 1024)
process.stdout.write(JSON.stringify({ ended, count, hash: hash.digest('hex'), ms, mostMb }))
