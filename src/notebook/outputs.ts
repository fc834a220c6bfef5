import { countdownMimeType, signInMimeType } from '../auth/sign-in-view.js'
import type { MimeBundle, Output } from './notebook-file.js'

/** What a kernel sends while a cell runs (Jupyter messaging 5.4, IOPub). */
export type KernelOutput =
  | { type: 'stream'; content: { name: 'stdout' | 'stderr'; text: string } }
  | { type: 'display_data' | 'update_display_data'; content: DisplayContent }
  | {
      type: 'execute_result'
      content: { data: MimeBundle; metadata: Record<string, unknown>; execution_count: number }
    }
  | { type: 'error'; content: { ename: string; evalue: string; traceback: string[] } }
  | { type: 'clear_output'; content: { wait: boolean } }

interface DisplayContent {
  data: MimeBundle
  metadata: Record<string, unknown>
  transient?: { display_id?: string }
}

/** Turns a kernel's messages into the outputs that a notebook keeps, as a front end does. */
export class OutputCollector {
  /** Outputs by display id, over all cells: a later cell may update an earlier one's display. */
  readonly #displays = new Map<string, Extract<Output, { output_type: 'display_data' }>[]>()
  #clearNext = false

  /** Applies one message to a cell's outputs. */
  add(outputs: Output[], message: KernelOutput): void {
    if (message.type === 'update_display_data') {
      for (const shown of this.#displays.get(message.content.transient?.display_id ?? '') ?? []) {
        shown.data = message.content.data
        shown.metadata = message.content.metadata
      }
      return
    }
    if (message.type === 'clear_output') {
      if (message.content.wait) this.#clearNext = true
      else outputs.length = 0
      return
    }
    if (this.#clearNext) {
      outputs.length = 0
      this.#clearNext = false
    }
    switch (message.type) {
      case 'stream': {
        const last = outputs.at(-1)
        if (last?.output_type === 'stream' && last.name === message.content.name)
          last.text += message.content.text
        else outputs.push({ output_type: 'stream', name: message.content.name, text: message.content.text })
        break
      }
      case 'display_data': {
        const { data, metadata, transient } = message.content
        const output = { output_type: 'display_data' as const, data, metadata }
        outputs.push(output)
        if (transient?.display_id !== undefined) {
          this.#displays.set(transient.display_id, [
            ...(this.#displays.get(transient.display_id) ?? []),
            output,
          ])
        }
        break
      }
      // Field by field: nbformat allows no others, and a message may carry some (`transient`).
      case 'execute_result': {
        const { data, metadata, execution_count } = message.content
        outputs.push({ output_type: 'execute_result', data, metadata, execution_count })
        break
      }
      case 'error': {
        const { ename, evalue, traceback } = message.content
        outputs.push({ output_type: 'error', ename, evalue, traceback })
        break
      }
    }
  }
}

/** The outputs as a file may keep them: a sign-in leaves no countdown there, one that has not ended no address and no code. */
export function withoutPendingSignIns(outputs: readonly Output[]): Output[] {
  return outputs
    .filter((output) => !('data' in output && countdownMimeType in output.data))
    .map((output) =>
      'data' in output && signInMimeType in output.data
        ? { ...output, data: { 'text/plain': '✗ Not signed in: the run ended before the sign-in did' } }
        : output,
    )
}
