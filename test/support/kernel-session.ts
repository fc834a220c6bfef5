import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import {
  type Broadcast,
  type ExecuteOptions,
  type ExecuteResult,
  type KernelClient,
  type KernelOutput,
  startKernel,
} from '../../kernel/client.js'
import { removeFolder } from './temp-home.js'

/** What one cell did. */
export interface Ran extends ExecuteResult {
  outputs: KernelOutput[]
  /** Of its stdout, put together. */
  stdout: string
  stderr: string
  /** Of its result or first display: `text/plain`. */
  text: string | undefined
  traceback: string
}

/** A real kernel process in a notebook's folder of its own. */
export interface KernelSession extends AsyncDisposable {
  readonly client: KernelClient
  readonly folder: string
  /** Everything that was broadcast, in order. */
  readonly broadcasts: Broadcast[]
  run(code: string, options?: ExecuteOptions): Promise<Ran>
  /** Types and states of what was broadcast for a request, in order. */
  trace(messageId: string): string[]
}

/** Starts a kernel process from `dist/`, in a folder that holds `files`; `env` is set beside ours. */
export async function openKernel(
  files: Record<string, string> = {},
  env: Record<string, string> = {},
): Promise<KernelSession> {
  const folder = mkdtempSync(join(tmpdir(), 'xdrlab-notebook-'))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  const broadcasts: Broadcast[] = []
  const client = await startKernel({
    cwd: folder,
    env: { XDRLAB_HISTORY: 'off', XDRLAB_TYPES: 'off', ...process.env, ...env },
    onBroadcast: (message) => broadcasts.push(message),
  })
  return {
    client,
    folder,
    broadcasts,
    async run(code, options = {}) {
      const outputs: KernelOutput[] = []
      const result = await client.execute(code, {
        timeoutMs: 30_000,
        ...options,
        onOutput: (output) => {
          outputs.push(output)
          options.onOutput?.(output)
        },
      })
      return {
        ...result,
        outputs,
        stdout: streamText(outputs, 'stdout'),
        stderr: streamText(outputs, 'stderr'),
        text: plainText(outputs),
        traceback: result.error?.traceback.join('\n') ?? '',
      }
    },
    trace: (messageId) =>
      broadcasts
        .filter(({ parentId }) => parentId === messageId)
        .map(({ type, content }) => (type === 'status' ? String(content.execution_state) : type)),
    async [Symbol.asyncDispose]() {
      await client.shutdown()
      removeFolder(folder)
    },
  }
}

/** Waits until `found` gives something; for what the kernel sends by itself. */
export async function waitFor<T>(found: () => T | undefined, withinMs = 10_000): Promise<T> {
  const end = performance.now() + withinMs
  for (;;) {
    const value = found()
    if (value !== undefined) return value
    if (performance.now() > end) throw new Error(`nothing came within ${withinMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

function streamText(outputs: readonly KernelOutput[], name: 'stdout' | 'stderr'): string {
  return outputs
    .map((output) => (output.type === 'stream' && output.content.name === name ? output.content.text : ''))
    .join('')
}

function plainText(outputs: readonly KernelOutput[]): string | undefined {
  for (const { type, content } of outputs) {
    if (type === 'execute_result' || type === 'display_data')
      return content.data['text/plain'] as string | undefined
  }
  return undefined
}
