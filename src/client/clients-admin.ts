import { GraphQLFailure, XdrError } from '../errors.js'
import type { ClientRole } from '../providers/taegis-roles.js'
import { isRecord } from '../record.js'
import { Secret } from '../secrets.js'
import { clientAccount } from '../store/profile.js'
import { plain } from '../text.js'
import { type CallOptions, type ClientParts, joinSignals } from './calls.js'
import { askConfirmation } from './changes.js'
import { type Keeper, type KeepOptions, openKeeper, storedSecrets } from './client-secret.js'
import { explainRefusal, isUnknownField } from './clients-refusal.js'
import { documents, listDocument, readClient, readClientList } from './clients-wire.js'

/** Client credentials as they are registered, without their secret. */
export interface ApiClient {
  /** UUID. */
  id: string
  /** What a program signs in with. */
  clientId: string
  name: string
  /** By the names of {@link ClientRole} where they are known, else as the platform calls them. */
  roles: string[]
  tenantId: string
  /** RFC 3339. */
  createdAt: string
}

/** A page of client credentials; shown as a table. */
export interface ApiClientList {
  clients: ApiClient[]
  /** Over all pages, where the platform says. */
  total: number | undefined
}

/** Client credentials whose secret has just been made. */
export interface NewApiClient extends ApiClient {
  /** Hidden in every output; `secret.reveal()` is the one way out. */
  secret: Secret
  /** Where the secret was put; `undefined` where that failed, and the reason was shown. */
  keptIn: string | undefined
}

/** What every change takes. */
export interface ChangeOptions extends CallOptions {
  /** `true` answers the question before the change. Needed where nobody can be asked. */
  confirm?: boolean
}

export interface NewClientOptions extends ChangeOptions, KeepOptions {
  /** Unique in the tenant. */
  name: string
  /** Default: `['analyst']`. */
  roles?: readonly ClientRole[]
}

export interface RotateOptions extends ChangeOptions, KeepOptions {}

/** Everything is optional; without filters all that you may see. */
export interface ListClientsOptions extends CallOptions {
  name?: string
  /** Client ids or UUIDs. */
  clientIds?: readonly string[]
  roles?: readonly ClientRole[]
  /** Tenants whose clients are listed; `tenant` is the one that the call itself is made for. */
  tenantIds?: readonly string[]
  /** The first is 0. */
  page?: number
  perPage?: number
}

type Ask = (
  document: string,
  variables: Record<string, unknown>,
  options: CallOptions & { confirm?: boolean },
) => Promise<Record<string, unknown>>

/**
 * Makes and ends client credentials for programs (Taegis). Every change asks first; a secret is given out once, to
 * the place that you choose, and stands in no notebook.
 *
 * @example
 * await xdr.clients.create({ name: 'nightly', roles: ['analyst'], keep: 'store' })
 * await xdr.clients.list({ name: 'nightly' })
 */
export class ClientAdministration {
  readonly #parts: ClientParts
  readonly #ask: Ask

  constructor(parts: ClientParts, ask: Ask) {
    this.#parts = parts
    this.#ask = ask
  }

  /**
   * The client credentials that you may see, filtered and in pages.
   *
   * @throws XdrError, GraphQLFailure
   */
  async list(options: ListClientsOptions = {}): Promise<ApiClientList> {
    const { name, clientIds, roles, tenantIds, page, perPage, ...call } = options
    const filters = { name, clientIDs: clientIds, roleIDs: this.#roleIds(roles), tenantIDs: tenantIds }
    checkPage(page, perPage)
    const found = await this.#search(filters, { page, perPage }, call)
    const { withTable } = await import('../results/table.js')
    return withTable(found)
  }

  async #search(
    filters: Readonly<Record<string, unknown>>,
    { page, perPage }: { page: number | undefined; perPage: number | undefined },
    call: CallOptions,
  ): Promise<ApiClientList> {
    let data: Record<string, unknown>
    try {
      data = await this.#ask(documents.search, { filters: { ...filters, pageOffset: page, perPage } }, call)
    } catch (error) {
      if (!isUnknownField(error)) throw error
      // Deployments that have only the older field.
      data = await this.#ask(listDocument({ ...filters, page, perPage }), {}, call)
    }
    return readClientList(data, this.#knownRoles())
  }

  /**
   * Makes client credentials. The platform gives out at most 10 an hour in a tenant.
   *
   * @throws GraphQLFailure where the name is taken; XdrError `XDR_CONFIRM_NEEDED`, `XDR_RATE_LIMITED`, …
   */
  async create(options: NewClientOptions): Promise<NewApiClient> {
    const { name, roles = ['analyst'] } = options
    if (typeof name !== 'string' || name.trim() === '') {
      throw new XdrError('XDR_BAD_OPTION', 'create() needs a name', {
        hint: "for example xdr.clients.create({ name: 'nightly-report' })",
      })
    }
    const roleIds = this.#roleIds(roles)
    const question = `Create the client credentials "${plain(name, 80)}" (${roles.join(', ')})`
    return this.#renewSecret(question, options, (call) =>
      this.#ask(documents.create, { name, roles: roleIds }, call).catch(explainRefusal),
    )
  }

  /**
   * Gives a client a new secret in exchange for the old one, which ends at once.
   *
   * @param id UUID or client id
   * @param secret the old secret; left out, the one in the store
   */
  async rotate(id: string, secret?: Secret | string, options: RotateOptions = {}): Promise<NewApiClient> {
    checkId(id)
    const old =
      typeof secret === 'string' ? new Secret(secret) : (secret ?? (await this.#storedSecret(id, options)))
    if (old === undefined) {
      throw new XdrError(
        'XDR_INPUT_NEEDED',
        `the old secret of ${plain(id, 80)} is needed, and is not in the store`,
        {
          hint: 'give it as second argument, or use forceRotate(id) as an administrator of the tenant',
        },
      )
    }
    return this.#renewSecret(
      `Rotate the secret of ${plain(id, 80)}: the old one ends at once`,
      options,
      (call) => this.#ask(documents.rotate, { id, secret: old.reveal() }, call),
    )
  }

  /** Gives a client a new secret without the old one; for administrators of the tenant. */
  async forceRotate(id: string, options: RotateOptions = {}): Promise<NewApiClient> {
    checkId(id)
    const question = `Rotate the secret of ${plain(id, 80)} by force: the old one ends at once`
    return this.#renewSecret(question, options, (call) => this.#ask(documents.forceRotate, { id }, call))
  }

  /** Ends client credentials for good; a secret of theirs in the store goes too. */
  async delete(
    id: string,
    options: ChangeOptions = {},
  ): Promise<{ id: string; clientId: string; name: string }> {
    checkId(id)
    this.#knownRoles()
    await this.#confirm(`Delete the client credentials ${plain(id, 80)} for good`, options.confirm === true)
    const data = await this.#ask(documents.delete, { id }, { ...options, confirm: true })
    const { clientId, ...gone } = readClient(data.deleteClient, {}) ?? { id, clientId: id, name: '' }
    const { store, target } = this.#parts
    const { name: provider } = target.provider
    await store?.remove({
      provider,
      region: target.region,
      origin: target.origin,
      account: clientAccount(clientId),
    })
    return { id: gone.id, clientId, name: gone.name }
  }

  /** Place first, then the question, then the change: what is made must not be lost. */
  async #renewSecret(
    question: string,
    options: ChangeOptions & KeepOptions,
    change: (call: CallOptions & { confirm: true }) => Promise<Record<string, unknown>>,
  ): Promise<NewApiClient> {
    const roles = this.#knownRoles()
    const { keep, file, confirm, ...call } = options
    const keeper = await openKeeper(
      this.#parts,
      { ...(keep === undefined ? {} : { keep }), ...(file === undefined ? {} : { file }) },
      joinSignals(options.signal, this.#parts.screen.signal),
    )
    try {
      // Under a notebook's cell somebody has to be there: a headless run would show the secret to nobody.
      const isAnswered = confirm === true && !(keep === 'screen' && this.#parts.screen.kind === 'notebook')
      await this.#confirm(`${question}; the secret goes to ${keeper.place}`, isAnswered)
      const [answer] = Object.values(await change({ ...call, confirm: true }))
      const given = isRecord(answer) ? (answer.client_secret ?? answer.clientSecret) : undefined
      const client = readClient(isRecord(answer) ? answer.client : undefined, roles)
      if (typeof given !== 'string' || given === '' || client === undefined) {
        throw new XdrError('XDR_BAD_RESPONSE', 'the platform made the change and gave no secret', {
          hint: 'look with list(), then give it a new secret with forceRotate(id)',
        })
      }
      const keptIn = (await this.#keep(keeper, client, given)) ? keeper.place : undefined
      return { ...client, secret: new Secret(given, 'client secret'), keptIn }
    } finally {
      keeper.discard()
    }
  }

  async #keep(keeper: Keeper, client: ApiClient, secret: string): Promise<boolean> {
    try {
      await keeper.keep(client, secret)
      return true
    } catch (error) {
      const why = error instanceof XdrError ? error.message : 'the place failed'
      const hint = 'it is in the returned value (secret.reveal()) until this process ends'
      this.#parts.screen.note('warning', `${why}; the new secret is kept nowhere: ${hint}`)
      return false
    }
  }

  async #confirm(question: string, isAnswered: boolean): Promise<void> {
    if (!isAnswered) await askConfirmation(this.#parts, question)
  }

  /** The store knows clients by their client id alone; which one has a UUID, the platform says. */
  async #storedSecret(id: string, options: RotateOptions): Promise<Secret | undefined> {
    const secrets = await storedSecrets(this.#parts)
    if (secrets.size === 0 || secrets.has(id)) return secrets.get(id)
    const { keep: _keep, file: _file, confirm: _confirm, ...call } = options
    try {
      const filters = { clientIDs: [...secrets.keys()] }
      const { clients } = await this.#search(filters, { page: 0, perPage: secrets.size }, call)
      const named = clients.find((client) => client.id === id)
      return named === undefined ? undefined : secrets.get(named.clientId)
    } catch (error) {
      // Who may rotate a client need not be allowed to list them.
      if (error instanceof GraphQLFailure) return undefined
      throw error
    }
  }

  #knownRoles(): Readonly<Record<string, string>> {
    const { clientRoles, title } = this.#parts.target.provider
    if (clientRoles !== undefined) return clientRoles
    throw new XdrError('XDR_BAD_OPTION', `${title} has no client credentials that can be managed from here`, {
      hint: 'make them in the platform’s own administration',
    })
  }

  #roleIds(roles: readonly string[] | undefined): string[] | undefined {
    const known = this.#knownRoles()
    return roles?.map((role) => {
      const id = Object.hasOwn(known, role) ? known[role] : undefined
      if (id !== undefined) return id
      throw new XdrError('XDR_BAD_OPTION', `there is no role "${plain(role, 40)}"`, {
        hint: `use ${Object.keys(known).join(', ')}`,
      })
    })
  }
}

function checkId(id: string): void {
  if (typeof id === 'string' && id.trim() !== '') return
  throw new XdrError('XDR_BAD_OPTION', 'the id of the client is needed', {
    hint: 'give its UUID or client id; list() shows both',
  })
}

function checkPage(page: number | undefined, perPage: number | undefined): void {
  const isOff = (value: number | undefined, least: number) =>
    value !== undefined && !(Number.isSafeInteger(value) && value >= least)
  if (!isOff(page, 0) && !isOff(perPage, 1)) return
  throw new XdrError('XDR_BAD_OPTION', 'page and perPage must be whole numbers; the first page is 0', {
    hint: 'for example { page: 0, perPage: 50 }',
  })
}
