import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { version } from '../src/package.js'
import { isRecord } from '../src/record.js'

/** What a kernelspec of ours says about itself, beside what Jupyter reads. */
export interface SpecRecord {
  /** Of the package that wrote it; `undefined` for one from before versions were noted. */
  version: string | undefined
  /** The Node.js that it was installed with. */
  node: string
  /** The kernel's program. */
  main: string
  /** The topmost folder that the installation made, to be taken away with it. */
  made?: string
}

/** A kernelspec of ours, as it is found on disk. */
export interface InstalledKernel extends SpecRecord {
  dir: string
  displayName: string
  /** What Jupyter starts: our script, or Node.js itself. */
  start: string
  /** Whether it looks for another Node.js where its own is gone. */
  findsNode: boolean
}

export const defaultDisplayName = 'TypeScript (xdrlab)'

/** The content of `kernel.json`. */
export function kernelSpec(
  argv: readonly string[],
  displayName: string,
  record: Omit<SpecRecord, 'version'>,
): Record<string, unknown> {
  return {
    argv: [...argv, '{connection_file}'],
    display_name: displayName,
    language: 'typescript',
    interrupt_mode: 'message',
    metadata: { debugger: false, xdrlab: { version, ...record } },
  }
}

/**
 * The kernel of ours in a folder: `undefined` where there is none, `'other'` for another's, `'damaged'` for
 * half a file.
 */
export function readKernel(dir: string): InstalledKernel | 'other' | 'damaged' | undefined {
  let text: string
  try {
    text = readFileSync(join(dir, 'kernel.json'), 'utf8')
  } catch {
    return undefined
  }
  try {
    return parseKernel(dir, JSON.parse(text)) ?? 'other'
  } catch {
    return 'damaged'
  }
}

/** The kernels of ours in a folder of Jupyter's data. */
export function listKernels(dataFolder: string): InstalledKernel[] {
  const kernels = join(dataFolder, 'kernels')
  try {
    return readdirSync(kernels)
      .sort()
      .map((name) => readKernel(join(kernels, name)))
      .filter((kernel) => typeof kernel === 'object')
  } catch {
    return []
  }
}

function parseKernel(dir: string, spec: unknown): InstalledKernel | undefined {
  if (!isRecord(spec) || !Array.isArray(spec.argv)) return undefined
  const displayName = typeof spec.display_name === 'string' ? spec.display_name : ''
  const record = isRecord(spec.metadata) ? spec.metadata.xdrlab : undefined
  const [program, main] = spec.argv
  if (isRecord(record)) {
    const { version: writtenBy, node, main: ownMain, made } = record
    if (typeof node !== 'string' || typeof ownMain !== 'string') return undefined
    return {
      dir,
      displayName,
      version: typeof writtenBy === 'string' ? writtenBy : undefined,
      node,
      main: ownMain,
      ...(typeof made === 'string' ? { made } : {}),
      findsNode: program !== node,
      start: String(program === node ? program : main),
    }
  }
  // As it was written before it said so itself.
  const isOlder =
    displayName === defaultDisplayName &&
    typeof program === 'string' &&
    typeof main === 'string' &&
    /[\\/]dist[\\/]kernel[\\/]main\.js$/.test(main)
  return isOlder
    ? { dir, displayName, version: undefined, node: program, main, start: program, findsNode: false }
    : undefined
}
