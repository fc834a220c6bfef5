import childProcess, { ChildProcess } from 'node:child_process'
import { syncBuiltinESMExports } from 'node:module'
import { isRecord } from '../src/record.js'

type Target = 'stdout' | 'stderr'

/**
 * What child processes write to an inherited stdout or stderr is shown under the cell that started them. Untouched,
 * it would go to the descriptors of this process: to the Jupyter server's log, which nobody in a notebook sees.
 */
export function captureChildOutput(): void {
  const spawn: unknown = Reflect.get(ChildProcess.prototype, 'spawn')
  // Not documented, and what spawn, exec, execFile and fork all come down to.
  if (typeof spawn === 'function') {
    const spawnForwarded = function (this: ChildProcess, options: unknown): unknown {
      const { stdio, targets } = piped(isRecord(options) ? options.stdio : undefined)
      if (targets.size === 0) return spawn.call(this, options)
      const result: unknown = spawn.call(this, { ...Object(options), stdio })
      for (const [position, target] of targets) forward(this, position, target)
      return result
    }
    Reflect.set(ChildProcess.prototype, 'spawn', spawnForwarded)
  }
  const { spawnSync, execSync, execFileSync } = childProcess
  Object.assign(childProcess, {
    spawnSync: (...args: unknown[]) => runSync(spawnSync, args),
    execSync: (...args: unknown[]) => execute(execSync, args),
    execFileSync: (...args: unknown[]) => execute(execFileSync, args),
  })
  // Or `import { spawnSync }` would still give the old ones.
  syncBuiltinESMExports()
}

/** The same stdio with pipes where our own stdout or stderr would be inherited, and where each pipe belongs. */
function piped(stdio: unknown): { stdio: unknown; targets: Map<number, Target> } {
  const targets = new Map<number, Target>()
  const list = stdio === 'inherit' ? ['inherit', 'inherit', 'inherit'] : stdio
  if (!Array.isArray(list)) return { stdio, targets }
  const replaced = list.map((entry: unknown, position) => {
    const target = inheritedTarget(entry, position)
    if (target === undefined) return entry
    targets.set(position, target)
    return 'pipe'
  })
  return { stdio: replaced, targets }
}

function inheritedTarget(entry: unknown, position: number): Target | undefined {
  const from = entry === 'inherit' ? position : entry
  if (from === 1 || from === process.stdout) return 'stdout'
  if (from === 2 || from === process.stderr) return 'stderr'
  return undefined
}

/** The child's pipe is emptied here; to the cell it looks inherited: `child.stdout` is null. */
function forward(child: ChildProcess, position: number, target: Target): void {
  const stream = child.stdio[position]
  if (!stream || !('read' in stream)) return
  // Of its own: a character cut in two by the pipe must not meet what others print.
  stream.setEncoding('utf8')
  stream.on('data', (chunk: string) => {
    if (process[target].write(chunk)) return
    stream.pause()
    process[target].once('drain', () => stream.resume())
  })
  Reflect.set(child.stdio, position, null)
  if (position === 1) child.stdout = null
  if (position === 2) child.stderr = null
}

type AnyFunction = (...args: never[]) => unknown

function runSync(spawnSync: AnyFunction, args: unknown[]): unknown {
  const { rest, options } = splitOptions(args)
  const { stdio, targets } = piped(options.stdio)
  if (targets.size === 0) return Reflect.apply(spawnSync, undefined, args)
  const result: unknown = Reflect.apply(spawnSync, undefined, [...rest, { ...options, stdio, ...unlimited }])
  if (!isRecord(result)) return result
  const output = Array.isArray(result.output) ? result.output : []
  for (const [position, target] of targets) {
    print(target, output[position])
    output[position] = null
    if (position === 1) result.stdout = null
    if (position === 2) result.stderr = null
  }
  return result
}

/** An inherited output has no limit, so its pipe must have none. */
const unlimited = { maxBuffer: Number.POSITIVE_INFINITY }

function execute(exec: AnyFunction, args: unknown[]): unknown {
  const { rest, options } = splitOptions(args)
  const { stdio, targets } = piped(options.stdio)
  if (targets.size === 0) return Reflect.apply(exec, undefined, args)
  const { stdio: _inherited, ...others } = options
  // Their stderr is given back only in errors; without stdio they print it through process.stderr, which is ours.
  const printsStderr = targets.has(2)
  const out = Array.isArray(stdio) ? stdio[1] : undefined
  const target = targets.get(1)
  try {
    const changed = printsStderr ? others : { ...others, stdio }
    const result: unknown = Reflect.apply(exec, undefined, [...rest, { ...changed, ...unlimited }])
    if (target === undefined) return out === 'pipe' || out === undefined ? result : null
    print(target, result)
    return null
  } catch (error) {
    if (target !== undefined && isRecord(error)) print(target, error.stdout)
    throw error
  }
}

function splitOptions(args: unknown[]): { rest: unknown[]; options: Record<string, unknown> } {
  const last = args.at(-1)
  return isRecord(last) ? { rest: args.slice(0, -1), options: last } : { rest: args, options: {} }
}

function print(target: Target, output: unknown): void {
  if (typeof output === 'string' || output instanceof Uint8Array) process[target].write(output)
}
