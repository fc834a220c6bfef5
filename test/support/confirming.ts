import type { KernelOutput } from '../../kernel/client.js'
import { signInMimeType } from '../../src/auth/sign-in-view.js'
import { approveDevice } from '../../src/sandbox/approve.js'
import type { Sandbox } from '../../src/sandbox/index.js'

/** Confirms a sign-in as soon as its code is shown. */
export function confirming({ user }: Pick<Sandbox, 'user'>): (output: KernelOutput) => void {
  let isConfirmed = false
  return ({ type, content }) => {
    if (isConfirmed || (type !== 'display_data' && type !== 'update_display_data')) return
    const shown = content.data[signInMimeType]
    const { user_code: userCode, verification_uri_complete: verificationUriComplete } = Object(shown)
    if (typeof userCode !== 'string') return
    isConfirmed = true
    void approveDevice({ verificationUriComplete, userCode, user })
  }
}
