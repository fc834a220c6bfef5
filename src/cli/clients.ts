import type { XdrClient } from '../client/client.js'
import type {
  ApiClientList,
  ListClientsOptions,
  NewApiClient,
  RotateOptions,
} from '../client/clients-admin.js'
import { connect } from '../client/connect.js'
import { XdrError } from '../errors.js'
import type { ClientRole } from '../providers/taegis-roles.js'
import { tableView } from '../results/table.js'
import { currentScreen } from '../screen/screen.js'
import { plain } from '../text.js'
import { interruptSignal } from './interrupt.js'
import { connectOptionsOf, providerOf, type WhereOptions } from './provider-option.js'

type Common = WhereOptions & { json?: boolean }
/** What `--keep`, `--file` and `--yes` say. */
type SecretOptions = Common & { keep?: 'store' | 'file' | 'screen'; file?: string; yes?: boolean }

/** `xdrlab clients list` */
export async function listClients(
  options: Common & { name?: string; id?: string[]; role?: string[]; page?: number; perPage?: number },
): Promise<void> {
  const { client, signal } = await open(options)
  const filters: ListClientsOptions = {
    signal,
    ...(options.name === undefined ? {} : { name: options.name }),
    ...(options.id === undefined ? {} : { clientIds: options.id }),
    // What is no role is refused by name.
    ...(options.role === undefined ? {} : { roles: options.role as ClientRole[] }),
    ...(options.page === undefined ? {} : { page: options.page }),
    ...(options.perPage === undefined ? {} : { perPage: options.perPage }),
  }
  const found = await client.clients.list(filters)
  process.stdout.write(`${describeList(found, options.json === true)}\n`)
}

function describeList(found: ApiClientList, asJson: boolean): string {
  if (asJson || !process.stdout.isTTY) return JSON.stringify(found)
  const view = tableView(found.clients, process.stdout.columns)
  const total = found.total === undefined ? '' : `${found.total} in all`
  return view === undefined
    ? `no client credentials${total === '' ? '' : ` here, ${total}`}`
    : `${view.text}\n${total}`
}

/** `xdrlab clients create` */
export async function createClient(
  name: string,
  options: SecretOptions & { role?: string[] },
): Promise<void> {
  const { client, signal } = await open(options)
  const roles = options.role as ClientRole[] | undefined
  const made = await client.clients.create({
    name,
    ...(roles === undefined ? {} : { roles }),
    ...secretOptionsOf(options),
    signal,
  })
  report('created', made, options.json === true)
}

/**
 * `xdrlab clients rotate`; the old secret comes from the store, the environment or a hidden question, never
 * from the command line.
 */
export async function rotateClient(id: string, options: SecretOptions & { force?: boolean }): Promise<void> {
  const { client, signal } = await open(options)
  const rest = { ...secretOptionsOf(options), signal }
  const made =
    options.force === true
      ? await client.clients.forceRotate(id, rest)
      : await rotateWithOldSecret(client, id, rest, signal)
  report('rotated', made, options.json === true)
}

async function rotateWithOldSecret(
  client: XdrClient,
  id: string,
  options: RotateOptions,
  signal: AbortSignal,
): Promise<NewApiClient> {
  const { CLIENT_ID, CLIENT_SECRET } = process.env
  if (CLIENT_ID === id && CLIENT_SECRET) return client.clients.rotate(id, CLIENT_SECRET, options)
  try {
    return await client.clients.rotate(id, undefined, options)
  } catch (error) {
    const screen = await currentScreen()
    if (!(error instanceof XdrError) || error.code !== 'XDR_INPUT_NEEDED' || screen.kind === 'none')
      throw error
    const secret = await screen.ask({ label: `Old secret of ${plain(id, 80)}`, hidden: true }, signal)
    return client.clients.rotate(id, secret, options)
  }
}

/** `xdrlab clients delete` */
export async function deleteClient(id: string, options: Common & { yes?: boolean }): Promise<void> {
  const { client, signal } = await open(options)
  const gone = await client.clients.delete(id, { confirm: options.yes === true, signal })
  process.stdout.write(
    options.json === true
      ? `${JSON.stringify({ deleted: gone })}\n`
      : `deleted: ${plain(gone.name)} · client id ${plain(gone.clientId)}\n`,
  )
}

async function open(options: Common): Promise<{ client: XdrClient; signal: AbortSignal }> {
  const signal = interruptSignal()
  return { client: await connect(providerOf(options), { ...connectOptionsOf(options), signal }), signal }
}

function secretOptionsOf({ keep, file, yes }: SecretOptions): RotateOptions {
  return {
    confirm: yes === true,
    ...(keep === undefined ? {} : { keep }),
    ...(file === undefined ? {} : { file }),
  }
}

function report(what: 'created' | 'rotated', made: NewApiClient, asJson: boolean): void {
  const { id, clientId, name, roles, tenantId, keptIn } = made
  // The process ends with this line, and the secret with it.
  if (keptIn === undefined) process.exitCode = 1
  const line = asJson
    ? JSON.stringify({ [what]: { id, clientId, name, roles, tenantId, keptIn: keptIn ?? null } })
    : [
        `${what}: ${plain(name)} · client id ${plain(clientId)} · ${plain(roles.join(', '))}`,
        keptIn === undefined
          ? `the secret is lost; "xdrlab clients rotate --force ${plain(id)}" makes another`
          : `the secret is in ${keptIn}`,
      ].join('\n')
  process.stdout.write(`${line}\n`)
}
