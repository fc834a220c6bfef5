import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { sandboxAddressFile } from '../paths.js'
import { taegis } from '../providers/taegis.js'
import { type Sandbox, startSandbox } from '../sandbox/index.js'
import { listPlatforms } from '../sandbox/platforms.js'
import { openStore } from '../store/open-store.js'
import { interruptSignal } from './interrupt.js'

/** `xdrlab sandbox`: runs until Ctrl-C. */
export async function sandbox(options: {
  port: number
  seed: number
  alerts: number
  all?: boolean
  json?: boolean
}): Promise<void> {
  const signal = interruptSignal()
  await using running = await openSandbox(options)
  const { origin, user } = running.server
  writeAddress(origin)
  if (options.json) {
    const person = { username: user.username, password: user.password }
    const platforms = options.all ? { platforms: listPlatforms(running.server) } : {}
    process.stdout.write(`${JSON.stringify({ origin, user: person, ...platforms })}\n`)
  } else {
    const platforms = options.all ? `\n\n${describePlatforms(running.server)}` : ''
    process.stdout.write(
      `${describeSandbox(running.server)}\n\nNotebooks and commands find it as region "sandbox":\n  xdrlab login --region sandbox${platforms}\n\nCtrl-C stops it.\n`,
    )
  }
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve())
  })
  removeAddress(origin)
}

/** What a person needs to sign in to it. */
export function describeSandbox({ origin, user }: Sandbox): string {
  return `The sandbox runs at ${origin}\nTest user: ${user.username} · password and one-time code stand on its login page`
}

/** Each platform with its cell and what a shell sets for it; all of it opens this sandbox and nothing else. */
function describePlatforms(server: Sandbox): string {
  const parts = listPlatforms(server).map(({ title, cell, call, variables }) =>
    [
      `${title} · ${call}`,
      `  ${cell}`,
      ...Object.entries(variables).map(([name, value]) => `  export ${name}=${value}`),
    ].join('\n'),
  )
  return `It speaks as each of these platforms; the values open this sandbox only.\n\n${parts.join('\n\n')}`
}

/** A sandbox whose test user is proposed at the sign-in, and whose sign-ins are forgotten with it. */
export async function openSandbox(options: { port?: number; seed?: number; alerts?: number }): Promise<{
  server: Sandbox
  [Symbol.asyncDispose](): Promise<void>
}> {
  const server = await startSandbox(options)
  const store = openStore(undefined, (_level, text) => process.stderr.write(`! ${text}\n`))
  try {
    await store.write({
      provider: taegis.name,
      region: 'sandbox',
      origin: server.origin,
      account: server.user.username,
      savedAt: Date.now(),
      session: undefined,
    })
  } catch (error) {
    await server.close()
    throw error
  }
  return {
    server,
    [Symbol.asyncDispose]: async () => {
      for (const profile of await store.list()) {
        if (profile.origin === server.origin) await store.remove(profile)
      }
      await server.close()
    },
  }
}

function writeAddress(origin: string): void {
  const file = sandboxAddressFile()
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  writeFileSync(file, `${JSON.stringify({ origin })}\n`)
}

/** Only while it is ours: a sandbox started later has written its own. */
function removeAddress(origin: string): void {
  const file = sandboxAddressFile()
  try {
    if (JSON.parse(readFileSync(file, 'utf8')).origin === origin) rmSync(file, { force: true })
  } catch {
    // Gone already: nothing to take away.
  }
}
