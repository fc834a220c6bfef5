import { once } from 'node:events'
import { connect } from 'node:net'
import { isRecord } from '../../src/record.js'
import { JsonRpc } from './json-rpc.js'
import { type Item, kindOf } from './lsp-answers.js'
import { KnownMembers, type Told, type ToldMembers } from './member-texts.js'
import { withoutFiles } from './notebook.js'
import type { TypeScriptServer } from './typescript.js'

const longestRequestMs = 10_000
/** Kinds (`CompletionItemKind`) whose symbols have a type: methods, functions, fields, variables, properties, … */
const typedKinds: ReadonlySet<unknown> = new Set([2, 3, 4, 5, 6, 10, 20, 21])

/** A symbol's flag (`SymbolFlags.Alias`). */
const aliasFlag = 1 << 21

/** A place of a file, in UTF-16 units. */
export interface Place {
  file: string
  at: number
  /** Behind a dot: within the last word of what has the members. */
  owner?: number
}

/** Proposals, those that were chosen of them, and what is told of the first of these. */
export interface TypedList {
  items: readonly Item[]
  chosen: readonly Item[]
  told: readonly (Told | undefined)[]
}

/**
 * Proposals with their types and comments, by TypeScript's own API on the running language server. The stable protocol
 * tells them only for one proposal after the other, at the price of a completion each (40 ms for 24); this takes 6 ms,
 * and nothing where they were told before. It is called unstable: where it refuses, or is not what we know, the stable
 * way is taken.
 */
export class TypeTexts {
  readonly #rpc: JsonRpc
  readonly #server: TypeScriptServer
  readonly #configPath: string
  readonly #known = new KnownMembers()

  private constructor(rpc: JsonRpc, server: TypeScriptServer, configPath: string) {
    this.#rpc = rpc
    this.#server = server
    this.#configPath = configPath
  }

  /** Opens a session beside the language server's; `undefined` where that has none. */
  static async open(server: TypeScriptServer, configFile: string): Promise<TypeTexts | undefined> {
    try {
      const session = await server.request('custom/initializeAPISession', {})
      if (!isRecord(session) || typeof session.pipe !== 'string') return undefined
      const socket = connect(session.pipe)
      await once(socket, 'connect')
      const rpc = new JsonRpc({
        input: socket,
        output: socket,
        longestRequestMs,
        onLate: () => socket.destroy(),
      })
      socket.once('close', () => rpc.close('the API session has ended'))
      await rpc.request('initialize', null)
      return new TypeTexts(rpc, server, server.pathOf(configFile))
    } catch {
      return undefined
    }
  }

  /** A cell has run. */
  ran(code: string): void {
    this.#known.forget(code)
  }

  /** There is another schema. */
  forget(): void {
    this.#known.forgetAll()
  }

  /**
   * The proposals at a place of a file.
   *
   * @param choose which of them are wanted, in order; of the first `most` of those is told what they are
   */
  async complete(
    { file, at, owner }: Place,
    choose: (items: Item[]) => Item[],
    most: number,
  ): Promise<TypedList | undefined> {
    // Changes go through another pipe: an answer there says that they have been taken.
    await this.#server.request('custom/projectInfo', { textDocument: { uri: this.#server.uriOf(file) } })
    const updated = await this.#rpc.request('updateSnapshot', {})
    if (!isRecord(updated) || !Array.isArray(updated.projects)) return undefined
    const { snapshot } = updated
    try {
      const project = updated.projects.find(
        (each) => isRecord(each) && each.configFileName === this.#configPath,
      )
      if (!isRecord(project)) return undefined
      const scope = { snapshot, project: project.id }
      const path = this.#server.pathOf(file)
      const [found, known] = await Promise.all([
        this.#rpc.request('getCompletionsAtPosition', {
          ...scope,
          file: path,
          position: at,
          includeSymbol: true,
        }),
        owner === undefined
          ? undefined
          : this.#membersAt(scope, path, owner).catch((): undefined => undefined),
      ])
      const items = readEntries(found)
      if (items === undefined) return undefined
      const chosen = choose(items)
      return { items, chosen, told: await this.#tell(scope, chosen.slice(0, most), known) }
    } finally {
      // The answer goes first: each call of the system takes its time.
      setImmediate(() => void this.#rpc.request('release', { snapshot }).catch(() => undefined))
    }
  }

  /** What is known of the members of the type there. */
  async #membersAt(scope: object, file: string, position: number): Promise<ToldMembers | undefined> {
    const type = await this.#rpc.request('getTypeAtPosition', { ...scope, file, position })
    if (!isRecord(type)) return undefined
    const [text, symbol] = await Promise.all([
      this.#rpc.request('typeToString', { ...scope, type: type.id }),
      // One without a symbol is refused.
      this.#rpc.request('getSymbolOfType', { ...scope, objectId: type.id }).catch(() => undefined),
    ])
    return typeof text === 'string' ? this.#known.of(text, symbol) : undefined
  }

  /** @param known what was told before of members of the same type; what is told now joins it */
  async #tell(
    scope: object,
    items: readonly Item[],
    known: ToldMembers = new Map(),
  ): Promise<(Told | undefined)[]> {
    const asked = items.flatMap(({ label, raw }) => {
      if (known.has(label) || !isRecord(raw.symbol)) return []
      const { id: symbol, flags } = raw.symbol
      return [
        { label, symbol, hasType: typedKinds.has(raw.kind), isAlias: (Number(flags) & aliasFlag) !== 0 },
      ]
    })
    if (asked.length > 0) {
      const [signatures, comments] = await Promise.all([
        this.#typesOf(
          scope,
          asked.filter(({ hasType }) => hasType).map(({ symbol }) => symbol),
        ),
        Promise.all(
          asked.map(({ symbol, isAlias }) =>
            // A name that leads nowhere has none.
            this.#commentOn(scope, symbol, isAlias).catch((): undefined => undefined),
          ),
        ),
      ])
      for (const [n, { label, symbol }] of asked.entries()) {
        const signature = signatures.get(symbol)
        const documentation = comments[n]
        known.set(label, {
          ...(signature === undefined ? {} : { signature }),
          ...(documentation === undefined ? {} : { documentation }),
        })
      }
    }
    return items.map(({ label }) => known.get(label))
  }

  /** What is written of a symbol where it is declared; an imported name is only an alias of that. */
  async #commentOn(scope: object, symbol: unknown, isAlias: boolean): Promise<string | undefined> {
    const declared = isAlias ? await this.#rpc.request('getAliasedSymbol', { ...scope, symbol }) : undefined
    const asked = isRecord(declared) ? declared.id : symbol
    const comment = await this.#rpc.request('getDocumentationComment', { ...scope, symbol: asked })
    return typeof comment === 'string' && comment !== '' ? comment : undefined
  }

  async #typesOf(scope: object, symbols: readonly unknown[]): Promise<Map<unknown, string>> {
    const texts = new Map<unknown, string>()
    if (symbols.length === 0) return texts
    const types = await this.#rpc.request('getTypesOfSymbols', { ...scope, symbols })
    const asked = (Array.isArray(types) ? types : []).map(async (type: unknown, n) => {
      if (!isRecord(type)) return
      const text = await this.#rpc.request('typeToString', { ...scope, type: type.id })
      if (typeof text === 'string') texts.set(symbols[n], withoutFiles(text).replace(/\s+/g, ' '))
    })
    await Promise.all(asked)
    return texts
  }
}

/** `undefined` where a proposal is more than a name: its place is told by the stable protocol alone. */
function readEntries(found: unknown): Item[] | undefined {
  if (found === null) return []
  if (!isRecord(found) || !Array.isArray(found.entries)) return undefined
  const items: Item[] = []
  for (const raw of found.entries) {
    if (!isRecord(raw) || typeof raw.name !== 'string') return undefined
    const insertText = typeof raw.insertText === 'string' ? raw.insertText : raw.name
    // `["a key"]` in place of a dot: behind the dot it would be wrong.
    if (/^(?:\?\.)?\[/.test(insertText)) continue
    // Of what may be nothing, `?.name` in place of `.name`; what may be missing is called `name?`.
    const inserted = insertText.replace(/^\?\./, '')
    if (inserted !== raw.name && `${inserted}?` !== raw.name) return undefined
    const sortText = typeof raw.sortText === 'string' ? raw.sortText : ''
    items.push({
      label: raw.name,
      insertText,
      kind: kindOf(raw.kind),
      sortText,
      // As TypeScript sorts them: behind all others.
      isDeprecated: sortText.startsWith('z'),
      raw,
    })
  }
  return items
}
