import { accessSync, constants, readdirSync, type Stats, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { XdrError } from '../../errors.js'
import { profileFolder } from '../../paths.js'
import { Keyring } from '../../store/keyring.js'
import { withLock } from '../../store/lock.js'
import { openStore } from '../../store/open-store.js'
import { readProfile } from '../../store/profile-file.js'
import { type Check, type CheckContext, type Finding, findingsOf } from './finding.js'

const store = findingsOf('store', 'Sign-ins')
const keyring = findingsOf('keyring', 'Keyring')

/** The folder with sign-ins: who may read it, whether it can be written and locked. Nothing in it is changed. */
export const storeCheck: Check = {
  id: 'store',
  title: 'Sign-ins',
  run: async ({ env }) => {
    const dir = profileFolder(env)
    try {
      openStore(undefined, () => {}, env)
    } catch (error) {
      if (error instanceof XdrError) return [store.broken(error.message, error.hint)]
      throw error
    }
    const folder = statSync(dir, { throwIfNoEntry: false })
    if (env.XDRLAB_STORE === 'memory') return [store.ok('forgotten with each process (XDRLAB_STORE=memory)')]
    if (folder === undefined) return [checkParent(dir)]
    if (!mayWrite(dir)) {
      return [
        store.broken(`${dir} cannot be written`, 'make it yours (chown, chmod 700), or set XDRLAB_HOME'),
      ]
    }
    return [...modeFindings(dir, folder), ...damageFindings(dir), await lockFinding(dir)]
  },
}

/** Where nothing is kept yet: the folder is made in the nearest one that is there. */
function checkParent(dir: string): Finding {
  let parent = dirname(dir)
  while (statSync(parent, { throwIfNoEntry: false }) === undefined) parent = dirname(parent)
  return mayWrite(parent)
    ? store.ok(`none yet; they are kept below ${dir}`)
    : store.broken(
        `${dir} cannot be made: ${parent} cannot be written`,
        'set XDRLAB_HOME to a folder of yours',
      )
}

function mayWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK)
    return true
  } catch {
    return false
  }
}

const groupAndOthers = 0o077

function modeFindings(dir: string, folder: Stats): Finding[] {
  // Windows keeps folders of a person to that person by other means.
  if (process.platform === 'win32') return []
  const isOpen = (stats: Stats | undefined) => stats !== undefined && (stats.mode & groupAndOthers) !== 0
  const files = profilesIn(dir).filter((name) => isOpen(statSync(join(dir, name), { throwIfNoEntry: false })))
  if (!isOpen(folder)) return []
  const mode = (folder.mode & 0o777).toString(8)
  return files.length > 0
    ? [
        store.broken(
          `others on this machine can read ${files.length} in ${dir} (mode ${mode})`,
          `chmod 700 ${dir} && chmod 600 ${join(dir, '*')}, then sign in anew: "xdrlab logout --all"`,
        ),
      ]
    : [store.warning(`others may look into ${dir} (mode ${mode})`, `chmod 700 ${dir}`)]
}

function damageFindings(dir: string): Finding[] {
  const aside = readdirSync(dir).filter((name) => name.includes('.damaged-'))
  const unreadable = profilesIn(dir).filter((name) => readProfile(join(dir, name)) === undefined)
  const todo = 'sign in again where you are asked'
  return [
    ...unreadable.map((name) =>
      store.warning(`${join(dir, name)} is damaged; its next use sets it aside`, todo),
    ),
    ...(aside.length === 0
      ? []
      : [
          store.warning(
            `${aside.length} damaged, set aside in ${dir}`,
            `${todo}, and delete *.damaged-* there`,
          ),
        ]),
  ]
}

async function lockFinding(dir: string): Promise<Finding> {
  let problem: string | undefined
  await withLock(join(dir, `doctor-${process.pid}.lock`), async () => {}, {
    onProblem: (message) => {
      problem = message
    },
  })
  if (problem !== undefined) return store.warning(problem, 'set XDRLAB_HOME to a folder on a local disk')
  const count = profilesIn(dir).length
  return store.ok(`${count === 1 ? '1 account' : `${count} accounts`} in ${dir}; "xdrlab whoami" shows them`)
}

function profilesIn(dir: string): string[] {
  return readdirSync(dir).filter((name) => name.endsWith('.json'))
}

/** Whether the OS keyring takes and gives back. */
export const keyringCheck: Check = {
  id: 'keyring',
  title: 'Keyring',
  run: async ({ env }: CheckContext) => {
    const place = env.XDRLAB_STORE || 'auto'
    if (place === 'file' || place === 'memory') return [keyring.ok(`not asked (XDRLAB_STORE=${place})`)]
    const why = await new Keyring({ env }).probe()
    if (why === undefined) return [keyring.ok('the OS keyring takes secrets and gives them back')]
    return [
      place === 'keyring'
        ? keyring.broken(why, 'unlock the keyring, or set XDRLAB_STORE=auto to fall back to files')
        : keyring.ok(`none (${why}); secrets are kept in files that only you can read`),
    ]
  },
}
