// The tables, the targets and the file that keeps them.
import { readFileSync } from 'node:fs'
import { machineLine, markdownTable, verdictOf } from './report.mjs'

const commands = [
  'node -e 0',
  'an empty CommonJS file',
  'an empty ES module',
  'xdrlab whoami',
  'one request by node:http, CommonJS',
  'one request by node:http',
  'one request by undici',
  'xdrlab query',
  'xdrlab query, on another Node than the build',
  'python -c pass',
  'python -c "import taegis_sdk_python"',
]
const base = 'node -e 0'
/** What a whole process may take, as a multiple of the smallest one. */
const commandTargets = { 'xdrlab whoami': 1.25, 'xdrlab query': 2 }
/** How long all may wait for one refresh, as a multiple of what the endpoint takes. */
const readyTarget = 3

export function renderAuthReport(run) {
  const { samples } = run
  const ofCommand = (name) => samples.of(name, 'whole process')
  const cpuOf = (name) => samples.of(name, 'CPU')?.mean
  const ofRenewal = (measure) => samples.of('20 processes', measure)
  const times = (found) => `× ${(found / (ofCommand(base)?.median ?? Number.NaN)).toFixed(2)}`
  const wholeProcesses = markdownTable([
    ['a whole process', 'ms, median / p95', 'of node -e 0', 'CPU ms, mean', 'of node -e 0'],
    ...commands.flatMap((name) => {
      const found = ofCommand(name)
      if (found === undefined) return []
      const title = /^(an|one) /.test(name) ? name : name.replace(/^[^,]+/, '`$&`')
      const cpu = cpuOf(name)
      const cpuTimes = cpu === undefined ? '–' : `× ${(cpu / cpuOf(base)).toFixed(2)}`
      return [[title, both(found), times(found.median), cpu?.toFixed(0) ?? '–', cpuTimes]]
    }),
  ])
  const timesLatency = (found) => `× ${(found / run.endpointLatencyMs).toFixed(2)}`
  const renewals = markdownTable([
    [
      `${run.processes} processes, one expired sign-in`,
      'ms, median / worst of the runs',
      'of the endpoint’s latency',
    ],
    ...['ready, the median process', 'ready, the slowest process', 'ready, all since the first asked'].map(
      (measure) => {
        const found = ofRenewal(measure)
        return [measure, `${found.median.toFixed(0)} / ${found.p95.toFixed(0)}`, timesLatency(found.median)]
      },
    ),
  ])
  const refreshes = ofRenewal('refreshes')
  const table = `${wholeProcesses}\n\n${renewals}`
  const ready = ofRenewal('ready, all since the first asked').median / run.endpointLatencyMs
  const targets = markdownTable([
    ['xdrlab', 'target', 'here', ''],
    ...Object.entries(commandTargets).map(([name, limit]) => {
      const ratio = ofCommand(name).median / ofCommand(base).median
      return [
        `\`${name}\` against \`${base}\``,
        `≤ ${limit.toFixed(2)}`,
        ratio.toFixed(2),
        verdictOf(ratio, limit),
      ]
    }),
    [
      `refreshes of ${run.processes} processes, in every run`,
      '1',
      `${refreshes.median === refreshes.p95 ? refreshes.median : `up to ${refreshes.p95}`}`,
      refreshes.p95 === 1 ? 'met' : 'missed',
    ],
    [
      'all of them ready against the endpoint’s latency',
      `≤ ${readyTarget.toFixed(2)}`,
      ready.toFixed(2),
      verdictOf(ready, readyTarget),
    ],
  ])
  return { table, targets, markdown: page() }

  function page() {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
    const peer = run.python === undefined ? '' : `; taegis-sdk-python ${run.python.version}`
    return `# Starting, asking, renewing

\`npm run bench:auth\` writes this file. ${new Date().toISOString().slice(0, 10)}, ${Math.round(run.tookS)} s.

${machineLine()}
- Node ${process.versions.node}; xdrlab ${version}${peer}
${run.leftOut.map((line) => `- left out: ${line.replace(/\s+/g, ' ')}\n`).join('')}
${table}

## Targets

${targets}

## How it is measured

Each command is a process of its own, ${ofCommand(base).count} times (Python's every fourth time), from its spawn until it and its outputs (pipes) are closed, one of
each in turn and in another order each round, after a round that does not count. The environment holds \`PATH\`, \`HOME\`,
\`LANG\` and xdrlab's own variables only: with \`NODE_EXTRA_CA_CERTS\` set, Node 20 takes twice as long to start, and every
ratio here would be half as large. \`whoami\` and \`query\` find a live token in a file; the query is sent to a server on
loopback that answers at once, over plain HTTP. *One request* is the least that a program can do: it sends the same
request by \`node:http\`, or by \`undici\`, from a single file (an ES module, unless it says CommonJS), and prints the
answer. Most of \`query\` is that request. Its own code comes as V8 has compiled it in the build, which the same version
of Node takes over; *on another Node than the build* is the same command without, as another version runs it.

The ${run.processes} processes have loaded the library and wait. Then all of them ask at the same moment for a sign-in that has run
out, in one folder, and the token endpoint takes ${run.endpointLatencyMs} ms: ${refreshes.count} runs. A process is ready when \`connect()\` gives it a
client. What the first request, the lock and the store load counts, since it is loaded then.

The CPU time is that of all threads, as the system counts it (Linux, in steps of 10 ms, so its mean is given): it differs
less with the machine's other work than the time on the clock. The targets are of the latter. Its median is what counts; times differ by half and more with the machine's other work, ratios by up to a fifth between
two runs, so a verdict that near its limit is marked.

\`XDRLAB_BENCH_PEERS=folder npm run bench:auth\` keeps the Python environment in that folder for the next run;
\`node test/bench/auth.mjs --quick\` takes half a minute and writes nothing.
`
  }
}

function both({ median, p95 }) {
  return `${median.toFixed(0)} / ${p95.toFixed(0)}`
}
