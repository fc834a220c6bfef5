import type { Clock } from '../clock.js'
import { XdrError } from '../errors.js'
import type { Target } from '../providers/target.js'
import type { Screen } from '../screen/screen.js'
import { rememberSecret } from '../secrets.js'
import type { Session } from '../store/profile.js'
import { openBrowser } from './browser.js'
import { awaitGrant } from './device-flow.js'
import type { DeviceCode, DeviceDialect } from './dialect.js'
import { describeSession } from './session-text.js'
import { showPending } from './sign-in-display.js'
import { endView, pendingView } from './sign-in-view.js'

export interface DeviceSignIn {
  target: Target
  dialect: DeviceDialect
  /** The username typed; `undefined` where the platform's page asks for it. */
  account: string | undefined
  /** The tenant chosen, for the closing line. */
  tenant: string | undefined
  screen: Screen
  clock: Clock
  signal: AbortSignal | undefined
  /** Never tried when `false`; the address is on the screen in any case. */
  browser: boolean
}

/**
 * Signs a person in by device code: shows address, code, QR and countdown, waits, and leaves one line.
 *
 * @throws XdrError see {@link awaitGrant}; the display's last line says the same
 */
export async function signInByDevice(signIn: DeviceSignIn): Promise<Session> {
  const { target, dialect, screen, clock, signal, account } = signIn
  const { title } = target.provider
  const host = new URL(target.origin).host
  // A cell shows that it runs; in a terminal a slow platform would look like a hanging command.
  const asking =
    screen.kind === 'terminal' ? screen.show({ text: `Asking ${title} (${host}) for a code …` }) : undefined
  const code = await dialect.begin(signal).catch((error: unknown) => {
    // Why is what the error says.
    asking?.update(endView(false, `Not signed in to ${title}`))
    throw error
  })
  const endsAt = clock.monotonicMs() + code.expiresInS * 1000
  const browserOpened = signIn.browser && (await openBrowser(code.verificationUriComplete))
  const remainingMs = () => endsAt - clock.monotonicMs()
  const pending = pendingView({ title, host, account, code, browserOpened })
  const shown = showPending(screen, pending, remainingMs(), asking)
  let cancelTick = () => {}
  const tick = () => {
    shown.tick(remainingMs())
    cancelTick = clock.after(screen.refreshMs, tick)
  }
  cancelTick = clock.after(screen.refreshMs, tick)
  try {
    const session = await awaitGrant({ dialect, code, clock, signal })
    const line = describeSession({
      ...session,
      account,
      tenant: signIn.tenant,
      expiresAt: session.accessToken.expiresAt,
    })
    shown.end(endView(true, line))
    return session
  } catch (error) {
    // Whatever ended it, no address and no code stay behind in a saved notebook.
    const why = error instanceof XdrError ? withoutCode(error.message, code) : 'an unexpected error'
    shown.end(endView(false, `Not signed in to ${title}: ${why}`))
    throw error
  } finally {
    cancelTick()
    rememberUserCode(code.userCode)
  }
}

/**
 * The person had to see it; from here on nobody has to. Only what looks like a code: a server that calls
 * `undefined` one must not blank that word out of all outputs.
 */
function rememberUserCode(userCode: string): void {
  if (/^(?=.*[A-Z\d])[A-Z\d]+(-[A-Z\d]+)*$/.test(userCode)) rememberSecret(userCode, 'user code')
}

/** A server may quote the code or the address in its refusal. */
function withoutCode(message: string, code: DeviceCode): string {
  return [code.verificationUriComplete, code.verificationUri, code.userCode].reduce(
    (text, shown) => text.replaceAll(shown, '…'),
    message,
  )
}
