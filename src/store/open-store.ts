import { XdrError } from '../errors.js'
import { profileFolder } from '../paths.js'
import { plain } from '../text.js'
import { keyringStore } from './keyring-store.js'
import { memoryStore, type ProfileStore } from './profile.js'

/** Where sign-ins are kept: `auto` is the OS keyring where there is one that answers, else a 0600 file. */
export type StoreKind = 'auto' | 'keyring' | 'file' | 'memory'

const kinds: readonly string[] = ['auto', 'keyring', 'file', 'memory'] satisfies StoreKind[]

/**
 * Opens the store that an option names, else `XDRLAB_STORE`, else `auto`.
 *
 * @throws XdrError `XDR_BAD_OPTION`
 */
export function openStore(
  option: StoreKind | ProfileStore | undefined,
  onNote: (level: 'info' | 'warning', text: string) => void,
  env: NodeJS.ProcessEnv = process.env,
): ProfileStore {
  if (typeof option === 'object') return option
  const kind = option ?? (env.XDRLAB_STORE || 'auto')
  if (!isKind(kind)) {
    throw new XdrError('XDR_BAD_OPTION', `"${plain(kind, 40)}" is no place for sign-ins`, {
      hint: `use one of ${kinds.join(', ')} (option store, or XDRLAB_STORE)`,
    })
  }
  if (kind === 'memory') return memoryStore()
  const dir = profileFolder(env)
  const openKeyring = async () => new (await import('./keyring.js')).Keyring({ env })
  return keyringStore(dir, { openKeyring, place: kind, onNote })
}

function isKind(value: string): value is StoreKind {
  return kinds.includes(value)
}
