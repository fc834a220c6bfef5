import { expect } from 'vitest'
import { type KernelSession, openKernel, waitFor } from './kernel-session.js'

/** One line of a completion. */
export interface Match {
  text: string
  type: string
  signature?: string
  documentation?: string
  deprecated?: boolean
}

/** What the kernel answers to a completion. */
export interface Completed {
  matches: Match[]
  names: string[]
  /** What they replace, in code points. */
  start: number
  end: number
}

/** A problem that the kernel shows: its place in the cell, what it is, and its whole text. */
export interface Problem {
  place: string
  code: string
  message: string
}

/** A kernel with types: asked by Jupyter messages, as front ends do. In `marked` code, `|` is the cursor. */
export interface LanguageSession extends AsyncDisposable {
  readonly kernel: KernelSession
  /** With types: asked again as long as the worker is late. */
  complete(marked: string): Promise<Completed>
  /** `text/plain` and `text/markdown`; `undefined` where nothing is found. */
  inspect(marked: string, detailLevel?: 0 | 1): Promise<{ text: string; markdown: string } | undefined>
  /** Runs a cell beside its check, and gives what is shown of its types. */
  warnings(code: string): Promise<Problem[]>
  /** Checks a cell; it runs only where nothing is found. */
  problems(code: string): Promise<Problem[]>
}

/** How long a worker that is just being started may take, on a machine that does other things as well, milliseconds. */
const patienceMs = 30_000

/** Starts a kernel whose types are known, in a folder that holds `files`; `cells` have run. */
export async function openLanguage(
  cells: readonly string[] = [],
  { files = {}, env = {} }: { files?: Record<string, string>; env?: Record<string, string> } = {},
): Promise<LanguageSession> {
  const kernel = await openKernel(files, { XDRLAB_TYPES: 'warn', ...env })
  for (const cell of cells) expect(await kernel.run(`// @types off\n${cell}`)).toMatchObject({ status: 'ok' })
  const session: LanguageSession = {
    kernel,
    async complete(marked) {
      const end = performance.now() + patienceMs
      for (;;) {
        const reply = await kernel.client.request('shell', 'complete_request', cursorOf(marked))
        const { _jupyter_types_experimental: matches, xdrlab } = reply.metadata as {
          _jupyter_types_experimental: Match[]
          xdrlab: { types: string }
        }
        if (xdrlab.types === 'known') {
          const names = reply.matches as string[]
          return { matches, names, start: Number(reply.cursor_start), end: Number(reply.cursor_end) }
        }
        if (performance.now() > end) throw new Error('the types never came')
      }
    },
    async inspect(marked, detail_level = 0) {
      const end = performance.now() + patienceMs
      for (;;) {
        const content = { ...cursorOf(marked), detail_level }
        const { found, data, metadata } = await kernel.client.request('shell', 'inspect_request', content)
        const { xdrlab } = metadata as { xdrlab: { types: string } }
        if (xdrlab.types === 'known') {
          const bundle = data as Record<string, string>
          if (found !== true) return undefined
          return { text: bundle['text/plain'] ?? '', markdown: bundle['text/markdown'] ?? '' }
        }
        if (performance.now() > end) throw new Error('the types never came')
      }
    },
    async warnings(code) {
      const { messageId } = await kernel.run(code)
      return await waitFor(() => {
        const shown = kernel.broadcasts.find(
          ({ parentId, type, content }) =>
            parentId === messageId && type === 'display_data' && textOf(content).startsWith('⚠'),
        )
        return shown === undefined ? undefined : readProblems(textOf(shown.content))
      }, patienceMs)
    },
    async problems(code) {
      await session.complete('0|')
      const { error, traceback } = await kernel.run(`// @types strict\n${code}`)
      if (error?.ename !== 'TypeCheckError') return []
      return readBlocks(traceback)
    },
    [Symbol.asyncDispose]: () => kernel[Symbol.asyncDispose](),
  }
  return session
}

/** The `|` as a place in code points. */
export function cursorOf(marked: string): { code: string; cursor_pos: number } {
  const at = marked.indexOf('|')
  if (at < 0) throw new Error(`no cursor in ${marked}`)
  return { code: marked.slice(0, at) + marked.slice(at + 1), cursor_pos: [...marked.slice(0, at)].length }
}

function textOf(content: Record<string, unknown>): string {
  return String((content.data as Record<string, unknown> | undefined)?.['text/plain'] ?? '')
}

/** `  2:11  Property … does not exist  ts(2339)` */
function readProblems(text: string): Problem[] {
  return [...text.matchAll(/^ {2}(\d+:\d+) {2}([\s\S]*?) {2}(\w+\([\w-]+\))$/gm)].map(
    ([, place = '', message = '', code = '']) => ({ place, message, code }),
  )
}

/** The blocks of a `TypeCheckError`; its lines count the comment that asks for the check. */
function readBlocks(traceback: string): Problem[] {
  return [...traceback.matchAll(/\n\n([\s\S]*?) {2}(\w+\([\w-]+\))\n {4}at cell \[\d+\]:(\d+):(\d+)/g)].map(
    ([, message = '', code = '', line, column]) => ({
      place: `${Number(line) - 1}:${column}`,
      message,
      code,
    }),
  )
}
