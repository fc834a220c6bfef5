import { XdrError } from '../errors.js'
import type { ChosenSchema } from '../schema/choose.js'
import type { SchemaMatch } from '../schema/schema-parts.js'
import type { SchemaView } from '../schema/view.js'
import { plain } from '../text.js'
import type { ClientParts } from './calls.js'
import { wholeNumber } from './paging/options.js'

/** Where a schema comes from. */
export interface SchemaSource {
  /** `live`: the platform told it. `snapshot`: it ships with xdrlab, and lacks much. `none`: nothing is known. */
  kind: 'live' | 'snapshot' | 'none'
  /** Names the schema: another one has another. */
  hash: string | undefined
  /** When the platform told it. */
  fetchedAt: Date | undefined
  /** Its age, milliseconds. */
  ageMs: number | undefined
  /** Why the platform does not tell it, where it does not. */
  refused: string | undefined
}

export interface SchemaSearchOptions {
  /** How many are given at the most. Default 100. */
  limit?: number
}

const usualLimit = 100
const longestDescription = 400

/** The GraphQL schema of a client's platform: what can be asked for, and how. */
export class SchemaAccess {
  readonly #parts: ClientParts

  constructor(parts: ClientParts) {
    this.#parts = parts
  }

  /**
   * Types, fields, arguments and values that a text names, or whose descriptions do; the best first. Shown as a table.
   *
   * @param text one word or several, in any case
   * @throws XdrError `XDR_BAD_OPTION` for a platform of which no schema is known
   * @example
   * await xdr.schema.search('alert severity')
   */
  async search(
    text: string,
    { limit = usualLimit }: SchemaSearchOptions = {},
  ): Promise<readonly SchemaMatch[]> {
    if (typeof text !== 'string' || text.trim() === '') {
      throw new XdrError('XDR_BAD_OPTION', 'search() needs a word', {
        hint: "for example xdr.schema.search('alert')",
      })
    }
    const { place } = await this.#known()
    const input = { place, text, limit: wholeNumber('limit', limit, 1) }
    const [matches, { withTable }] = await Promise.all([
      this.#run('search', input),
      import('../results/table.js'),
    ])
    return withTable(matches.map(safeMatch))
  }

  /**
   * A type or a field with all that belongs to it: arguments, types, descriptions, what is deprecated. Shown as a tree.
   *
   * @param name `AlertsResponse`, `Query.alertsServiceSearch`, `SearchRequestInput.limit`
   * @throws XdrError `XDR_BAD_OPTION` with the nearest names
   * @example
   * await xdr.schema.show('Query.alertsServiceSearch')
   */
  async show(name: string): Promise<SchemaView> {
    if (typeof name !== 'string' || name.trim() === '') {
      throw new XdrError('XDR_BAD_OPTION', 'show() needs a name', {
        hint: "for example xdr.schema.show('Query')",
      })
    }
    const { place } = await this.#known()
    const entry = await this.#run('show', { place, name })
    if ('nearest' in entry) throw unknownName(name, entry.nearest)
    const { SchemaView } = await import('../schema/view.js')
    return new SchemaView(entry)
  }

  /**
   * Asks the platform for its schema now. In a notebook this happens by itself, once a day, behind the cells.
   *
   * @throws XdrError why the platform does not tell it: the one that ships goes on
   */
  async refresh(): Promise<SchemaSource> {
    const [{ fetchSchemas }, { announceSchema }, { forgetSchemas }] = await Promise.all([
      import('./schema-fetch.js'),
      import('../schema/active.js'),
      import('./validation.js'),
    ])
    try {
      await fetchSchemas(this.#parts, { isQuiet: false, signal: this.#parts.screen.signal })
    } finally {
      forgetSchemas()
    }
    const { place } = await this.#known()
    announceSchema({ path: place.path, hash: place.hash })
    return await this.source
  }

  /** Where the schema comes from that holds now, and how old it is. */
  get source(): Promise<SchemaSource> {
    return this.#source()
  }

  async #source(): Promise<SchemaSource> {
    const { ownerOf, wholeSchema } = await import('../schema/choose.js')
    const { readSchemaRecord, schemaPath } = await import('../schema/schema-file.js')
    const { mainPath } = await import('../schema/paths.js')
    const { target, clock } = this.#parts
    const known = wholeSchema(target, clock.now())
    const refused = readSchemaRecord(schemaPath(ownerOf(target), mainPath, 'refusal'))?.refused
    const fetchedAt = known?.fetchedAt
    return {
      kind: known?.kind ?? 'none',
      hash: known?.place.hash,
      fetchedAt: fetchedAt === undefined ? undefined : new Date(fetchedAt),
      ageMs: fetchedAt === undefined ? undefined : clock.now() - fetchedAt,
      refused,
    }
  }

  async #known(): Promise<ChosenSchema> {
    const { wholeSchema } = await import('../schema/choose.js')
    const { target, clock } = this.#parts
    const known = wholeSchema(target, clock.now())
    if (known !== undefined) return known
    throw new XdrError('XDR_BAD_OPTION', `no schema of ${target.provider.title} is known`, {
      hint:
        target.provider.graphql === undefined
          ? 'it has no GraphQL interface'
          : 'ask the platform for it: await xdr.schema.refresh()',
    })
  }

  async #run<Name extends 'search' | 'show'>(
    name: Name,
    input: import('../schema/thread-tasks.js').Tasks[Name]['takes'],
  ): Promise<import('../schema/thread-tasks.js').Tasks[Name]['gives']> {
    const { schemaWorker } = await import('../schema/schema-worker.js')
    return await schemaWorker.run(name, input)
  }
}

/** What a server says of its schema, safe to show. */
function safeMatch({ name, kind, type, description, deprecated }: SchemaMatch): SchemaMatch {
  return {
    name: plain(name),
    kind,
    type: plain(type),
    description: plain(description, longestDescription),
    deprecated: plain(deprecated, longestDescription),
  }
}

function unknownName(name: string, nearest: readonly string[]): XdrError {
  return new XdrError('XDR_BAD_OPTION', `the schema has no "${plain(name, 80)}"`, {
    hint:
      nearest.length === 0
        ? `look for it: xdr.schema.search('${plain(name, 40).replaceAll("'", '')}')`
        : `did you mean ${nearest.map((each) => plain(each, 80)).join(', ')}?`,
  })
}
