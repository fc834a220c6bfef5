import { tmpdir } from 'node:os'

/** What is tried in a process of its own. */
export type ProbeName = 'zeromq' | 'duckdb' | 'kernel'

/** One line of JSON on stdout. */
export type ProbeReply = { what: string } | { problem: string }

/**
 * Tries a part in a process of its own: native code that was built for another machine may end its process,
 * and one that hangs can be ended only with it.
 */
const probes: Record<ProbeName, (signal: AbortSignal) => Promise<string>> = {
  async zeromq() {
    const { createRequire } = await import('node:module')
    const { version } = createRequire(import.meta.url)('zeromq/package.json')
    const { Dealer, Router } = await import('../../../kernel/zeromq.js')
    const router = new Router({ linger: 0, receiveTimeout: 3_000 })
    // As front ends and kernels mostly talk to each other.
    await router.bind('tcp://127.0.0.1:*')
    const dealer = new Dealer({ linger: 0, sendTimeout: 3_000 })
    dealer.connect(router.lastEndpoint ?? '')
    await dealer.send('question')
    await router.receive()
    for (const socket of [router, dealer]) socket.close()
    return `zeromq ${version} sends and receives on this machine`
  },
  async duckdb() {
    const { DuckDBInstance } = await import('@duckdb/node-api')
    const connection = await (await DuckDBInstance.create(':memory:')).connect()
    const [[version] = []] = (await connection.runAndReadAll('select version()')).getRows()
    return `DuckDB ${String(version).replace(/^v/, '')} answers`
  },
  async kernel(signal) {
    const { startKernel } = await import('../../../kernel/client.js')
    const startedMs = performance.now()
    await using kernel = await startKernel({ cwd: tmpdir(), signal })
    let shown: unknown
    await kernel.execute('const answer: number = 6 * 7; answer', {
      signal,
      onOutput: (output) => {
        if (output.type === 'execute_result') shown = output.content.data['text/plain']
      },
    })
    if (shown !== '42') throw new Error('a cell does not give its value')
    return `starts and runs a cell (${((performance.now() - startedMs) / 1000).toFixed(1)} s)`
  },
}

const interrupted = new AbortController()
process.on('SIGTERM', () => interrupted.abort())
// Whoever has asked is gone: nothing is to go on for nobody.
process.on('disconnect', () => process.exit(1))

const name = process.argv[2] as ProbeName
const reply: ProbeReply = await probes[name](interrupted.signal).then(
  (what) => ({ what }),
  (error: unknown) => ({ problem: error instanceof Error ? error.message : String(error) }),
)
process.send?.(reply, () => process.exit(0))
