import { abortedError, XdrError } from '../src/errors.js'
import { rememberSecret } from '../src/secrets.js'
import type { Cell } from './cell.js'
import type { Message, Wire } from './message.js'
import type { Outlet } from './outlet.js'

/** One question, as it is asked and as it is spoken of. */
export interface StdinQuestion {
  /** What the person reads, colon included. */
  prompt: string
  /** What is asked for: `Taegis username`. */
  label: string
  /** Not echoed; the answer is kept out of all outputs from then on. */
  isHidden: boolean
  /** What to do where nobody can answer. */
  hint?: string
}

interface Pending {
  /** What an answer may name as its parent: the question, or (some front ends) the cell. */
  parents: readonly (string | undefined)[]
  answer(text: string): void
}

/** Questions to the person, over the stdin channel: one at a time, in the order they were asked. */
export class Stdin {
  readonly #wire: Wire
  readonly #outlet: Outlet
  #pending: Pending | undefined
  #turn: Promise<unknown> = Promise.resolve()

  constructor(wire: Wire, outlet: Outlet) {
    this.#wire = wire
    this.#outlet = outlet
  }

  /**
   * Asks under `cell` and waits for the answer, or until `signal` aborts or the cell is interrupted.
   *
   * @throws XdrError `XDR_INPUT_NEEDED` where the front end takes no input, `XDR_ABORTED` when interrupted
   */
  async ask(cell: Cell | undefined, question: StdinQuestion, signal?: AbortSignal): Promise<string> {
    if (cell?.allowStdin !== true) {
      throw new XdrError('XDR_INPUT_NEEDED', `${question.label} is needed and this front end cannot ask`, {
        hint:
          question.hint ??
          'set XDRLAB_USERNAME (or pass the username option), or open the notebook in JupyterLab or VS Code',
      })
    }
    const both = signal === undefined ? cell.signal : AbortSignal.any([cell.signal, signal])
    const asked = this.#turn.then(() => this.#askNow(cell, question, both))
    this.#turn = asked.catch(() => undefined)
    return await asked
  }

  /** Takes an `input_reply`. One that names another question as its parent came too late, and is dropped. */
  receive(message: Message): void {
    if (this.#pending?.parents.includes(message.parentHeader.msg_id) !== true) return
    this.#pending.answer(String(message.content.value ?? ''))
  }

  #askNow(cell: Cell, { prompt, isHidden }: StdinQuestion, signal: AbortSignal): Promise<string> {
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.#pending = undefined
        reject(abortedError('the question'))
      }
      if (signal.aborted) {
        onAbort()
        return
      }
      signal.addEventListener('abort', onAbort, { once: true })
      const { id, frames } = this.#wire.encode({
        type: 'input_request',
        content: { prompt, password: isHidden },
        parent: cell.request.header,
        identities: cell.request.identities,
      })
      this.#pending = {
        // jupyter_client names no parent at all.
        parents: [id, cell.request.header.msg_id, undefined],
        answer: (text) => {
          this.#pending = undefined
          signal.removeEventListener('abort', onAbort)
          if (isHidden) rememberSecret(text, 'password')
          resolve(text)
        },
      }
      this.#outlet.send(frames)
    })
  }
}
