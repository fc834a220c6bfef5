import { join } from 'node:path'
import { runToEnd } from '../../src/cli/outcome.js'
import { packageRoot } from '../../src/package.js'
import type { CliResult } from './cli.js'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Runs a command line in this process, as `main.ts` does in one of its own: with these variables and no others, in this
 * folder. All is as before when it has ended.
 */
export async function runHere(
  args: readonly string[],
  { cwd, env }: { cwd: string; env: Record<string, string> },
): Promise<CliResult> {
  const before = {
    argv: process.argv,
    cwd: process.cwd(),
    env: { ...process.env },
    exitCode: process.exitCode,
    listeners: signals.map((name) => process.listeners(name)),
  }
  const output = { stdout: '', stderr: '' }
  const restore = (['stdout', 'stderr'] as const).map((name) => taken(name, (text) => (output[name] += text)))
  const started = performance.now()
  try {
    process.argv = [process.execPath, join(packageRoot, 'dist', 'bin', 'xdrlab.cjs'), ...args]
    process.chdir(cwd)
    replaceEnv(env)
    process.exitCode = undefined
    await runToEnd(async () => (await import('../../src/cli/program.js')).runProgram())
    return { status: Number(process.exitCode ?? 0), ...output, ms: performance.now() - started }
  } finally {
    for (const give of restore) give()
    process.argv = before.argv
    process.chdir(before.cwd)
    replaceEnv(before.env)
    process.exitCode = before.exitCode
    for (const [index, name] of signals.entries()) {
      for (const listener of process.listeners(name))
        if (!before.listeners[index]?.includes(listener)) process.off(name, listener)
    }
  }
}

/** The same object: what has taken hold of it reads the new values. */
function replaceEnv(env: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(process.env)) delete process.env[name]
  Object.assign(process.env, env)
}

/** Takes what is written to a stream, until it is given back. */
function taken(name: 'stdout' | 'stderr', take: (text: string) => void): () => void {
  const stream = process[name]
  const { write } = stream
  stream.write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
    take(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'))
    const written = rest.find((each) => typeof each === 'function')
    if (written !== undefined) queueMicrotask(() => written())
    return true
  }
  return () => {
    stream.write = write
  }
}
