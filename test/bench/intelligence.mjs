// npm run bench:intelligence: types at the cursor beside tslab's, in one run; the table goes to intelligence.md here.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { LanguageWorker } from '../../dist/kernel/language/client.js'
import { cellFile, Notebook } from '../../dist/kernel/language/notebook.js'
import { configFile, projectFiles } from '../../dist/kernel/language/project.js'
import { TypeScriptServer } from '../../dist/kernel/language/typescript.js'
import { largeSchema } from '../support/large-schema.mjs'
import { typescript } from './cells.mjs'
import { renderReport } from './intelligence-report.mjs'
import { startKernel } from './jupyter-client.mjs'
import { preparePeers } from './peers.mjs'
import { Samples } from './samples.mjs'

const quick = process.argv.includes('--quick')
const sessions = [1, 50, 200]
const rounds = quick ? 10 : 40
const latencyRounds = quick ? 40 : 200
const schemaTypes = 1_800

const typedSession =
  "import { connect, gql, taegis } from 'xdrlab'\nlet xdr!: Awaited<ReturnType<typeof connect<typeof taegis>>>"
const typedQuery = (n) =>
  `const found${n} = await xdr.query(gql\`{ alertsServiceSearch { reason alerts { list { id } } } }\`)\nfound${n}.alertsServiceSearch!.`

const kept = process.env.XDRLAB_BENCH_PEERS
const folder = kept ?? mkdtempSync(join(tmpdir(), 'xdrlab-bench-peers-'))
try {
  process.stderr.write('preparing the peers\n')
  const { peers, leftOut } = await preparePeers(folder)
  const ours = peers.find(({ name }) => name === 'xdrlab')
  const tslab = peers.find(({ name }) => name === 'tslab')
  if (ours === undefined) throw new Error('xdrlab could not be started')
  const samples = new Samples()
  const began = performance.now()
  for (const cells of sessions) {
    for (const peer of [ours, tslab]) {
      if (peer === undefined) continue
      process.stderr.write(`${peer.name}, ${cells} cells\n`)
      try {
        await measureSession(peer, cells, samples)
      } catch (error) {
        leftOut.push(`${peer.name} at ${cells} cells: ${String(error).slice(0, 200)}`)
      }
    }
  }
  process.stderr.write('typed queries\n')
  await measureTypedQueries(ours, samples)
  await measureLargeSchema(samples)
  process.stderr.write('cells beside a busy worker\n')
  await measureLatency(ours, samples)
  const tookS = (performance.now() - began) / 1000
  const report = renderReport({ samples, sessions, schemaTypes, hasTslab: tslab !== undefined, tookS })
  process.stdout.write(
    `\n${report.table}\n\n${report.targets}\n\n${leftOut.map((line) => `left out: ${line}\n`).join('')}`,
  )
  if (!quick) writeFileSync(new URL('intelligence.md', import.meta.url), report.markdown)
} finally {
  if (kept === undefined) rmSync(folder, { recursive: true, force: true })
}

/** As a person looks at what a cell has shown; without it, the figures were those of a machine that never rests. */
function lookAtIt() {
  return sleep(200)
}

/** Cells as sessions have them: most are short, and each fourth has thirty lines. */
function cellOf(n) {
  return n % 4 === 1 ? typescript.async30(n) : typescript.declare(n)
}

/** One kernel: its first completion, then a session of `count` cells and what is asked at its end. */
async function measureSession({ name, launch }, count, samples) {
  const add = (measure, value) => samples.add(name, `${measure}, ${count}`, value)
  const kernel = await startKernel(launch)
  let alone
  try {
    const first = await kernel.ask('complete_request', completion('"abc".'))
    add('first completion, reply', first.ms)
    const known = performance.now()
    while (name === 'xdrlab' && !hasTypes(await kernel.ask('complete_request', completion('"abc".'))));
    add('first completion, with types', first.ms + (performance.now() - known))
    for (let n = 1; n <= count; n++) await kernel.execute(cellOf(n))
    const rows = `alerts${count - ((count - 1) % 4)}`
    await settle(kernel, name, rows)
    if (name === 'xdrlab') alone = await startTypeScriptAlone(count)
    for (let round = 0; round < rounds; round++) {
      const cell = `const titles${round} = ${rows}.map((alert) => alert.title)\ntitles${round}.`
      const cpu = kernel.cpuMs()
      const completed = await kernel.ask('complete_request', completion(cell))
      add('completion', completed.ms)
      add('completion, processor', kernel.cpuMs() - cpu)
      add('completions without types in time', name === 'tslab' || hasTypes(completed) ? 0 : 1)
      const again = await kernel.ask('complete_request', completion(`${cell}`))
      add('completion of the same cell', again.ms)
      const inspected = await kernel.ask('inspect_request', { ...completion(cell, rows), detail_level: 0 })
      add('hover', inspected.ms)
      if (inspected.content.found !== true) throw new Error('a hover that finds nothing')
      const wrong = `const size${round}: number = ${rows}.map((alert) => alert.title)`
      const cpuBefore = kernel.cpuMs()
      const checked = await kernel.execute(wrong, { displays: name === 'xdrlab' ? 1 : 0 })
      if (checked.status === 'timeout') throw new Error('no diagnostics')
      add('diagnostics of a cell', checked.ms)
      add('diagnostics, processor', kernel.cpuMs() - cpuBefore)
      await lookAtIt()
      if (alone !== undefined) {
        add('completion, TypeScript alone', await alone.complete(cell))
        await lookAtIt()
      }
    }
    const [own, ...others] = kernel.processes()
    add('memory, kernel', own?.mb ?? 0)
    for (const [n, { mb }] of others.entries()) add(n === 0 ? 'memory, worker' : 'memory, TypeScript', mb)
    add(
      'memory, together',
      [own, ...others].reduce((sum, each) => sum + (each?.mb ?? 0), 0),
    )
  } finally {
    alone?.close()
    await kernel.stop()
  }
}

/**
 * The least that any kernel on TypeScript takes: its own language server with the same cells and types, started by us
 * and asked for the bare names of the same changed cell, without Jupyter and without a word on what the names are.
 */
async function startTypeScriptAlone(count) {
  const place = mkdtempSync(join(tmpdir(), 'xdrlab-bench-types-'))
  const server = await TypeScriptServer.start({ folder: place, configFile, onEnd: () => undefined })
  const none = { insertions: [], declarations: '' }
  const notebook = new Notebook()
  for (const file of projectFiles(place)) server.put(file)
  for (let n = 1; n <= count; n++) for (const file of notebook.add(cellOf(n), none)) server.put(file)
  const complete = async (cell) => {
    const { document } = notebook.open(cell, none)
    const began = performance.now()
    server.put({ name: cellFile, text: document.text })
    const textDocument = { uri: server.uriOf(cellFile) }
    const position = document.positionOf(cell.length)
    const { items } = await server.request('textDocument/completion', { textDocument, position })
    if (!items.some(({ label }) => label === 'map')) throw new Error('TypeScript alone knows no methods')
    return performance.now() - began
  }
  await complete('[1].')
  return {
    complete,
    close() {
      server.close()
      rmSync(place, { recursive: true, force: true })
    },
  }
}

/** All cells so far are known. */
async function settle(kernel, name, rows) {
  for (let tries = 0; tries < 200; tries++) {
    const reply = await kernel.ask('complete_request', completion(`${rows}.`))
    if (reply.content.matches?.includes('map') && (name !== 'xdrlab' || hasTypes(reply))) return
  }
  throw new Error('the types never came')
}

async function measureTypedQueries({ name, launch }, samples) {
  const kernel = await startKernel(launch)
  try {
    await kernel.execute(typedSession)
    await settle(kernel, name, '[1]')
    for (let round = 0; round < rounds; round++) {
      const cell = typedQuery(round)
      const completed = await kernel.ask('complete_request', completion(cell))
      samples.add(name, 'typed query, completion', completed.ms)
      const within = await kernel.ask('complete_request', completion(cell, '{ reason al'))
      samples.add(name, 'completion in a gql literal', within.ms)
      const checked = await kernel.execute(`${cell}wrong${round}`, { displays: 1 })
      samples.add(name, 'typed query, diagnostics', checked.ms)
    }
  } finally {
    await kernel.stop()
  }
}

/** The worker alone: a kernel is given such a schema by the platform. */
async function measureLargeSchema(samples) {
  const place = mkdtempSync(join(tmpdir(), 'xdrlab-bench-schema-'))
  mkdirSync(join(place, 'notebook'))
  const file = join(place, 'large.graphql')
  writeFileSync(file, largeSchema(schemaTypes))
  const worker = new LanguageWorker(join(place, 'notebook'))
  // A worker alone keeps no program running.
  const awake = setInterval(() => undefined, 1_000)
  try {
    worker.start()
    worker.useSchema(file)
    await worker.run(typedSession, false)
    for (let round = 0; round < rounds; round++) {
      const cell = `const found${round} = await xdr.query(gql\`{ thing0(id: 1) { ${'id '.repeat((round % 3) + 1)} } }\`)\nfound${round}.`
      const began = performance.now()
      const found = await worker.complete(cell, cell.length, 60_000)
      if (found === undefined) throw new Error('no types with the large schema')
      samples.add('xdrlab', 'typed query, completion, large schema', performance.now() - began)
      const literal = performance.now()
      await worker.complete(cell, cell.indexOf('{ thing0') + '{ thi'.length, 60_000)
      samples.add('xdrlab', 'completion in a gql literal, large schema', performance.now() - literal)
    }
  } finally {
    worker.close()
    clearInterval(awake)
    rmSync(place, { recursive: true, force: true })
  }
}

/** Two kernels, one cell of each in turn: with the worker busy with the cells before, and without any. */
async function measureLatency({ launch }, samples) {
  const off = { ...launch, env: { ...launch.env, XDRLAB_TYPES: 'off' } }
  const kernels = await Promise.all([startKernel(launch), startKernel(off)])
  try {
    for (let round = 0; round < latencyRounds; round++) {
      const pair = kernels.map((kernel, n) => ({ kernel, name: n === 0 ? 'busy' : 'off' }))
      for (const { kernel, name } of round % 2 === 0 ? pair : pair.toReversed()) {
        const { ms } = await kernel.execute(cellOf(round))
        if (round >= 10) samples.add(name, round % 4 === 1 ? '30-line cell' : 'short cell', ms)
      }
    }
  } finally {
    await Promise.all(kernels.map((kernel) => kernel.stop()))
  }
}

/** At the end of the cell, or behind the last `part` of it. */
function completion(code, part) {
  const cursor = part === undefined ? code.length : code.lastIndexOf(part) + part.length
  return { code, cursor_pos: cursor }
}

function hasTypes({ content }) {
  return content.metadata?.xdrlab?.types === 'known'
}
