import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { XdrError } from '../errors.js'
import { isRecord } from '../record.js'
import { Secret } from '../secrets.js'
import { agrees, clientAccount } from '../store/profile.js'
import { escapeHtml } from '../text.js'
import type { ClientParts } from './calls.js'

/** Where a new client secret goes, chosen before it exists. */
export interface KeepOptions {
  /**
   * `store` keeps it with the sign-ins (keyring or 0600 file), `file` writes a JSON file of its own (0600), `screen`
   * shows it until you say that you have it. Default `store`.
   */
  keep?: 'store' | 'file' | 'screen'
  /** With `keep: 'file'`: the path. A file that is there is left alone, unless it holds the same client. */
  file?: string
}

/** What is kept of a client beside its secret. */
export interface KeptClient {
  clientId: string
  name: string
  tenantId: string
}

/** A place that has been found usable. */
export interface Keeper {
  /** For people: `the store`, a path. */
  place: string
  /** Takes the secret, which nothing else in the process knows yet. */
  keep(client: KeptClient, secret: string): Promise<void>
  /** Gives the place up, when no secret came. */
  discard(): void
}

/**
 * Makes sure of the place before anything is changed: a secret is given out once.
 *
 * @throws XdrError `XDR_BAD_OPTION`, `XDR_STORE_UNWRITABLE`, `XDR_INPUT_NEEDED`
 */
export async function openKeeper(
  parts: ClientParts,
  options: KeepOptions,
  signal: AbortSignal | undefined,
): Promise<Keeper> {
  const keep = options.keep ?? (options.file === undefined ? 'store' : 'file')
  if (options.file !== undefined && keep !== 'file') {
    throw new XdrError('XDR_BAD_OPTION', `file goes with keep: 'file', not with '${keep}'`, {
      hint: 'leave one of the two out',
    })
  }
  switch (keep) {
    case 'store':
      return storeKeeper(parts)
    case 'file':
      return fileKeeper(parts, options.file)
    case 'screen':
      return screenKeeper(parts, signal)
    default:
      throw new XdrError('XDR_BAD_OPTION', `keep must be 'store', 'file' or 'screen'`, {
        hint: "for example { keep: 'file', file: 'nightly.json' }",
      })
  }
}

/** The secrets of clients of this platform that the store keeps, by client id. */
export async function storedSecrets({
  store,
  target,
}: Pick<ClientParts, 'store' | 'target'>): Promise<ReadonlyMap<string, Secret>> {
  const here = { provider: target.provider.name, origin: target.origin }
  const profiles = (await store?.list(here)) ?? []
  return new Map(
    profiles.flatMap((profile) =>
      agrees(profile, here) && profile.client !== undefined
        ? [[profile.client.id, profile.client.secret] as const]
        : [],
    ),
  )
}

async function storeKeeper({ store, target }: ClientParts): Promise<Keeper> {
  if (store === undefined || store.kind === 'memory') {
    throw new XdrError('XDR_BAD_OPTION', 'this client keeps nothing, so a new secret would be lost with it', {
      hint: "choose { keep: 'file', file: 'path.json' } or { keep: 'screen' }, or connect without store: 'memory'",
    })
  }
  await store.checkWritable()
  return {
    place: 'the store',
    keep: ({ clientId }, secret) =>
      store.write({
        provider: target.provider.name,
        region: target.region,
        origin: target.origin,
        account: clientAccount(clientId),
        // It has never signed in: a person's own sign-in stays the last one.
        savedAt: 0,
        session: undefined,
        client: { id: clientId, secret: new Secret(secret) },
      }),
    discard: () => {},
  }
}

function fileKeeper({ target }: ClientParts, file: string | undefined): Keeper {
  if (file === undefined || file === '') {
    throw new XdrError('XDR_BAD_OPTION', "keep: 'file' needs the path of a file", {
      hint: "for example { keep: 'file', file: 'nightly.json' }",
    })
  }
  const path = resolve(file)
  const clientThere = readClientId(path)
  const draft = `${path}.${process.pid}.new`
  try {
    // Beside the file and 0600 from its first moment: the secret is never readable for others.
    writeFileSync(draft, '', { flag: 'wx', mode: 0o600 })
  } catch (error) {
    throw unwritable(path, error)
  }
  return {
    place: path,
    keep: async ({ clientId, name, tenantId }, secret) => {
      const content = {
        client_id: clientId,
        client_secret: secret,
        name,
        tenant_id: tenantId,
        provider: target.provider.name,
        region: target.region,
        origin: target.origin,
      }
      try {
        writeFileSync(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 })
        if (clientThere === clientId) renameSync(draft, path)
        else {
          // A link, unlike a rename, replaces nothing that has come up meanwhile.
          linkSync(draft, path)
          rmSync(draft, { force: true })
        }
      } catch (error) {
        rmSync(draft, { force: true })
        throw unwritable(path, error)
      }
    },
    discard: () => rmSync(draft, { force: true }),
  }
}

/**
 * The client whose secret the file holds; `undefined` where there is no file.
 *
 * @throws XdrError `XDR_BAD_OPTION` for any other file: it is not ours to replace
 */
function readClientId(path: string): string | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw unwritable(path, error)
  }
  try {
    const content: unknown = JSON.parse(text)
    if (isRecord(content) && typeof content.client_id === 'string') return content.client_id
  } catch {
    // Said below.
  }
  throw new XdrError('XDR_BAD_OPTION', `${path} is there already, and is left as it is`, {
    hint: 'choose another file for the secret',
  })
}

function unwritable(path: string, error: unknown): XdrError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'
  return new XdrError('XDR_STORE_UNWRITABLE', `a secret cannot be kept in ${path} (${code})`, {
    hint: 'choose a file that does not exist yet, in a folder that you can write to',
  })
}

/** Nobody may be there to say so: a secret does not stay on a screen for ever. */
const longestShowMs = 5 * 60_000

function screenKeeper({ screen, clock }: ClientParts, signal: AbortSignal | undefined): Keeper {
  if (screen.kind === 'none') {
    throw new XdrError('XDR_INPUT_NEEDED', 'there is no screen to show a secret on', {
      hint: "choose { keep: 'store' } or { keep: 'file', file: 'path.json' }",
    })
  }
  return {
    place: 'your screen only',
    keep: async ({ clientId, name }, secret) => {
      const lines = [
        `Client secret of ${name}, shown this once:`,
        `client id      ${clientId}`,
        `client secret  ${secret}`,
      ]
      const live = screen.show({
        text: lines.join('\n'),
        html: `<pre style="white-space:pre-wrap;overflow-wrap:anywhere">${lines.map(escapeHtml).join('\n')}</pre>`,
      })
      const stop = new AbortController()
      const cancelTimer = clock.after(longestShowMs, () => stop.abort())
      try {
        const label = 'Press Enter when you have put the secret away'
        await screen.ask({ label }, AbortSignal.any([stop.signal, ...(signal === undefined ? [] : [signal])]))
      } catch {
        // Interrupted or too late: the secret goes all the same, and the client is made.
      } finally {
        cancelTimer()
        const text = `The client secret of ${name} was shown here once.`
        live.update({ text, html: `<p role="status" aria-live="polite">${escapeHtml(text)}</p>` })
      }
    },
    discard: () => {},
  }
}
