import { once } from 'node:events'
import { connect } from 'node:net'
import { isRecord } from '../../src/record.js'
import { JsonRpc } from './json-rpc.js'
import { type Item, kindOf } from './lsp-answers.js'
import { withoutFiles } from './notebook.js'
import type { TypeScriptServer } from './typescript.js'

const longestRequestMs = 10_000
/** Kinds (`CompletionItemKind`) whose symbols have a type: methods, functions, fields, variables, properties, … */
const typedKinds: ReadonlySet<unknown> = new Set([2, 3, 4, 5, 6, 10, 20, 21])

/** Proposals, those that were chosen of them, and the types of the first of these. */
export interface TypedList {
  items: readonly Item[]
  chosen: readonly Item[]
  signatures: readonly (string | undefined)[]
}

/**
 * Proposals with their types, by TypeScript's own API on the running language server. The stable protocol tells a
 * type only for one proposal after the other, at the price of a completion each (40 ms for 24); this takes 5 ms. It is
 * called unstable: where it refuses, or is not what we know, the stable way is taken.
 */
export class TypeTexts {
  readonly #rpc: JsonRpc
  readonly #server: TypeScriptServer
  readonly #configPath: string

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

  /**
   * The proposals at a place of a file.
   *
   * @param choose which of them are wanted, in order; the first `most` of those get their types
   */
  async complete(
    file: string,
    position: number,
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
      const found = await this.#rpc.request('getCompletionsAtPosition', {
        ...scope,
        file: this.#server.pathOf(file),
        position,
        includeSymbol: true,
      })
      const items = readEntries(found)
      if (items === undefined) return undefined
      const chosen = choose(items)
      return { items, chosen, signatures: await this.#signatures(scope, chosen.slice(0, most)) }
    } finally {
      // The answer goes first: each call of the system takes its time.
      setImmediate(() => void this.#rpc.request('release', { snapshot }).catch(() => undefined))
    }
  }

  async #signatures(scope: object, items: readonly Item[]): Promise<(string | undefined)[]> {
    const asked = items.map(({ raw }) =>
      typedKinds.has(raw.kind) && isRecord(raw.symbol) ? raw.symbol.id : undefined,
    )
    const symbols = asked.filter((id) => id !== undefined)
    if (symbols.length === 0) return []
    const types = await this.#rpc.request('getTypesOfSymbols', { ...scope, symbols })
    if (!Array.isArray(types)) return []
    const texts = await Promise.all(
      types.map((type) =>
        isRecord(type) ? this.#rpc.request('typeToString', { ...scope, type: type.id }) : undefined,
      ),
    )
    let next = 0
    return asked.map((id) => {
      const text = id === undefined ? undefined : texts[next++]
      return typeof text === 'string' ? withoutFiles(text).replace(/\s+/g, ' ') : undefined
    })
  }
}

/** `undefined` where a proposal is more than a name: its place is told by the stable protocol alone. */
function readEntries(found: unknown): Item[] | undefined {
  if (found === null) return []
  if (!isRecord(found) || !Array.isArray(found.entries)) return undefined
  const items: Item[] = []
  for (const raw of found.entries) {
    if (!isRecord(raw) || typeof raw.name !== 'string') return undefined
    // `["a key"]` in place of a dot: behind the dot it would be wrong.
    if (typeof raw.insertText === 'string' && raw.insertText.startsWith('[')) continue
    if (raw.insertText !== undefined && raw.insertText !== raw.name) return undefined
    const sortText = typeof raw.sortText === 'string' ? raw.sortText : ''
    items.push({
      label: raw.name,
      insertText: raw.name,
      kind: kindOf(raw.kind),
      sortText,
      // As TypeScript sorts them: behind all others.
      isDeprecated: sortText.startsWith('z'),
      raw,
    })
  }
  return items
}
