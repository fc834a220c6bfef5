import { Console } from 'node:console'
import { StringDecoder } from 'node:string_decoder'
import { activeCell } from './cell.js'
import type { Iopub, StreamName } from './iopub.js'

/**
 * From here on `console`, `process.stdout.write` and `process.stderr.write` print under the cell that calls them.
 * What child processes write to inherited descriptors goes past us, to the Jupyter server's log.
 */
export function captureStreams(iopub: Iopub): void {
  capture(process.stdout, 'stdout', iopub)
  capture(process.stderr, 'stderr', iopub)
  // A console of our own: the inspector wraps the global one and keeps the last 1,000 arguments alive.
  const inspectOptions = { maxArrayLength: 200, maxStringLength: 100_000 }
  globalThis.console = new Console({
    stdout: process.stdout,
    stderr: process.stderr,
    // An 'error' listener put on and off for each line is the price of the default; our write never fails.
    ignoreErrors: false,
    colorMode: false,
    inspectOptions,
  })
}

type WriteDone = (error?: Error | null) => void

function capture(stream: NodeJS.WriteStream, name: StreamName, iopub: Iopub): void {
  const decoder = new StringDecoder('utf8')
  let waiting = false
  stream.write = (
    chunk: Uint8Array | string,
    encodingOrDone?: BufferEncoding | WriteDone,
    done?: WriteDone,
  ): boolean => {
    const cell = activeCell()
    const text = typeof chunk === 'string' ? chunk : decoder.write(Buffer.from(chunk))
    if (cell?.silent !== true) iopub.write(cell?.request.header, name, text)
    const whenDone = typeof encodingOrDone === 'function' ? encodingOrDone : done
    if (whenDone !== undefined) process.nextTick(whenDone)
    if (!iopub.full) return true
    if (!waiting) {
      waiting = true
      void iopub.drained().then(() => {
        waiting = false
        stream.emit('drain')
      })
    }
    return false
  }
}
