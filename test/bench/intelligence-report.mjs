// The table of bench:intelligence, its targets, and the file that keeps both.
import { readFileSync } from 'node:fs'
import { cpus, loadavg, platform, release, totalmem } from 'node:os'

const measures = [
  'first completion, reply',
  'first completion, with types',
  'completion',
  'completion, processor',
  'completion, TypeScript alone',
  'completions without types in time',
  'completion of the same cell',
  'hover',
  'diagnostics of a cell',
  'diagnostics, processor',
  'memory, kernel',
  'memory, worker',
  'memory, TypeScript',
  'memory, together',
]
const single = [
  'typed query, completion',
  'typed query, diagnostics',
  'completion in a gql literal',
  'typed query, completion, large schema',
  'completion in a gql literal, large schema',
]

export function renderReport({ samples, sessions, schemaTypes, hasTslab, tookS }) {
  const peers = hasTslab ? ['xdrlab', 'tslab'] : ['xdrlab']
  const head = [
    '',
    ...sessions.flatMap((count) =>
      peers.map((name) => `${name}, ${count} ${count === 1 ? 'cell' : 'cells'}`),
    ),
  ]
  const rows = measures.map((measure) => [
    measure,
    ...sessions.flatMap((count) =>
      peers.map((name) => figure(samples.of(name, `${measure}, ${count}`), measure)),
    ),
  ])
  const table = [
    markdownTable([head, ...rows]),
    markdownTable([
      ['', 'xdrlab'],
      ...single.map((measure) => [measure, figure(samples.of('xdrlab', measure), measure)]),
    ]),
    markdownTable([
      ['', 'types beside it', 'types off', 'ratio of the medians', 'of the means'],
      ...['short cell', '30-line cell'].map((measure) => {
        const [busy, off] = ['busy', 'off'].map((name) => samples.of(name, measure))
        return [
          measure,
          figure(busy, measure),
          figure(off, measure),
          ratio(busy?.median, off?.median),
          ratio(busy?.mean, off?.mean),
        ]
      }),
    ]),
  ].join('\n\n')
  const most = sessions.at(-1)
  const latency =
    (samples.of('busy', 'short cell')?.median ?? Number.NaN) /
    (samples.of('off', 'short cell')?.median ?? Number.NaN)
  const judged = [
    [`completion at ${most} cells, p95, ms`, 10, samples.of('xdrlab', `completion, ${most}`)?.p95],
    [`completion at ${most} cells, median, ms`, 10, samples.of('xdrlab', `completion, ${most}`)?.median],
    [
      `completion at ${most} cells, processor, mean ms`,
      10,
      samples.of('xdrlab', `completion, processor, ${most}`)?.mean,
    ],
    [
      `diagnostics at ${most} cells, p95, ms`,
      50,
      samples.of('xdrlab', `diagnostics of a cell, ${most}`)?.p95,
    ],
    [
      `diagnostics at ${most} cells, median, ms`,
      50,
      samples.of('xdrlab', `diagnostics of a cell, ${most}`)?.median,
    ],
    ['a short cell beside a busy worker ÷ without', 1.1, latency],
  ].map(([what, limit, value]) => [what, `≤ ${limit}`, number(value), value <= limit ? 'met' : 'missed'])
  const targets = markdownTable([['xdrlab', 'target', 'here', ''], ...judged])
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  const [processor] = cpus()
  const markdown = `# Types at the cursor

\`npm run bench:intelligence\` writes this file. ${new Date().toISOString().slice(0, 10)}, ${Math.round(tookS)} s.

- machine: ${cpus().length} × ${processor?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB, ${platform()} ${release()}; load average at the end ${(loadavg()[0] ?? 0).toFixed(1)}
- Node ${process.versions.node}; xdrlab ${version}; the large schema has ${schemaTypes.toLocaleString('en')} types

Milliseconds and MB, median / p95, from the request to its last message; smaller is better. Each completion and each check is of
a cell that has just changed. Diagnostics: of xdrlab from the cell's start until its warning is shown, beside the execution; of
tslab, which checks first, the whole cell. Processor: of all processes together, by the system's clock of 10 ms. TypeScript
alone: its own language server, with the same cells and without a kernel, asked for the bare names of the same changed cell.

${table}

## Targets

${targets}
`
  return { table, targets, markdown }
}

function figure(found, measure) {
  if (found === undefined) return '–'
  if (measure.startsWith('memory')) return number(found.median)
  if (measure.includes('in time')) return `${Math.round(found.mean * found.count)} of ${found.count}`
  if (measure.includes('processor')) return `mean ${number(found.mean)}`
  return `${number(found.median)} / ${number(found.p95)}`
}

function number(value) {
  if (value === undefined || Number.isNaN(value)) return '–'
  return value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString('en')
}

function ratio(a, b) {
  return a === undefined || b === undefined ? '–' : (a / b).toFixed(2)
}

function markdownTable([head, ...rows]) {
  const lines = [head, head.map((_, n) => (n === 0 ? '---' : '---:')), ...rows]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
