import { createInterface } from 'node:readline'
import { AsyncEntry } from '@napi-rs/keyring'

/** One line of JSON on stdin. */
export interface KeyringRequest {
  id: number
  op: 'set' | 'get' | 'delete'
  name: string
  value?: string
}

/** One line of JSON on stdout. */
export interface KeyringReply {
  id: number
  /** `null` where there is no such entry. */
  value?: string | null
  error?: string
}

/**
 * Talks to the OS keyring in a process of its own: the library blocks its whole thread while a keyring does not
 * answer (a session bus that hangs, a prompt that nobody sees), and only a process can be ended then. Secrets come and
 * go through pipes, never as arguments.
 */
async function answer({ id, op, name, value }: KeyringRequest): Promise<KeyringReply> {
  try {
    // Pinned: without a desktop the library would fall to the kernel's keys, which are gone at the next start.
    const entry = new AsyncEntry('xdrlab', name, { linux: { store: 'secret-service' } })
    if (op === 'set') await entry.setPassword(value ?? '')
    else if (op === 'get') return { id, value: await entry.getPassword() }
    else await entry.deletePassword()
    return { id }
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : 'unknown reason' }
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line)))}\n`)
}
