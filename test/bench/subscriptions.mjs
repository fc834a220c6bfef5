// Subscriptions beside a raw socket: how many messages a second, and what a slow reader costs in memory.
// `node test/bench/subscriptions.mjs` after a build; bench:client calls measureSubscriptions().
import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Samples } from './samples.mjs'

const peersFile = fileURLToPath(new URL('subscription-peers.mjs', import.meta.url))
const framings = ['legacy-apollo', 'graphql-transport-ws']
const fastMessages = 200_000
/** Never read to its end by the slow ones: 680 MB. */
const slowMessages = 1_000_000

/**
 * Measures every peer against a server in a process of its own, in turns.
 *
 * @param {{ rounds?: number }} options
 * @returns {Promise<{ rate: Record<string, number>, rateOfRaw: Record<string, number>, cpuOfRaw: Record<string, number>,
 *   slowMemory: Record<string, { idleMB: number, mostMB: number, ofIdle: number }> }>} rates in messages a second
 */
export async function measureSubscriptions({ rounds = 5 } = {}) {
  const home = mkdtempSync(join(tmpdir(), 'xdrlab-bench-'))
  // A server of its own for each: what one reader left behind it is not the next one's cost.
  const read = async (peer, how, count) => {
    const { child, origin } = await startServer(
      peer === 'legacy-apollo' || peer === 'raw' ? framings[0] : framings[1],
    )
    try {
      return await runReader(home, [peer, origin, how, String(count)])
    } finally {
      child.kill()
    }
  }
  try {
    const samples = new Samples()
    const fast = ['raw', 'graphql-ws iterate', ...framings]
    for (let round = 0; round < rounds; round++) {
      for (const peer of fast) {
        const { taken, ms, cpuMs } = await read(peer, 'fast', fastMessages)
        if (peer !== 'raw' && taken !== fastMessages) throw new Error(`${peer} gave ${taken} messages`)
        samples.add(peer, 'rate', (fastMessages / ms) * 1000)
        samples.add(peer, 'cpu', cpuMs)
      }
    }
    const slowMemory = {}
    for (const peer of fast.slice(1)) {
      const { idle, most } = await read(peer, 'slow', slowMessages)
      slowMemory[peer] = { idleMB: megabytes(idle), mostMB: megabytes(most), ofIdle: most / idle }
    }
    const median = (peer, measure) => samples.of(peer, measure).median
    const each = (value) => Object.fromEntries(fast.map((peer) => [peer, value(peer)]))
    return {
      rate: each((peer) => Math.round(median(peer, 'rate'))),
      rateOfRaw: each((peer) => median(peer, 'rate') / median('raw', 'rate')),
      cpuOfRaw: each((peer) => median(peer, 'cpu') / median('raw', 'cpu')),
      slowMemory,
    }
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

async function startServer(framing) {
  const child = fork(peersFile, ['server', framing])
  return { child, origin: await messageOf(child) }
}

async function runReader(home, args) {
  return messageOf(fork(peersFile, ['reader', ...args], { env: { ...process.env, XDRLAB_HOME: home } }))
}

function messageOf(child) {
  return new Promise((resolve, reject) => {
    child.once('message', resolve)
    child.once('exit', (code) => reject(new Error(`it ended with ${code} and said nothing`)))
  })
}

function megabytes(bytes) {
  return Math.round(bytes / 1024 / 1024)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(`${JSON.stringify(await measureSubscriptions(), null, 2)}\n`)
}
