// One measurement in a process of its own: `node rows-worker.mjs <what> <origin> <count> <folder>` prints its figures as
// JSON. The folder holds the peers' packages, and what is written.
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const [what = '', origin = '', counted = '1000', folder = ''] = process.argv.slice(2)
const count = Number(counted)
const url = `${origin}/graphql`
const headers = { 'content-type': 'application/json', authorization: 'Bearer bench' }
const small = 'query { currentTDRUser { id email about } }'
const large = 'query { large }'
const fields = `id tenant_id status sensor_types metadata { title description severity confidence
  created_at { seconds nanos } engine { name } } entities { entities relationships { from_entity to_entity relationship } }`
const page = (
  offset,
  limit,
) => `query { alertsServiceSearch(in: { cql_query: "FROM alert", offset: ${offset}, limit: ${limit} }) {
  search_id alerts { total_results list { ${fields} } } } }`
const pageSize = 1_000

/** Adds up the numbers of the rows: each once gives count × (count − 1) / 2. */
let rows = 0
let sum = 0
const take = (list) => {
  rows += list.length
  for (const { id } of list) sum += Number(id.slice(-10))
}

let peakMb = 0
const watch = setInterval(() => {
  peakMb = Math.max(peakMb, process.memoryUsage.rss() / 2 ** 20)
}, 20).unref()

async function xdrlab() {
  const { connect, taegis } = await import(new URL('../../dist/src/index.js', import.meta.url).href)
  const xdr = await connect(taegis, { url: origin, token: 'bench', store: 'memory' })
  await xdr.query(small)
  return xdr
}

async function undici() {
  const { Pool } = await import('undici')
  const pool = new Pool(origin, { connections: 32 })
  const ask = async (query) => {
    const answer = await pool.request({
      path: '/graphql',
      method: 'POST',
      headers,
      body: JSON.stringify({ query }),
    })
    return answer.body
  }
  await (await ask(small)).json()
  return { pool, ask }
}

async function graphqlRequest() {
  const { GraphQLClient } = await import(
    pathToFileURL(join(folder, 'node_modules', 'graphql-request', 'build', 'entrypoints', 'main.js')).href
  )
  const client = new GraphQLClient(url, { headers })
  await client.request(small)
  return client
}

/** `count` calls, `together` at a time. */
async function repeat(call, together) {
  let left = count
  const one = async () => {
    while (left-- > 0) await call()
  }
  await Promise.all(Array.from({ length: together }, one))
}

/** Pages by offset, so many asked for at once, used in their order. */
async function inOrder(ask, ahead, use) {
  const pending = []
  let next = 0
  const fill = () => {
    while (pending.length < ahead && next < count) {
      const asked = ask(next)
      asked.catch(() => {})
      pending.push(asked)
      next += pageSize
    }
  }
  for (fill(); pending.length > 0; fill()) use(await pending.shift())
}

/** Written by one measurement, read by another. */
const ndjsonFile = join(folder, 'rows.ndjson')
const document = `query { alertsServiceSearch(in: { cql_query: "FROM alert", limit: ${pageSize} }) { search_id alerts { total_results list { ${fields} } } } }`
const inParts = `query { alertsServiceSearch(in: { cql_query: "FROM alert in parts", limit: ${count} }) { search_id alerts { total_results total_parts part list { ${fields} } } } }`
const offset = { style: 'offset', progress: false }

/** Each prepares what is not measured, and gives what is. */
const measurements = {
  'undici: small': async () => {
    const { ask } = await undici()
    return () => repeat(async () => (await ask(small)).json(), 1)
  },
  'undici: small, 32 together': async () => {
    const { ask } = await undici()
    return () => repeat(async () => (await ask(small)).json(), 32)
  },
  'undici: large': async () => {
    const { ask } = await undici()
    return () => repeat(async () => (await ask(large)).json(), 1)
  },
  'xdrlab: small': async () => {
    const xdr = await xdrlab()
    return () => repeat(() => xdr.query(small), 1)
  },
  'xdrlab: small, 32 together': async () => {
    const xdr = await xdrlab()
    return () => repeat(() => xdr.query(small), 32)
  },
  'xdrlab: large': async () => {
    const xdr = await xdrlab()
    return () => repeat(() => xdr.query(large), 1)
  },
  'graphql-request: small': async () => {
    const client = await graphqlRequest()
    return () => repeat(() => client.request(small), 1)
  },
  'graphql-request: small, 32 together': async () => {
    const client = await graphqlRequest()
    return () => repeat(() => client.request(small), 32)
  },
  'graphql-request: large': async () => {
    const client = await graphqlRequest()
    return () => repeat(() => client.request(large), 1)
  },
  'undici: read without parsing': async () => {
    const { ask } = await undici()
    return () =>
      inOrder(
        async (at) => {
          let bytes = 0
          for await (const chunk of await ask(page(at, pageSize))) bytes += chunk.length
          return bytes
        },
        4,
        () => {
          rows += pageSize
        },
      )
  },
  'graphql-request: parsed': async () => {
    const client = await graphqlRequest()
    return () =>
      inOrder(
        async (at) => (await client.request(page(at, pageSize))).alertsServiceSearch.alerts.list,
        1,
        take,
      )
  },
  'undici: parsed, one after the other': async () => {
    const { ask } = await undici()
    return () =>
      inOrder(
        async (at) => (await (await ask(page(at, pageSize))).json()).data.alertsServiceSearch.alerts.list,
        1,
        take,
      )
  },
  'xdrlab: parsed': async () => {
    const xdr = await xdrlab()
    return async () => {
      for await (const batch of xdr.rows(document, {}, offset).batches()) take(batch)
    }
  },
  'xdrlab: parsed, row by row': async () => {
    const xdr = await xdrlab()
    return async () => {
      for await (const { id } of xdr.rows(document, {}, offset)) {
        rows++
        sum += Number(id.slice(-10))
      }
    }
  },
  'xdrlab: spooled': async () => {
    const xdr = await xdrlab()
    return async () => {
      const file = createWriteStream(ndjsonFile)
      for await (const { ndjson, count: lines } of xdr.rows(document, {}, offset).source.lines()) {
        rows += lines
        // The batch is good until the next one is asked for.
        await new Promise((resolve, reject) =>
          file.write(ndjson, (error) => (error ? reject(error) : resolve())),
        )
      }
      await new Promise((resolve) => file.end(resolve))
    }
  },
  'xdrlab: in 8 parts': async () => {
    const xdr = await xdrlab()
    return async () => {
      for await (const batch of xdr.rows(inParts, {}, { style: 'parts', progress: false }).batches())
        take(batch)
    }
  },
}

/** Into a table, by way of what the engine can do alone. */
const databases = {
  'DuckDB: read_json of the same rows': async () => {
    const { DuckDBInstance } = await import('@duckdb/node-api')
    const instance = await DuckDBInstance.create(join(folder, 'alone.duckdb'), { memory_limit: '1GB' })
    const connection = await instance.connect()
    return async () => {
      await connection.run(
        `create or replace table alerts as select * from read_json('${ndjsonFile}', format = 'newline_delimited')`,
      )
      const found = await connection.runAndReadAll('select count(*) from alerts')
      rows = Number(found.getRows()[0]?.[0])
    }
  },
  'xdrlab: the same file into a table': async () => {
    process.env.XDRLAB_DATABASE = join(folder, 'xdrlab-file.duckdb')
    const { importFrom } = await import(new URL('../../dist/src/index.js', import.meta.url).href)
    return async () => {
      const table = await importFrom(ndjsonFile, { into: 'alerts', progress: false })
      rows = table.rowCount
    }
  },
  'xdrlab: into a table': async () => {
    process.env.XDRLAB_DATABASE = join(folder, 'xdrlab.duckdb')
    const xdr = await xdrlab()
    return async () => {
      const table = await xdr.rows(document, {}, offset).into('alerts', { progress: false })
      rows = table.rowCount
    }
  },
}

const measured = await { ...measurements, ...databases }[what]?.()
globalThis.gc?.()
const cpuBefore = process.cpuUsage()
const began = performance.now()
await measured()
const ms = performance.now() - began
const { user, system } = process.cpuUsage(cpuBefore)
clearInterval(watch)
process.stdout.write(`${JSON.stringify({ ms, cpuMs: (user + system) / 1000, peakMb, rows, sum })}\n`)
process.exit(0)
