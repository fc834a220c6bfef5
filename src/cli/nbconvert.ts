import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { XdrError } from '../errors.js'
import type { Theme } from '../notebook/report/page.js'
import { findProgram, isProgram } from './programs.js'
import { labFolder, venvProgram } from './python-env.js'
import { runQuietly } from './run-quietly.js'

const exporters = { html: 'html', md: 'markdown', pdf: 'webpdf' } as const
/** It starts Python, and for a PDF a browser. */
const longestMs = 300_000

/** The `jupyter` of the path, else that of the environment that `xdrlab lab` has made. */
export function findJupyter(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const own = venvProgram(join(labFolder(), 'venv'), 'jupyter')
  return findProgram(['jupyter'], { env }) ?? (isProgram(own) ? own : undefined)
}

/**
 * Lets nbconvert write a report of a notebook.
 *
 * @param folder where it writes
 * @returns the path of what it wrote
 * @throws XdrError `XDR_FILE` with what nbconvert said where it failed
 */
export async function runNbconvert(
  jupyter: string,
  given: {
    notebook: string
    /** What the report's file is called, without its ending. */
    name: string
    format: keyof typeof exporters
    folder: string
    input: boolean
    theme: Theme
    signal: AbortSignal
  },
): Promise<string> {
  const { notebook, name, format, folder, input, theme, signal } = given
  const { status, said } = await runQuietly(
    jupyter,
    [
      ...['nbconvert', '--to', exporters[format], '--log-level=WARN'],
      ...['--output-dir', folder, '--output', name],
      ...(format === 'md' ? [] : ['--embed-images']),
      ...(format === 'html' && theme !== 'auto' ? [`--HTMLExporter.theme=${theme}`] : []),
      ...(input ? [] : ['--no-input']),
      notebook,
    ],
    { signal, timeoutMs: longestMs },
  )
  const written = join(folder, `${name}.${format}`)
  if (status === 0 && existsSync(written)) return written
  throw new XdrError('XDR_FILE', `nbconvert wrote no report${said === '' ? '' : `: ${said}`}`, {
    hint: 'leave --via out: xdrlab writes reports by itself',
  })
}
