import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { packageRoot } from '../../src/package.js'
import { removeFolder } from './temp-home.js'

/** A TypeScript project of a test's own, in which `xdrlab` is installed. */
export interface TypeScriptProject extends Disposable {
  readonly folder: string
  write(name: string, content: string): string
  /** Runs the native compiler; gives what it says, without its colours. */
  check(): Promise<string>
}

const compilerOptions = {
  strict: true,
  noEmit: true,
  target: 'es2023',
  module: 'nodenext',
  moduleDetection: 'force',
  types: ['node'],
  skipLibCheck: true,
  noErrorTruncation: true,
}

export function typeScriptProject(options: Record<string, unknown> = {}): TypeScriptProject {
  const folder = mkdtempSync(join(tmpdir(), 'xdrlab-types-'))
  const write = (name: string, content: string) => {
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
    return path
  }
  write('package.json', '{ "type": "module" }')
  write('tsconfig.json', JSON.stringify({ compilerOptions: { ...compilerOptions, ...options } }))
  mkdirSync(join(folder, 'node_modules', '@types'), { recursive: true })
  symlinkSync(packageRoot, join(folder, 'node_modules', 'xdrlab'), 'dir')
  symlinkSync(
    join(packageRoot, 'node_modules', '@types', 'node'),
    join(folder, 'node_modules', '@types', 'node'),
  )
  return {
    folder,
    write,
    check: () => runCompiler(folder),
    [Symbol.dispose]: () => removeFolder(folder),
  }
}

async function runCompiler(folder: string): Promise<string> {
  const compiler = join(packageRoot, 'node_modules', 'typescript', 'bin', 'tsc')
  const child = spawn(process.execPath, [compiler, '-p', folder, '--pretty', 'false'], { cwd: folder })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => (said += text))
  await new Promise((resolve, reject) => child.once('close', resolve).once('error', reject))
  return said
}

/** Two types are one: not only assignable to each other. */
export const equalType = `type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : { differs: A }\n`

/** Any value as TypeScript, integers beyond 2^53 included. */
export function literalOf(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`
  if (Array.isArray(value)) return `[${value.map(literalOf).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined'
  return `{ ${Object.entries(value)
    .map(([key, inner]) => `${JSON.stringify(key)}: ${literalOf(inner)}`)
    .join(', ')} }`
}
