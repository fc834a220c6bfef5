// A GraphQL server of alerts on loopback that costs next to nothing: pages are copied from one that is made before.
// `node rows-server.mjs <rows>` prints its addresses as JSON and runs until its input ends.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { buildSchema, introspectionFromSchema } from 'graphql'

const total = Number(process.argv[2] ?? 100_000)
const slowMs = 50
/** As many as the parts of a search have. */
const parts = 8
const digits = 10

const row = (id) => ({
  id: `alert://bench:${id}`,
  tenant_id: '50530',
  status: 'OPEN',
  metadata: {
    title: 'Encoded command line of a shell that an office program has started',
    description:
      'An office program has started a shell whose command line is encoded. Documents with macros do so, and tools that distribute software. Compare the parent, the signer and the first contact with the address.',
    severity: 0.64,
    confidence: 0.9,
    created_at: { seconds: 1789000000, nanos: 123456789 },
    engine: { name: 'app:detect:command-line' },
  },
  sensor_types: ['ENDPOINT_TAEGIS', 'ENDPOINT_SYSMON'],
  entities: {
    entities: ['ip:10.20.30.40', 'hostName:ws-0042', 'userName:ana'],
    relationships: [
      { from_entity: 'hostName:ws-0042', to_entity: 'ip:10.20.30.40', relationship: 'contacts' },
    ],
  },
})

/** Pages by their number of rows: the bytes, and where each row's number stands. */
const templates = new Map()

function pageOf(count, from, head, tail) {
  let template = templates.get(count)
  if (template === undefined) {
    const text = Array.from({ length: count }, () => JSON.stringify(row('#'.repeat(digits)))).join(',')
    const bytes = Buffer.from(text)
    const places = []
    for (let at = bytes.indexOf('##'); at !== -1; at = bytes.indexOf('##', at + digits)) places.push(at)
    template = { bytes, places }
    templates.set(count, template)
  }
  const page = Buffer.concat([Buffer.from(head), template.bytes, Buffer.from(tail)])
  const offset = Buffer.byteLength(head)
  for (const [i, at] of template.places.entries()) {
    page.write(String(from + i).padStart(digits, '0'), offset + at, 'latin1')
  }
  return page
}

const schema = buildSchema(readFileSync(new URL('../../src/sandbox/schema.graphql', import.meta.url), 'utf8'))
const introspection = Buffer.from(JSON.stringify({ data: introspectionFromSchema(schema) }))
const person = Buffer.from(
  JSON.stringify({ data: { currentTDRUser: { id: '1', email: 'ana@example.com', about: 'x'.repeat(900) } } }),
)
const large = Buffer.from(
  JSON.stringify({ data: { large: Array.from({ length: 7_000 }, (_, i) => row(i)) } }),
)

/** The vendor's SDK reads the expiry out of its token. */
const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
const jwt = `${part({ alg: 'none', typ: 'JWT' })}.${part({ exp: Math.floor(Date.now() / 1000) + 86_400 })}.`
const token = Buffer.from(JSON.stringify({ access_token: jwt, token_type: 'bearer', expires_in: 86_400 }))

/** Where the rows of a request begin, how many, and the rest of the answer. */
function alertsFor(sent) {
  const { query, variables = {} } = JSON.parse(sent)
  const withValues = query.replace(
    /\$(\w+)(?!\w*\s*:)/g,
    (all, name) => JSON.stringify(variables[name]) ?? all,
  )
  const body = `${withValues} ${JSON.stringify(variables)}`
  const numberOf = (name) => Number(new RegExp(`${name}\\\\?"?\\s*:\\s*(\\d+)`).exec(body)?.[1] ?? Number.NaN)
  const part = body.includes('alertsServicePoll') ? numberOf('part_id') : undefined
  const limit = numberOf('limit') || 1_000
  const isWhole = part !== undefined || body.includes('in parts')
  const perPart = Math.ceil(total / parts)
  const field =
    /(\w+)\s*:\s*alertsServicePoll/.exec(body)?.[1] ??
    (part === undefined ? 'alertsServiceSearch' : 'alertsServicePoll')
  const from = isWhole ? ((part ?? 1) - 1) * perPart : numberOf('offset') || 0
  const count = Math.max(0, Math.min(isWhole ? perPart : limit, total - from))
  const counts = isWhole
    ? `"search_id":"bench","status":"OK","alerts":{"total_results":${total},"total_parts":${parts},"part":${part ?? 1},"list":[`
    : `"search_id":"bench","status":"OK","alerts":{"total_results":${total},"total_parts":1,"part":1,"list":[`
  return pageOf(count, from, `{"data":{"${field}":{${counts}`, ']}}}}')
}

function answerTo(url, body) {
  if (url.endsWith('/token')) return token
  if (body.includes('__schema')) return introspection
  if (body.includes('currentTDRUser')) return person
  if (body.includes('large')) return large
  return alertsFor(body)
}

async function listen(latencyMs) {
  const server = createServer((request, response) => {
    const chunks = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      const answer = answerTo(request.url ?? '', Buffer.concat(chunks).toString())
      const send = () => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length })
        response.end(answer)
      }
      if (latencyMs === 0) send()
      else setTimeout(send, latencyMs)
    })
  })
  server.keepAliveTimeout = 60_000
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${server.address().port}`
}

process.stdout.write(`${JSON.stringify({ fast: await listen(0), slow: await listen(slowMs), total })}\n`)
process.stdin.resume().once('end', () => process.exit())
