import { StringDecoder } from 'node:string_decoder'
import { activeCell, type Cell } from './cell.js'
import { captureChildOutput } from './child-output.js'
import { createConsole } from './console.js'
import type { Iopub, StreamName } from './iopub.js'

/**
 * From here on `console`, `process.stdout.write` and `process.stderr.write` print under the cell that calls them, and
 * so do worker threads (Node hands us what they write) and child processes that inherit. What native code writes to
 * the descriptors themselves goes past us, to the Jupyter server's log.
 */
export function captureStreams(iopub: Iopub): void {
  capture(process.stdout, 'stdout', iopub)
  capture(process.stderr, 'stderr', iopub)
  captureChildOutput()
  globalThis.console = createConsole()
}

type WriteDone = (error?: Error | null) => void

function capture(stream: NodeJS.WriteStream, name: StreamName, iopub: Iopub): void {
  // A character may come in two writes; half of one must not meet what another cell writes.
  const decoders = new WeakMap<Cell, StringDecoder>()
  const withoutCell = new StringDecoder('utf8')
  const decoderOf = (cell: Cell | undefined): StringDecoder => {
    if (cell === undefined) return withoutCell
    const decoder = decoders.get(cell) ?? new StringDecoder('utf8')
    decoders.set(cell, decoder)
    return decoder
  }
  let waiting = false
  stream.write = (
    chunk: Uint8Array | string,
    encodingOrDone?: BufferEncoding | WriteDone,
    done?: WriteDone,
  ): boolean => {
    const cell = activeCell()
    const isText = typeof chunk === 'string' && (typeof encodingOrDone !== 'string' || isUtf8(encodingOrDone))
    const text = isText ? chunk : decoderOf(cell).write(asBuffer(chunk, encodingOrDone))
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
  // Ended by a cell, it would be lost to all others.
  stream.end = (
    chunk?: Uint8Array | string | WriteDone,
    encoding?: BufferEncoding | WriteDone,
    done?: WriteDone,
  ) => {
    const whenDone = [chunk, encoding, done].find((value) => typeof value === 'function')
    if (chunk !== undefined && typeof chunk !== 'function') stream.write(chunk)
    if (whenDone !== undefined) process.nextTick(whenDone)
    return stream
  }
}

function isUtf8(encoding: string): boolean {
  return /^utf-?8$/i.test(encoding)
}

function asBuffer(chunk: Uint8Array | string, encoding: unknown): Buffer {
  if (typeof chunk !== 'string') return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
  return Buffer.from(chunk, typeof encoding === 'string' && Buffer.isEncoding(encoding) ? encoding : 'utf8')
}
