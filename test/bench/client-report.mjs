// The tables, the targets and the file that keeps them.
import { readFileSync } from 'node:fs'
import { machineLine, markdownTable, verdictOf } from './report.mjs'

const calls = ['undici', 'xdrlab', 'graphql-request', 'taegis-sdk-python']
const callMeasures = ['a 1 KB query', '32 queries together', 'a 5 MB query']
const drain = 'undici: read without parsing'
const duckdb = 'DuckDB: read_json of the same rows'
const intoTable = 'a million rows into a table'

/** A ratio that should be at least so much; turned over, it is judged as the others are. */
const atLeast = (name, ratio, limit) => ({ name, ratio, limit, most: false })
const atMost = (name, ratio, limit) => ({ name, ratio, limit, most: true })

export function renderClientReport(measured) {
  const { samples, subscriptions, small, large, many, most, ofPython } = measured
  const of = (name, measure) => samples.of(name, measure)?.median
  const over = (a, b) => (a === undefined || b === undefined ? undefined : a / b)
  const rate = (name, measure) => of(name, `${measure}: rate`)
  const cpu = (name, measure) => of(name, `${measure}: CPU`)

  const callTable = markdownTable([
    ['a call', ...callMeasures.flatMap((measure) => [`${measure}: CPU µs`, 'of undici', 'a second'])],
    ...calls.map((name) => [
      name,
      ...callMeasures.flatMap((measure) => [
        number(cpu(name, measure)),
        ratioText(over(cpu(name, measure), cpu('undici', measure))),
        number(rate(name, measure)),
      ]),
    ]),
  ])
  const rowTable = markdownTable([
    ['rows of 0.7 KB', 'rows a second', 'of reading without parsing', 'CPU µs a row', 'most memory, MB'],
    ...[
      ...lines('rows', many, [
        drain,
        'xdrlab: spooled',
        'xdrlab: parsed',
        'xdrlab: parsed, row by row',
        'undici: parsed, one after the other',
        'graphql-request: parsed',
      ]),
      ...lines('rows', many, ['taegis-sdk-python'], ofPython),
      ...lines('a million rows', most, [drain, 'xdrlab: spooled', 'xdrlab: parsed']),
    ],
  ])
  const tableTable = markdownTable([
    ['a million rows into a table', 'seconds', 'of DuckDB’s speed', 'CPU seconds', 'most memory, MB'],
    ...[duckdb, 'xdrlab: the same file into a table', 'xdrlab: into a table'].flatMap((name) => {
      const found = rate(name, intoTable)
      if (found === undefined) return []
      const cpuSeconds = ((cpu(name, intoTable) ?? 0) * most) / 1e6
      return [
        [
          name,
          (most / found).toFixed(1),
          ratioText(over(found, rate(duckdb, intoTable))),
          cpuSeconds.toFixed(1),
          number(of(name, `${intoTable}: memory`)),
        ],
      ]
    }),
  ])
  const latencyTable = markdownTable([
    [`${many.toLocaleString('en')} rows from a server that takes 50 ms`, 'rows a second'],
    ...['undici: parsed, one after the other', 'xdrlab: in 8 parts'].map((name) => [
      name,
      number(rate(name, 'rows at 50 ms')),
    ]),
  ])
  const peers = Object.keys(subscriptions.rate)
  const subscriptionTable = markdownTable([
    ['a subscription', 'messages a second', 'of a raw socket', 'slow reader: most memory of idle'],
    ...peers.map((name) => [
      name,
      number(subscriptions.rate[name]),
      ratioText(subscriptions.rateOfRaw[name]),
      ratioText(subscriptions.slowMemory[name]?.ofIdle),
    ]),
  ])

  const judged = [
    atMost(
      'CPU of a 1 KB query against undici',
      over(cpu('xdrlab', 'a 1 KB query'), cpu('undici', 'a 1 KB query')),
      1.25,
    ),
    atLeast(
      'rate of 32 queries together against graphql-request',
      over(rate('xdrlab', '32 queries together'), rate('graphql-request', '32 queries together')),
      3,
    ),
    atLeast(
      'parsed rows against reading without parsing',
      over(rate('xdrlab: parsed', 'rows'), rate(drain, 'rows')),
      0.3,
    ),
    atLeast(
      'spooled rows against reading without parsing',
      over(rate('xdrlab: spooled', 'rows'), rate(drain, 'rows')),
      0.33,
    ),
    atLeast(
      'parsed rows against the vendor’s Python SDK',
      over(rate('xdrlab: parsed', 'rows'), rate('taegis-sdk-python', 'rows')),
      5,
    ),
    atLeast(
      '8 parts at 50 ms against one page after the other',
      over(
        rate('xdrlab: in 8 parts', 'rows at 50 ms'),
        rate('undici: parsed, one after the other', 'rows at 50 ms'),
      ),
      4,
    ),
    atLeast(
      'a million rows of a file into a table against DuckDB reading the file',
      over(rate('xdrlab: the same file into a table', intoTable), rate(duckdb, intoTable)),
      0.6,
    ),
    atLeast(
      'a million rows fetched and into a table against DuckDB reading the file',
      over(rate('xdrlab: into a table', intoTable), rate(duckdb, intoTable)),
      0.6,
    ),
    atMost('most memory of paging a million rows, MB', of('xdrlab: parsed', 'a million rows: memory'), 200),
    ...['legacy-apollo', 'graphql-transport-ws'].flatMap((name) => [
      atLeast(`${name} against a raw socket`, subscriptions.rateOfRaw[name], 0.75),
      atMost(`${name}, memory of a slow reader against idle`, subscriptions.slowMemory[name]?.ofIdle, 1.3),
    ]),
  ]
  const targets = markdownTable([
    ['xdrlab', 'target', 'here', ''],
    ...judged.map(({ name, ratio, limit, most: isMost }) => [
      name,
      `${isMost ? '≤' : '≥'} ${limit}`,
      ratioText(ratio),
      isMost ? verdictOf(ratio, limit) : verdictOf(ratio === undefined ? undefined : 1 / ratio, 1 / limit),
    ]),
  ])
  const table = [callTable, rowTable, latencyTable, tableTable, subscriptionTable].join('\n\n')
  return { table, targets, markdown: page() }

  function lines(measure, count, names, ownCount = count) {
    return names.flatMap((name) => {
      const found = rate(name, measure)
      if (found === undefined) return []
      return [
        [
          `${name}, ${ownCount.toLocaleString('en')}`,
          number(found),
          ratioText(over(found, rate(drain, measure))),
          cpu(name, measure)?.toFixed(1) ?? '–',
          number(of(name, `${measure}: memory`)),
        ],
      ]
    })
  }

  function page() {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
    const { undici } = JSON.parse(
      readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
    ).dependencies
    const python = measured.python === undefined ? '' : `; taegis-sdk-python ${measured.python.version}`
    return `# Queries, rows, subscriptions

\`npm run bench:client\` writes this file. ${new Date().toISOString().slice(0, 10)}, ${Math.round(measured.tookS)} s.

${machineLine()}
- Node ${process.versions.node}; xdrlab ${version}, undici ${undici}, graphql-request ${measured.graphqlRequest}${python}
${measured.leftOut.map((line) => `- left out: ${line.replace(/\s+/g, ' ')}\n`).join('')}
${table}

## Targets

${targets}

## How it is measured

Every figure comes from a process of its own, one peer after the other and in another order each round; medians. A static
server in a third process answers with pages that it copies from one made before, so that it costs little. A 1 KB query is
asked ${small.toLocaleString('en')} times one after the other, or by 32 loops at once; a 5 MB one ${large} times. Rows come in pages of 1,000, by offset;
the sum of their numbers proves that each came once. *Reading without parsing* has four requests on their way and counts
bytes. *Spooled* rows are cut out of the answer as bytes and written to a file, *parsed* ones are objects. The vendor's
SDK reads ${ofPython.toLocaleString('en')} rows with the same fields, after its schema is there. Memory is the most that a look every 20 ms saw.

*Into a table*, three times, medians: DuckDB alone reads the spooled file with \`read_json\` and its own guess of types,
which looks at the first rows only. xdrlab reads *the same file*: it looks at every row for its types, copies the rows
and loads them, while it reads. *Into a table* is the whole: requests over loopback, rows cut out of the answers, looked
at, spooled and loaded, with the server on the same cores; what is compared is then a pipeline with its last step.

Times differ by half and more with the machine's other work, ratios in one run by less; a verdict within a fifth of its
limit is marked.

\`XDRLAB_BENCH_PEERS=folder npm run bench:client\` keeps the peers in that folder; \`node test/bench/client.mjs --quick\`
takes a minute and writes nothing.
`
  }
}

function number(value) {
  return value === undefined ? '–' : Math.round(value).toLocaleString('en')
}

function ratioText(value) {
  return value === undefined ? '–' : value.toFixed(value >= 100 ? 0 : 2)
}
