import { fork } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LanguageWorker } from '../../../kernel/language/client.js'
import { packageRoot } from '../../package.js'
import { plain } from '../../text.js'
import { whenAborted } from '../../when-aborted.js'
import { type Check, findingsOf } from './finding.js'
import type { ProbeName, ProbeReply } from './probe-process.js'

const reinstall = 'install xdrlab again on this machine, with this Node.js (npm ci in a checkout)'

/** The parts with native code, each tried as it is used. */
export const partChecks: readonly Check[] = [
  probeCheck('kernel', 'Kernel', `${reinstall}; "xdrlab run" of a notebook shows more`),
  probeCheck('zeromq', 'ZeroMQ', `${reinstall}; no notebook runs without it`),
  probeCheck('duckdb', 'DuckDB', `${reinstall}; queries go without it, sql and caches do not`),
  { id: 'types', title: 'Types', run: ({ env, signal }) => checkTypes(env, signal) },
]

function probeCheck(id: ProbeName, title: string, todo: string): Check {
  const { ok, broken } = findingsOf(id, title)
  return {
    id,
    title,
    run: async ({ signal }) => {
      const reply = await probe(id, signal)
      return ['what' in reply ? ok(plain(reply.what)) : broken(plain(reply.problem), todo)]
    },
  }
}

/** Runs a probe; ended with the signal, softly at first, since it may have started a kernel. */
function probe(name: ProbeName, signal: AbortSignal): Promise<ProbeReply> {
  const program = join(packageRoot, 'dist', 'src', 'cli', 'doctor', 'probe-process.js')
  const child = fork(program, [name], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    // Options meant for our own process (an inspector, a loader) are not for this one.
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  return new Promise((resolve, reject) => {
    const leave = whenAborted(signal, () => {
      child.kill('SIGTERM')
      setTimeout(() => child.kill('SIGKILL'), 1_000).unref()
      reject(signal.reason)
    })
    child.once('message', (reply: ProbeReply) => resolve(reply))
    child.once('error', (error) => resolve({ problem: error.message }))
    child.once('exit', (code, endedBy) => {
      leave()
      resolve({ problem: `its process ended with ${endedBy ?? `exit code ${code}`}` })
    })
  })
}

const types = findingsOf('types', 'Types')

/** The language worker, asked as a Tab in a cell asks it. */
async function checkTypes(env: NodeJS.ProcessEnv, signal: AbortSignal) {
  const worker = new LanguageWorker(tmpdir())
  const leave = whenAborted(signal, () => worker.close())
  const startedMs = performance.now()
  try {
    const code = '"text".toUpperC'
    const found = await worker.complete(code, code.length, longestMs)
    signal.throwIfAborted()
    const why = worker.takeNote()
    if (found === undefined) {
      return [
        types.broken(plain(why ?? 'TypeScript does not answer'), `${reinstall}; cells run without types`),
      ]
    }
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1)
    const isRight = found.proposals.some(({ text }) => text === 'toUpperCase')
    if (!isRight) return [types.broken('TypeScript knows nothing of a text', reinstall)]
    return env.XDRLAB_TYPES === 'off'
      ? [types.ok('TypeScript answers; notebooks do not ask it (XDRLAB_TYPES=off)')]
      : [types.ok(`TypeScript answers at the cursor (${seconds} s)`)]
  } finally {
    leave()
    worker.close()
  }
}

/** The check's own limit comes before. */
const longestMs = 600_000
