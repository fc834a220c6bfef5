// npm run bench:redact: what the redactor takes of a processor, beside copying the same output; see redact.md.
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { startKernel } from '../../dist/kernel/client.js'
import { SecretFinder } from '../../dist/src/redaction/finder.js'
import { liveSecrets, rememberSecret } from '../../dist/src/secrets.js'
import { machineLine, markdownTable, verdictOf } from './report.mjs'
import { Samples } from './samples.mjs'

const quick = process.argv.includes('--quick')
const totalBytes = quick ? 10e6 : 50e6
const rounds = quick ? 3 : 7
const chunkLength = 1 << 16
const samples = new Samples()

const output = chunksOf(lines(totalBytes))
const finders = {}
for (const count of [0, 1, 10, 100]) {
  while (liveSecrets().size < count) rememberSecret(secretOf(liveSecrets().size))
  finders[count] = new SecretFinder()
  finders[count].find('compiled now', { shapes: true })
  // A finder takes what is remembered later as well: each count is measured before the next one is made.
  for (let round = 0; round < rounds; round++) {
    samples.add(
      'copying',
      `${count}`,
      cpuMs(() => copy(output)),
    )
    samples.add(
      'redactor',
      `${count}`,
      cpuMs(() => redact(finders[count], output)),
    )
  }
}
const hostile = {
  'eyJ again and again': (n) => 'eyJ'.repeat(n / 3),
  '.eyJ again and again': (n) => '.eyJ'.repeat(n / 4),
  'headers of tokens': (n) => 'eyJhbGciOiJub25lIn0.'.repeat(n / 20),
  'beginnings of key blocks': (n) => '-----BEGIN PRIVATE KEY-----\n'.repeat(n / 28),
  'the secret but for its last letter': (n) =>
    `${[...liveSecrets().keys()][1]?.slice(0, -1)} `.repeat(n / 43),
  'numbers alone': (n) => '101, 121, 74, '.repeat(n / 14),
  'one letter': (n) => 'A'.repeat(n),
}
for (const [name, make] of Object.entries(hostile)) {
  for (let round = 0; round < 3; round++) {
    for (const length of [250_000, 1_000_000]) {
      samples.add(
        `${length}`,
        name,
        cpuMs(() => finders[100].find(make(length), { shapes: true })),
      )
    }
  }
}
await measureKernels()

const ratio = (a, b) => (a === undefined || b === undefined ? undefined : a.median / b.median)
const of = (what, count) => samples.of(what, `${count}`)
const rows = [0, 1, 10, 100].map((count) => [
  count,
  of('copying', count).median.toFixed(0),
  of('redactor', count).median.toFixed(0),
  ratio(of('redactor', count), of('copying', count)).toFixed(2),
])
const table = markdownTable([['secrets', 'copying, ms', 'redactor, ms', 'redactor ÷ copying'], ...rows])
const hostileRows = Object.keys(hostile).map((name) => {
  const growth = ratio(samples.of('1000000', name), samples.of('250000', name))
  return [
    name,
    samples.of('1000000', name).median.toFixed(0),
    growth.toFixed(1),
    growth < 8 ? 'linear' : 'worse',
  ]
})
const hostileTable = markdownTable([['1 MB of', 'ms', '÷ that of 250 kB (4: linear)', ''], ...hostileRows])
const judged = [
  ['redactor, 100 secrets, against copying', '≤ 3.50', ratio(of('redactor', 100), of('copying', 100)), 3.5],
  ['100 secrets against one', '≤ 1.30', ratio(of('redactor', 100), of('redactor', 1)), 1.3],
  [
    'kernel’s time with it against without',
    '≤ 1.18',
    ratio(samples.of('kernel', 'on'), samples.of('kernel', 'off')),
    1 / 0.85,
  ],
]
const targets = markdownTable([
  ['', 'target', 'here', ''],
  ...judged.map(([what, target, value, limit]) => [
    what,
    target,
    value?.toFixed(2) ?? '–',
    verdictOf(value, limit),
  ]),
])
process.stdout.write(`${table}\n\n${hostileTable}\n\n${targets}\n`)
if (!quick) {
  writeFileSync(
    new URL('redact.md', import.meta.url),
    `# The redactor beside copying

\`npm run bench:redact\` writes this file. ${new Date().toISOString().slice(0, 10)}

${machineLine()}
- Node ${process.versions.node}; CPU time of the process, median of ${rounds} rounds; ${totalBytes / 1e6} MB of JSON lines in chunks of 64 KB

${table}

${hostileTable}

${targets}

Copying is what an output costs in any case: each chunk becomes a buffer. The redactor looks for all written forms of
the secrets (tokens of 800 characters, opaque ones of 43, hex of 48, passwords of 8, in turn) and for shapes of others,
and finds nothing. The kernel prints the same amount in lines to a client in another process, with 100 secrets and
shapes, or with neither (\`XDRLAB_REDACT=known\` and nothing remembered): processor time of both processes counts as wall
time here, so this row is the noisiest. \`node test/bench/redact.mjs --quick\` writes nothing.
`,
  )
}

function copy(chunks) {
  let length = 0
  for (const chunk of chunks) length += Buffer.from(chunk).length
  return length
}

function redact(finder, chunks) {
  let found = 0
  for (const chunk of chunks) found += finder.find(chunk, { shapes: true }).length
  return found
}

function cpuMs(work) {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
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
    const print = `var line = ${JSON.stringify(lines(200))}.repeat(40); var before = process.cpuUsage()
      for (let i = 0; i < ${quick ? 300 : 1200}; i++) { console.log(line); if (i % 50 === 49) await new Promise((resolve) => setImmediate(resolve)) }
      var used = process.cpuUsage(before)
      ;(used.user + used.system) / 1000`
    for (let round = 0; round < rounds; round++) {
      for (const [name, kernel] of Object.entries(kernels)) {
        let ms = 0
        const onOutput = ({ type, content }) => {
          if (type === 'execute_result') ms = Number(content.data['text/plain'])
        }
        await kernel.execute(print, { onOutput })
        samples.add('kernel', name, ms)
      }
    }
  } finally {
    await Promise.all(Object.values(kernels).map((kernel) => kernel.shutdown()))
  }
}

function lines(length) {
  let text = ''
  for (let i = 0; text.length < length; i++) {
    text += `{"id":"alert://priv:event-filter:${i}:${i * 7919}","metadata":{"title":"Suspicious PowerShell download","severity":0.${i % 10},"created_at":{"seconds":${1_700_000_000 + i}}},"host":"ws-${i % 977}.corp.example","user":"jane.doe${i % 31}"}\n`
  }
  return text
}

function chunksOf(text) {
  const chunks = []
  for (let at = 0; at < text.length; at += chunkLength)
    chunks.push(Buffer.from(text.slice(at, at + chunkLength)).toString('latin1'))
  return chunks
}

function secretOf(number) {
  const kinds = [
    () =>
      `eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.${randomBytes(300).toString('base64url')}.${randomBytes(256).toString('base64url')}`,
    () => randomBytes(32).toString('base64url'),
    () => randomBytes(24).toString('hex'),
    () => randomBytes(6).toString('base64url'),
  ]
  return kinds[number % kinds.length]()
}
