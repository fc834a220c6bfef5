import { abortedError, XdrError } from '../errors.js'
import { version } from '../package.js'
import { plain } from '../text.js'
import { type Check, type CheckContext, type Finding, findingsOf } from './doctor/finding.js'
import { jupyterCheck } from './doctor/jupyter-check.js'
import { networkCheck } from './doctor/network-check.js'
import { nodeCheck } from './doctor/node-check.js'
import { partChecks } from './doctor/parts-check.js'
import { describeFindings } from './doctor/report.js'
import { keyringCheck, storeCheck } from './doctor/store-check.js'
import { surroundingChecks } from './doctor/surroundings-check.js'
import { interruptSignal } from './interrupt.js'
import { startProgress } from './progress.js'
import type { CheckId } from './setup-commands.js'

/** In the order in which they are shown. */
const checks: readonly Check[] = [
  nodeCheck,
  jupyterCheck,
  ...partChecks,
  storeCheck,
  keyringCheck,
  ...surroundingChecks,
  networkCheck,
]

/**
 * `xdrlab doctor`: exit code 1 where something is broken.
 *
 * @param ids only these checks; all of them where there are none
 */
export async function doctor(
  ids: readonly CheckId[],
  options: { online?: boolean; timeout: number; json?: boolean },
): Promise<void> {
  const chosen = ids.length === 0 ? checks : checks.filter(({ id }) => ids.includes(id))
  const interrupted = interruptSignal()
  const stopProgress = startProgress('looking')
  const online = options.online === true
  const limitMs = options.timeout * 1000
  const findings = (
    await Promise.all(
      chosen.map((check) => runCheck(check, { env: process.env, online, limitMs }, interrupted)),
    ).finally(stopProgress)
  ).flat()
  if (findings.some(({ state }) => state === 'broken')) process.exitCode = 1
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ version, ok: process.exitCode !== 1, checks: findings })}\n`
      : `${describeFindings(findings)}\n`,
  )
}

/** A check ends at its limit, whatever it is in; what goes wrong in it is said of it, and of no other. */
async function runCheck(
  { id, title, run }: Check,
  context: Omit<CheckContext, 'signal'>,
  interrupted: AbortSignal,
): Promise<Finding[]> {
  const { broken } = findingsOf(id, title)
  const limit = AbortSignal.timeout(Math.ceil(context.limitMs))
  const signal = AbortSignal.any([interrupted, limit])
  const stopped = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  try {
    return await Promise.race([run({ ...context, signal }), stopped])
  } catch (error) {
    if (interrupted.aborted) throw abortedError('the examination')
    if (limit.aborted) {
      return [
        broken(
          `no answer within ${context.limitMs / 1000} s`,
          'where the machine is busy, try "xdrlab doctor --timeout 30"',
        ),
      ]
    }
    if (error instanceof XdrError) return [broken(error.message, error.hint)]
    const message = error instanceof Error ? error.message : String(error)
    return [broken(plain(message), 'tell us: this check should have an answer')]
  }
}
