// npm run bench:kernel: xdrlab beside other kernels, one client, one run; the table goes to README.md here.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startKernel } from './jupyter-client.mjs'
import { preparePeers } from './peers.mjs'
import { renderReport } from './report.mjs'
import { Samples } from './samples.mjs'

const quick = process.argv.includes('--quick')
const wholeRounds = quick ? 1 : 5
const startRounds = quick ? 1 : 7
const trivialCells = quick ? 10 : 40
const asyncCells = quick ? 2 : 6
/** Only the first rounds run the 200 declaring cells: with the slowest peer they take most of the time. */
const declaringRounds = quick ? 1 : 2
const declaringCells = 200
const printedLines = 10_000
const deadline = performance.now() + (quick ? 90_000 : 330_000)

// Kept between runs where this is set: the peers are not fetched anew.
const kept = process.env.XDRLAB_BENCH_PEERS
const folder = kept ?? mkdtempSync(join(tmpdir(), 'xdrlab-bench-peers-'))
try {
  process.stderr.write('preparing the peers\n')
  const { peers, leftOut, libraries } = await preparePeers(folder)
  const samples = new Samples()
  const began = performance.now()
  for (let round = 0; round < wholeRounds + startRounds; round++) {
    if (performance.now() > deadline) break
    process.stderr.write(`round ${round + 1} of ${wholeRounds + startRounds}\n`)
    // One cell of each kernel in turn, so that the machine's other work hits all of them alike.
    let running = rotated(peers, round).map((peer) => ({ peer, steps: measure(peer, round, samples) }))
    while (running.length > 0) {
      const ended = []
      for (const each of running) {
        try {
          if ((await each.steps.next()).done === true) ended.push(each)
        } catch (error) {
          ended.push(each)
          leftOut.push(`${each.peer.name}, in round ${round + 1}: ${String(error).slice(0, 300)}`)
        }
      }
      running = running.filter((each) => !ended.includes(each))
    }
  }
  const tookS = (performance.now() - began) / 1000
  const report = renderReport({ peers, samples, leftOut, libraries, tookS })
  process.stdout.write(
    `\n${report.table}\n\n${report.targets}\n\n${leftOut.map((line) => `left out: ${line}\n`).join('')}`,
  )
  if (!quick) writeFileSync(new URL('README.md', import.meta.url), report.markdown)
} finally {
  if (kept === undefined) rmSync(folder, { recursive: true, force: true })
}

/** One kernel's life, paused after each step; rounds after the whole ones only start it and run one cell. */
async function* measure({ name, launch, cells }, round, samples) {
  const add = (measure, value) => samples.add(name, measure, value)
  const kernel = await startKernel(launch)
  try {
    add('start', kernel.startMs)
    const run = async (code) => {
      const ran = await kernel.execute(code)
      if (ran.status !== 'ok') throw new Error(`${ran.status} ${ran.error} in: ${code.slice(0, 60)}`)
      return ran.ms
    }
    add('first cell', await run(cells.trivial(0)))
    add('start and first cell', kernel.sinceSpawnMs())
    if (round >= wholeRounds) return
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    addMemory('idle', kernel, add)
    yield
    for (let n = 0; n < trivialCells; n++) {
      add('trivial cell', await run(cells.trivial(n)))
      yield
    }
    for (let n = 0; n < asyncCells; n++) {
      add(n === 0 ? '30-line cell, first' : '30-line cell, next', await run(cells.async30(n)))
      yield
    }
    for (const [library, code] of Object.entries(cells.imports)) {
      add(`import ${library}, first`, await run(code(1)))
      yield
      add(`import ${library}, second`, await run(code(2)))
      yield
    }
    if (round < declaringRounds) {
      // A cell whose end is never heard is counted, and the session goes on; more than three end it.
      let lost = 0
      for (let n = 1; n <= declaringCells; n++) {
        const { ms, status, error } = await kernel.execute(cells.declare(n), { withinMs: 10_000 })
        if (status === 'timeout') lost++
        if (status === 'timeout' && lost <= 3) continue
        if (status !== 'ok') throw new Error(`${status} ${error} at declaring cell ${n}`)
        if (n === 1) add('declaring cell 1', ms)
        // One cell alone says little: those around it are taken as well.
        if (n > 45 && n <= 55) add('declaring cell 50', ms)
        if (n > declaringCells - 10) add('declaring cell 200', ms)
        yield
      }
      addMemory('after 200 cells', kernel, add)
      add('of 200 cells, without an end', lost)
    }
    // Last, since some lose lines and the end of the cell with them; what came once too few is not waited for again.
    const before = samples.of(name, 'printed lines that arrive')
    if (before !== undefined && before.median < printedLines) return
    const printed = await kernel.execute(cells.print(printedLines), { withinMs: 10_000, lines: printedLines })
    if (printed.status === 'error') throw new Error(`${printed.error} in the printing cell`)
    add('printed lines that arrive', printed.lines)
    add('printed lines before idle', printed.linesAtIdle)
    if (printed.lines === printedLines) add('10,000 printed lines', printed.ms)
  } finally {
    await kernel.stop()
  }
}

function addMemory(when, kernel, add) {
  const { own, tree } = kernel.memory()
  add(`memory ${when}, process`, own)
  add(`memory ${when}, tree`, tree)
}

function rotated(list, by) {
  const at = by % list.length
  return [...list.slice(at), ...list.slice(0, at)]
}
