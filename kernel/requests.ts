import type { Executor } from './executor.js'
import { kernelInfo } from './kernel-info.js'
import type { LanguageWorker } from './language/client.js'
import type { Message } from './message.js'

/** Gives the content of the reply; nothing where the message wants none. */
type Handler = (message: Message) => object | undefined | Promise<object | undefined>

/** What the handlers reach of the kernel. */
interface Kernel {
  /** Loaded on first use. */
  executor(): Promise<Executor>
  /** What knows the types; `undefined` where it is switched off. */
  language(): Promise<LanguageWorker | undefined>
  interrupt(): void
}

/**
 * What is done with each message but `execute_request`. What only some of them need is loaded then: the first reply
 * of a kernel must not wait for it.
 */
export function createHandlers(kernel: Kernel): ReadonlyMap<string, Handler> {
  const comm: Handler = async (message) => {
    ;(await kernel.executor()).comms.receive(message)
    return undefined
  }
  return new Map<string, Handler>([
    ['kernel_info_request', () => kernelInfo],
    [
      'is_complete_request',
      async ({ content }) => (await import('./is-complete.js')).checkComplete(String(content.code ?? '')),
    ],
    [
      'complete_request',
      async ({ content }) => {
        const [{ completeReply }, worker] = await Promise.all([import('./completion.js'), kernel.language()])
        return await completeReply(String(content.code ?? ''), content.cursor_pos, worker)
      },
    ],
    [
      'inspect_request',
      async ({ content }) => {
        const [{ inspectReply }, worker] = await Promise.all([
          import('./introspection.js'),
          kernel.language(),
        ])
        const isDetailed = content.detail_level === 1
        return await inspectReply(String(content.code ?? ''), content.cursor_pos, isDetailed, worker)
      },
    ],
    [
      'history_request',
      async ({ content }) => {
        const { history } = await kernel.executor()
        return { status: 'ok', history: await history.find(content) }
      },
    ],
    ['comm_info_request', async ({ content }) => (await kernel.executor()).comms.info(content.target_name)],
    ['comm_open', comm],
    ['comm_msg', comm],
    ['comm_close', comm],
    [
      'interrupt_request',
      () => {
        kernel.interrupt()
        return { status: 'ok' }
      },
    ],
    [
      'shutdown_request',
      ({ content }) => {
        kernel.interrupt()
        return { status: 'ok', restart: content.restart === true }
      },
    ],
    ['debug_request', ({ content }) => noDebugger(content)],
    ['create_subshell_request', () => refused('this kernel has no subshells')],
    ['delete_subshell_request', () => refused('this kernel has no subshells')],
    ['list_subshell_request', () => refused('this kernel has no subshells')],
  ])
}

/** The reply to a request that we do not know, or not there. */
export function refusal(type: string, channel: 'shell' | 'control'): object {
  if (type === 'execute_request') return refused(`cells are run by the shell channel, not by ${channel}`)
  return refused(`this kernel does not know ${type.slice(0, 100)}`)
}

function refused(what: string): object {
  return { status: 'error', ename: 'NotImplemented', evalue: what, traceback: [] }
}

/** A refusal that a debugger understands (the Debug Adapter Protocol's `Response`) and a Jupyter client as well. */
function noDebugger({ seq, command }: Record<string, unknown>): object {
  const message = 'this kernel has no debugger'
  return {
    ...refused(message),
    type: 'response',
    seq: 0,
    request_seq: typeof seq === 'number' ? seq : 0,
    success: false,
    command: typeof command === 'string' ? command : '',
    message,
    body: { error: { id: 1, format: message, showUser: true } },
  }
}
