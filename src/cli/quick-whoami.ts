import { endNow, runToEnd } from './outcome.js'
import { whoami } from './whoami.js'

/** `xdrlab whoami` as the shell's prompt asks it. */
export async function runWhoami(options: { json: boolean }): Promise<void> {
  await runToEnd(async () => {
    await whoami(options)
    return true
  })
  await endNow()
}
