// The table, the targets and the file that keeps both.
import { cpus, loadavg, platform, release, totalmem } from 'node:os'

const measures = [
  'start',
  'first cell',
  'start and first cell',
  'trivial cell',
  '30-line cell, first',
  '30-line cell, next',
  'declaring cell 1',
  'declaring cell 50',
  'declaring cell 200',
  'import undici, first',
  'import undici, second',
  'import graphql, first',
  'import graphql, second',
  '10,000 printed lines',
  'memory idle, process',
  'memory idle, tree',
  'memory after 200 cells, process',
  'memory after 200 cells, tree',
]

/** Measure, peer, and what ours may be as a part of theirs. */
const targets = [
  ['start', 'Deno', 1],
  ['trivial cell', 'Deno', 1],
  ['30-line cell, next', 'Deno', 1],
  ['memory after 200 cells, process', 'Deno', 0.6],
  ['memory after 200 cells, tree', 'Deno', 1.2],
  ['start', 'tslab', 1 / 8],
  ['trivial cell', 'tslab', 1 / 5],
  ['30-line cell, next', 'tslab', 1 / 5],
]

export function renderReport({ peers, samples, leftOut, libraries, tookS }) {
  const names = peers.map(({ name }) => name)
  const others = names.filter((name) => name !== 'xdrlab')
  const head = ['', ...names, ...others.map((name) => `xdrlab ÷ ${name}`)]
  const rows = measures.map((measure) => [
    measure,
    ...names.map((name) => figure(samples.of(name, measure), measure)),
    ...others.map((name) => ratioText(ratioOf(samples, measure, name))),
  ])
  for (const measure of [
    'of 200 cells, without an end',
    'printed lines that arrive',
    'printed lines before idle',
  ]) {
    const counts = names.map((name) => samples.of(name, measure)?.median.toLocaleString('en') ?? '–')
    rows.push([measure, ...counts, ...others.map(() => '–')])
  }
  const table = markdownTable([head, ...rows])
  const judged = targets.map(([measure, peer, limit]) => {
    const ratio = ratioOf(samples, measure, peer)
    return [`${measure} against ${peer}`, `≤ ${limit.toFixed(2)}`, ratioText(ratio), verdictOf(ratio, limit)]
  })
  const growth = growthOf(samples)
  judged.push([
    'declaring cell 200 against its own cell 50',
    '≤ 1.50',
    ratioText(growth),
    verdictOf(growth, 1.5),
  ])
  const targetTable = markdownTable([['xdrlab', 'target', 'here', ''], ...judged])
  return { table, targets: targetTable, markdown: page() }

  function page() {
    return `# The kernel beside others

\`npm run bench:kernel\` writes this file. ${new Date().toISOString().slice(0, 10)}, ${Math.round(tookS)} s.

${machineLine()}
- Node ${process.versions.node}; ${peers.map(({ name, version }) => `${name} ${version}`).join(', ')}; ${Object.entries(
      libraries,
    )
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')} in the notebook's folder
${leftOut.map((line) => `- left out: ${line.replace(/\s+/g, ' ')}\n`).join('')}
Milliseconds and MB, median / p95; smaller is better. A ratio below 1 is in our favour.

${table}

## Targets

${targetTable}

## How it is measured

Each kernel is started as its kernelspec says, with a connection file for tcp on 127.0.0.1, by one client on raw ZeroMQ
sockets (\`jupyter-client.mjs\`). *start* is from the spawn to the first \`kernel_info_reply\`; a cell takes from its
request to both its reply and its idle state, 10,000 lines until the last line as well. All kernels live at the same
time and run one cell each in turn, in another order each round, so that the machine's other work hits all of them
alike; the first trivial cells of a fresh kernel count. The 30-line cell has types, names of its own and awaits (in
Python the same work); *declaring cell 50* and *200* are the medians of ten cells around those. Memory is resident
memory, of the process and added up over all that it has started: pages that processes share count for each of them.
A cell without an end is one whose reply or idle state did not come within 10 s; the client does not know why.

What is honest about the noise: times differ by half and more within a run, and with the machine's other work. Ratios
of the target rows differed by up to a fifth between two runs, so a verdict that near its limit is marked; measures of
few samples (first cells, imports, declaring cells) differed by half and more. A p95 of fewer than 40 samples is close to
the worst one seen. Memory hardly varies. What is not a target is in the table all the same: Deno loads everything
before its first reply, xdrlab after it, so *first cell* and *start and first cell* belong beside *start*.

\`XDRLAB_BENCH_PEERS=folder npm run bench:kernel\` keeps the peers in that folder for the next run;
\`node test/bench/kernel.mjs --quick\` takes a minute and writes nothing.
`
  }
}

/** Where a run was made, as a list entry. */
export function machineLine() {
  const cpu = `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}`
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB`
  return `- machine: ${cpu}, ${memory}, ${platform()} ${release()}; load average at the end ${loadavg()[0]?.toFixed(1)}`
}

function growthOf(samples) {
  const early = samples.of('xdrlab', 'declaring cell 50')
  const late = samples.of('xdrlab', 'declaring cell 200')
  return early === undefined || late === undefined ? undefined : late.median / early.median
}

/** Nearer to its limit than two runs are to each other, a ratio says little. */
const noise = 1.2

export function verdictOf(ratio, limit) {
  if (ratio === undefined) return 'not measured'
  const verdict = ratio <= limit ? 'met' : 'missed'
  return ratio > limit / noise && ratio < limit * noise ? `${verdict}, within the noise` : verdict
}

function ratioOf(samples, measure, peer) {
  const ours = samples.of('xdrlab', measure)
  const theirs = samples.of(peer, measure)
  return ours === undefined || theirs === undefined ? undefined : ours.median / theirs.median
}

function ratioText(ratio) {
  return ratio === undefined ? '–' : ratio.toFixed(2)
}

function figure(found, measure) {
  if (found === undefined) return '–'
  if (measure.startsWith('memory')) return found.median.toFixed(0)
  const digits = found.median < 20 ? 1 : 0
  return found.count === 1
    ? found.median.toFixed(digits)
    : `${found.median.toFixed(digits)} / ${found.p95.toFixed(digits)}`
}

export function markdownTable([head, ...rows]) {
  const line = (cells) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n')
}
