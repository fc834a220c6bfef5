// npm run bench:client: what the client adds to a request, to a million rows, and to a subscription; see client.md.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { renderClientReport } from './client-report.mjs'
import { preparePython, run } from './processes.mjs'
import { Samples } from './samples.mjs'
import { measureSubscriptions } from './subscriptions.mjs'

const quick = process.argv.includes('--quick')
const rounds = quick ? 1 : 5
const small = quick ? 500 : 4_000
const large = quick ? 3 : 12
const many = quick ? 20_000 : 100_000
const most = quick ? 0 : 1_000_000
/** The vendor's SDK takes seconds for a thousand. */
const ofPython = quick ? 1_000 : 3_000

const workerFile = fileURLToPath(new URL('rows-worker.mjs', import.meta.url))
const serverFile = fileURLToPath(new URL('rows-server.mjs', import.meta.url))
const pythonFile = fileURLToPath(new URL('rows_worker.py', import.meta.url))
const root = mkdtempSync(join(tmpdir(), 'xdrlab-bench-client-'))
// Kept between runs where this is set: the peers are not fetched anew.
const peers = process.env.XDRLAB_BENCH_PEERS ?? join(root, 'peers')
const samples = new Samples()
const began = performance.now()
try {
  const graphqlRequest = prepareGraphqlRequest(peers)
  const { python, leftOut } = await preparePython(peers)
  await withServer(many, async ({ fast, slow }) => {
    const calls = ['undici', 'xdrlab', 'graphql-request']
    await inTurn('a 1 KB query', calls, small, (peer) => `${peer}: small`, fast)
    await inTurn('32 queries together', calls, small, (peer) => `${peer}: small, 32 together`, fast)
    await inTurn('a 5 MB query', calls, large, (peer) => `${peer}: large`, fast)
    const paged = [
      'undici: read without parsing',
      'undici: parsed, one after the other',
      'graphql-request: parsed',
      'xdrlab: parsed',
      'xdrlab: parsed, row by row',
      'xdrlab: spooled',
    ]
    await inTurn('rows', paged, many, (peer) => peer, fast)
    await inTurn(
      'rows at 50 ms',
      ['undici: parsed, one after the other', 'xdrlab: in 8 parts'],
      many,
      (peer) => peer,
      slow,
    )
    if (python !== undefined) await measurePython(python.program, fast)
  })
  if (most > 0) {
    await withServer(most, async ({ fast }) => {
      const paged = ['undici: read without parsing', 'xdrlab: parsed', 'xdrlab: spooled']
      await inTurn('a million rows', paged, most, (peer) => peer, fast, 1)
      const tables = [
        'DuckDB: read_json of the same rows',
        'xdrlab: the same file into a table',
        'xdrlab: into a table',
      ]
      await inTurn('a million rows into a table', tables, most, (peer) => peer, fast, 3)
    })
  }
  process.stderr.write('subscriptions\n')
  const subscriptions = await measureSubscriptions({ rounds: quick ? 1 : 3 })
  const tookS = (performance.now() - began) / 1000
  const report = renderClientReport({
    samples,
    subscriptions,
    leftOut,
    python,
    graphqlRequest,
    tookS,
    small,
    large,
    many,
    most,
    ofPython,
  })
  process.stdout.write(`\n${report.table}\n\n${report.targets}\n`)
  if (!quick) writeFileSync(new URL('client.md', import.meta.url), report.markdown)
} finally {
  rmSync(root, { recursive: true, force: true })
}

/** Each peer once a round, in another order each time, so that the machine's other work hits all of them alike. */
async function inTurn(measure, names, count, what, origin, times = rounds) {
  for (let round = 0; round < times; round++) {
    process.stderr.write(`${measure}: round ${round + 1} of ${times}\n`)
    // What one writes another reads: their order counts with a single round.
    const at = times === 1 ? 0 : round % names.length
    for (const name of [...names.slice(at), ...names.slice(0, at)]) {
      const found = await worker(what(name), origin, count)
      check(name, found, count)
      samples.add(name, `${measure}: rate`, (count / found.ms) * 1000)
      samples.add(name, `${measure}: CPU`, (found.cpuMs / count) * 1000)
      samples.add(name, `${measure}: memory`, found.peakMb)
    }
  }
}

/** A peer that loses rows, or gives one twice, is faster. */
function check(name, { rows, sum }, count) {
  if (rows !== 0 && rows !== count) throw new Error(`${name} gave ${rows} of ${count} rows`)
  const wanted = (count * (count - 1)) / 2
  if (sum !== 0 && sum !== wanted)
    throw new Error(`${name} gave rows whose numbers add up to ${sum}, not ${wanted}`)
}

async function worker(what, origin, count) {
  const argv = [process.execPath, '--expose-gc', workerFile, what, origin, String(count), peers]
  return lastLine(
    await run(argv, { env: { XDRLAB_HOME: join(root, 'home'), XDRLAB_STORE: 'memory' }, cwd: root }),
  )
}

async function measurePython(program, origin) {
  for (const [what, measure, count] of [
    ['small', 'a 1 KB query', Math.min(small, 500)],
    ['parsed', 'rows', ofPython],
  ]) {
    process.stderr.write(`taegis-sdk-python: ${measure}\n`)
    const found = lastLine(
      await run([program, pythonFile, what, origin, String(count)], { env: {}, cwd: root }),
    )
    check('taegis-sdk-python', found, count)
    samples.add('taegis-sdk-python', `${measure}: rate`, (count / found.ms) * 1000)
    samples.add('taegis-sdk-python', `${measure}: CPU`, (found.cpuMs / count) * 1000)
    samples.add('taegis-sdk-python', `${measure}: memory`, found.peakMb)
  }
}

function lastLine({ stdout }) {
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}')
}

async function withServer(rows, use) {
  const server = spawn(process.execPath, [serverFile, String(rows)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  try {
    const [line] = await once(server.stdout, 'data')
    await use(JSON.parse(String(line)))
  } finally {
    server.kill()
    await once(server, 'exit')
  }
}

/** graphql-request and its parser in a folder of their own. */
function prepareGraphqlRequest(folder) {
  const version = '7.4.0'
  if (!existsSync(join(folder, 'node_modules', 'graphql-request'))) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
    const names = [`graphql-request@${version}`, 'graphql@16']
    execFileSync(
      process.platform === 'win32' ? 'npm.cmd' : 'npm',
      ['install', '--no-audit', '--no-fund', '--silent', ...names],
      {
        cwd: folder,
        stdio: ['ignore', 'ignore', 'inherit'],
        timeout: 180_000,
      },
    )
  }
  return version
}
