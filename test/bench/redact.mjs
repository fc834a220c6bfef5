// npm run bench:redact: what the redactor takes of a processor, beside copying the same output; see redact.md.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { startKernel } from '../../dist/kernel/client.js'
import { outputs } from './redact-outputs.mjs'
import { machineLine, markdownTable, verdictOf } from './report.mjs'
import { Samples } from './samples.mjs'

const quick = process.argv.includes('--quick')
const totalBytes = quick ? 10e6 : 50e6
const rounds = quick ? 3 : 9
const samples = new Samples()

const processes = {
  'no secret': start(0, 'all'),
  'one token': start(1, 'token'),
  'one password': start(1, 'password'),
  '10 secrets': start(10, 'all'),
  '100 secrets': start(100, 'all'),
}
const hostile = {
  'eyJ again and again': 'eyJ',
  '.eyJ again and again': '.eyJ',
  'headers of tokens': 'eyJhbGciOiJub25lIn0.',
  'beginnings of key blocks': '-----BEGIN PRIVATE KEY-----\n',
  'the secret but for its last letter': 'secret',
  'numbers alone': '101, 121, 74, ',
  'letters alone': '"e","y","J",',
  'one letter': 'A',
  'zero bytes': '\0e',
}
try {
  await measureCounts()
  await measureOutputs()
  await measureHostile()
} finally {
  for (const child of Object.values(processes)) child.kill()
}
await measureKernels()
report()

function start(count, kind) {
  return fork(new URL('redact-process.mjs', import.meta.url), [`${count}`, kind, `${totalBytes}`])
}

/** Of a process by itself, while the others wait. */
async function cpuMs(name, request) {
  const answer = once(processes[name], 'message')
  processes[name].send(request)
  const [ms] = await answer
  return ms
}

/** All processes in turn; the first round is for the compiler. */
async function measureCounts() {
  for (let round = -1; round < rounds; round++) {
    const took = {}
    for (const name of Object.keys(processes))
      took[name] = await measurePair(
        name,
        'JSON lines',
        round < 0 ? undefined : { prefix: '', measure: name },
      )
    if (round >= 0) samples.add('ratio', '100 against one', took['100 secrets'] / took['one token'])
  }
}

async function measureOutputs() {
  for (let round = -1; round < rounds; round++) {
    for (const output of Object.keys(outputs))
      await measurePair('100 secrets', output, round < 0 ? undefined : { prefix: 'of ', measure: output })
  }
}

/** Copying and redacting right behind each other; gives what the latter took. */
async function measurePair(name, output, noted) {
  const copying = await cpuMs(name, { what: 'copy', output })
  const redacting = await cpuMs(name, { what: 'redact', output })
  if (noted !== undefined) {
    const { prefix, measure } = noted
    samples.add(`${prefix}copying`, measure, copying)
    samples.add(`${prefix}redactor`, measure, redacting)
    samples.add(`${prefix}ratio`, measure, redacting / copying)
  }
  return redacting
}

async function measureHostile() {
  for (let round = 0; round < 3; round++) {
    for (const [name, piece] of Object.entries(hostile)) {
      for (const length of [250_000, 1_000_000]) {
        samples.add(`${length}`, name, await cpuMs('100 secrets', { what: 'redact', hostile: piece, length }))
      }
    }
  }
}

async function measureKernels() {
  const secrets = JSON.stringify(new URL('../../dist/src/secrets.js', import.meta.url).href)
  const kernels = {
    on: await startKernel({ cwd: process.cwd() }),
    off: await startKernel({ cwd: process.cwd(), env: { ...process.env, XDRLAB_REDACT: 'known' } }),
  }
  try {
    await kernels.on.execute(`const { rememberSecret } = await import(${secrets})
      for (let i = 0; i < 100; i++) rememberSecret(Array.from({ length: 43 }, () => Math.random().toString(36)[2]).join(''))`)
    const print = `var line = ${JSON.stringify(outputs['JSON lines'](200))}.repeat(40); var before = process.cpuUsage()
      for (let i = 0; i < ${quick ? 300 : 1200}; i++) { console.log(line); if (i % 50 === 49) await new Promise((resolve) => setImmediate(resolve)) }
      var used = process.cpuUsage(before)
      ;(used.user + used.system) / 1000`
    for (let round = -1; round < rounds; round++) {
      const took = {}
      for (const [name, kernel] of Object.entries(kernels)) {
        const onOutput = ({ type, content }) => {
          if (type === 'execute_result') took[name] = Number(content.data['text/plain'])
        }
        await kernel.execute(print, { onOutput })
      }
      if (round >= 0) samples.add('ratio', 'kernel', took.on / took.off)
    }
  } finally {
    await Promise.all(Object.values(kernels).map((kernel) => kernel.shutdown()))
  }
}

function report() {
  const table = pairTable('secrets', Object.keys(processes), '')
  const outputTable = pairTable('100 secrets, in', Object.keys(outputs), 'of ')
  const hostileRows = Object.keys(hostile).map((name) => {
    const growth = samples.of('1000000', name).median / samples.of('250000', name).median
    const ms = samples.of('1000000', name).median
    return [name, ms.toFixed(0), growth.toFixed(1), growth < 8 ? 'linear' : 'worse']
  })
  const hostileTable = markdownTable([['1 MB of', 'ms', '÷ that of 250 kB (4: linear)', ''], ...hostileRows])
  const judged = [
    ['redactor, 100 secrets, against copying', '100 secrets', 3.5],
    ['100 secrets against one token', '100 against one', 1.3],
    ['kernel’s CPU with it against without', 'kernel', 1 / 0.85],
  ]
  const targets = markdownTable([
    ['', 'target', 'here', ''],
    ...judged.map(([what, measure, limit]) => {
      const value = samples.of('ratio', measure)?.median
      return [what, `≤ ${limit.toFixed(2)}`, value?.toFixed(2) ?? '–', verdictOf(value, limit)]
    }),
  ])
  process.stdout.write(`${table}\n\n${outputTable}\n\n${hostileTable}\n\n${targets}\n`)
  if (!quick)
    writeFileSync(new URL('redact.md', import.meta.url), page(table, outputTable, hostileTable, targets))
}

function pairTable(head, names, prefix) {
  const median = (what, name) => samples.of(`${prefix}${what}`, name).median
  const rows = names.map((name) => [
    name,
    median('copying', name).toFixed(0),
    median('redactor', name).toFixed(0),
    (totalBytes / 1e3 / median('redactor', name)).toFixed(0),
    median('ratio', name).toFixed(2),
  ])
  return markdownTable([
    [head, 'copying, ms', 'redactor, ms', 'redactor, MB/s', 'redactor ÷ copying'],
    ...rows,
  ])
}

function page(table, outputTable, hostileTable, targets) {
  return `# The redactor beside copying

\`npm run bench:redact\` writes this file. ${new Date().toISOString().slice(0, 10)}

${machineLine()}
- Node ${process.versions.node}; CPU time, median of ${rounds} rounds; ${totalBytes / 1e6} MB of JSON lines in chunks of 64 KB

${table}

${outputTable}

${hostileTable}

## Targets

${targets}

## How it is measured

Copying is what an output costs in any case: each chunk becomes a buffer of its own (\`Buffer.from(chunk)\`), as what is
sent must. The redactor looks for all written forms of the secrets (tokens of 800 characters, opaque ones of 43, hex of 48,
passwords of 8, in turn) and for shapes of others, and finds nothing. Each row is a process of its own, which copies and
redacts right behind each other while the others wait; the rows take turns, and a ratio is the median of those of the
rounds. A password costs more than a token: it is too short for most places to be passed over.

The last row is the CPU time of the kernel's process alone, from before the cell prints until it has handed on all of it:
the same amount in lines, to a client in another process, with 100 secrets and shapes, or with neither
(\`XDRLAB_REDACT=known\` and nothing remembered).

Other work on the machine moves all of this: copying by half and more, since it is the memory that it waits for; the
ratios by a quarter. \`node test/bench/redact.mjs --quick\` writes nothing.
`
}
