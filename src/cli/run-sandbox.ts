import { XdrError } from '../errors.js'
import type { KernelOutput } from '../notebook/outputs.js'
import { approveDevice } from '../sandbox/approve.js'
import type { Sandbox } from '../sandbox/index.js'
import { sandboxVariables } from '../sandbox/platforms.js'
import { signInOf } from './run-reporter.js'

/** What the kernel of a run on the sandbox needs in its environment. */
export function sandboxEnv(sandbox: Sandbox, approves: boolean): NodeJS.ProcessEnv {
  return {
    ...sandboxVariables(sandbox),
    ...(approves ? { XDRLAB_USERNAME: sandbox.user.username, XDRLAB_BROWSER: 'none' } : {}),
  }
}

/** Confirms each sign-in that a cell shows, once, through the sandbox's pages. */
export class Approval {
  readonly #seen = new Set<string>()

  /** @param note told how it went */
  constructor(
    readonly sandbox: Sandbox,
    readonly note: (text: string) => void,
    readonly signal: AbortSignal,
  ) {}

  watch(output: KernelOutput): void {
    const signIn = signInOf(output)
    if (signIn !== undefined) this.confirm(signIn)
  }

  confirm(signIn: { userCode: string; verificationUriComplete: string }): void {
    if (this.#seen.has(signIn.userCode)) return
    this.#seen.add(signIn.userCode)
    // Only our own sandbox is ever confirmed unasked.
    if (new URL(signIn.verificationUriComplete).origin !== this.sandbox.origin) return
    approveDevice({ ...signIn, user: this.sandbox.user, signal: this.signal }).then(
      () => this.note('(confirmed on the sandbox’s own pages, as a browser would)'),
      (error: unknown) => {
        const why = error instanceof XdrError ? `${error.message}; ${error.hint}` : 'an unexpected error'
        this.note(`(the sandbox’s pages could not be driven: ${why})`)
      },
    )
  }
}
