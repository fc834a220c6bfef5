// npm run bench:auth: what xdrlab adds to a Node process, and many processes with one expired sign-in; see auth.md.
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { renderAuthReport } from './auth-report.mjs'
import { startPlatform } from './auth-server.mjs'
import { preparePython, run, runTogether } from './processes.mjs'
import { Samples } from './samples.mjs'
import { dist, storeSignIn } from './stored-sign-in.mjs'

const quick = process.argv.includes('--quick')
const rounds = quick ? 5 : 31
const renewalRounds = quick ? 1 : 7
/** The vendor's SDK takes as long as all others together, and varies less. */
const pythonEvery = 4
/** On a machine that is busy elsewhere there are fewer rounds. */
const commandsUntil = performance.now() + (quick ? 45_000 : 150_000)
const renewalsUntil = commandsUntil + (quick ? 15_000 : 60_000)
const processes = 20
const endpointLatencyMs = 300

/** @type {Awaited<ReturnType<typeof startPlatform>> | undefined} */
let platform
const root = mkdtempSync(join(tmpdir(), 'xdrlab-bench-auth-'))
// Kept between runs where this is set: the peer is not fetched anew.
const peers = process.env.XDRLAB_BENCH_PEERS ?? join(root, 'peers')
const samples = new Samples()
const began = performance.now()
try {
  const { python, leftOut } = await preparePython(peers)
  platform = await startPlatform({ endpointLatencyMs })
  await measureCommands(platform, python)
  await measureRenewals(platform)
  const tookS = (performance.now() - began) / 1000
  const report = renderAuthReport({
    samples,
    leftOut,
    tookS,
    python,
    processes,
    endpointLatencyMs,
  })
  process.stdout.write(
    `\n${report.table}\n\n${report.targets}\n\n${leftOut.map((line) => `left out: ${line}\n`).join('')}`,
  )
  if (!quick) writeFileSync(new URL('auth.md', import.meta.url), report.markdown)
} finally {
  await platform?.close()
  rmSync(root, { recursive: true, force: true })
}

/** Whole processes, one of each in turn, so that the machine's other work hits all of them alike. */
async function measureCommands(platform, python) {
  const home = join(root, 'commands')
  await storeSignIn(home, platform.taegis, { expiresAt: Date.now() + 86_400_000 })
  const folder = join(root, 'work')
  mkdirSync(folder)
  const write = (name, text) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const query = write('query.graphql', 'query { currentTDRUser { id email } }\n')
  const url = JSON.stringify(platform.taegis.graphql)
  const node = (...args) => [process.execPath, ...args]
  const commands = {
    'node -e 0': node('-e', '0'),
    'an empty CommonJS file': node(write('empty.cjs', '')),
    'an empty ES module': node(write('empty.mjs', '')),
    'xdrlab whoami': node(join(dist, 'bin', 'xdrlab.cjs'), 'whoami'),
    'one request by node:http, CommonJS': node(
      write('http.cjs', `const { request } = require('node:http')\n${httpScript(url)}`),
    ),
    'one request by node:http': node(
      write('http.mjs', `import { request } from 'node:http'\n${httpScript(url)}`),
    ),
    'one request by undici': node(write('undici.mjs', undiciScript(url))),
    'xdrlab query': node(join(dist, 'bin', 'xdrlab.cjs'), 'query', query),
    'xdrlab query, on another Node than the build': node(uncompiled(folder), 'query', query),
    ...(python === undefined
      ? {}
      : {
          'python -c pass': [python.program, '-c', 'pass'],
          'python -c "import taegis_sdk_python"': [python.program, '-c', 'import taegis_sdk_python'],
        }),
  }
  const env = { XDRLAB_HOME: home, XDRLAB_URL: platform.taegis.origin }
  const names = Object.keys(commands)
  for (let round = -1; round < rounds; round++) {
    if (round > 0 && performance.now() > commandsUntil) break
    if (round % 10 === 0) process.stderr.write(`commands: round ${round + 1} of ${rounds}\n`)
    const at = (round + names.length) % names.length
    for (const name of [...names.slice(at), ...names.slice(0, at)]) {
      if (name.startsWith('python') && round % pythonEvery !== 0) continue
      const { ms, cpuMs, stdout } = await run(commands[name], { env, cwd: folder })
      checkOutput(name, stdout)
      // The first round of all fills the file cache.
      if (round < 0) continue
      samples.add(name, 'whole process', ms)
      if (cpuMs !== undefined) samples.add(name, 'CPU', cpuMs)
    }
  }
}

/** The command without what V8 has made of it in the build, as a version of Node has it for which that is not. */
function uncompiled(folder) {
  for (const file of ['xdrlab.cjs', 'query.cjs']) copyFileSync(join(dist, 'bin', file), join(folder, file))
  return join(folder, 'xdrlab.cjs')
}

/** A command that failed fast would look like a good one. */
function checkOutput(name, stdout) {
  const [command] = name.split(',')
  const wanted = { 'xdrlab whoami': 'ana@example.com', 'xdrlab query': '"currentTDRUser"' }[command]
  if (wanted !== undefined && !stdout.includes(wanted)) throw new Error(`${name} printed ${stdout}`)
}

/** Processes that have found one and the same expired sign-in, and ask for it at the same moment. */
async function measureRenewals(platform) {
  for (let round = 0; round < renewalRounds; round++) {
    if (round > 0 && performance.now() > renewalsUntil) break
    process.stderr.write(`renewals: round ${round + 1} of ${renewalRounds}\n`)
    const home = join(root, `renewal-${round}`)
    await storeSignIn(home, platform.oauth, { expiresAt: Date.now() - 60_000 })
    const before = platform.renewals()
    const script = new URL('renewing-process.mjs', import.meta.url).pathname
    const argv = [process.execPath, script, JSON.stringify(platform.oauth)]
    const times = await runTogether(argv, { count: processes, env: { XDRLAB_HOME: home }, cwd: root })
    const asked = Math.min(...times.map(({ askedAt }) => askedAt))
    samples.add('20 processes', 'refreshes', platform.renewals() - before)
    samples.add('20 processes', 'ready, the median process', medianOf(times.map(tookMs)))
    samples.add('20 processes', 'ready, the slowest process', Math.max(...times.map(tookMs)))
    samples.add(
      '20 processes',
      'ready, all since the first asked',
      Math.max(...times.map(({ readyAt }) => readyAt)) - asked,
    )
    samples.add('20 processes', 'tokens', new Set(times.map(({ token }) => token)).size)
  }
}

function tookMs({ askedAt, readyAt }) {
  return readyAt - askedAt
}

function medianOf(values) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}

function httpScript(url) {
  return `const sent = request(${url}, { method: 'POST', headers: { 'content-type': 'application/json' } }, async (answer) => {
  let text = ''
  for await (const chunk of answer) text += chunk
  console.log(text)
})
sent.end('{}')
`
}

function undiciScript(url) {
  return `import { request } from ${JSON.stringify(import.meta.resolve('undici'))}
const answer = await request(${url}, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })
console.log(await answer.body.text())
`
}
