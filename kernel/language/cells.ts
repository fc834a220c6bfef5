import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { isRecord } from '../../src/record.js'
import { within } from '../../src/within.js'
import { isInText } from '../cursor-expression.js'
import type { Diagnostic } from './answers.js'
import { importable, importableFrom, importLineOf } from './auto-import.js'
import { type CellDocument, lineStarts } from './cell-document.js'
import { mayBeNothing, severityOf } from './diagnostic-table.js'
import type { CellDocuments } from './documents.js'
import {
  type Detail,
  type Item,
  markdownOf,
  plainOf,
  rangeOf,
  readDetail,
  readItems,
  readRange,
  readSignature,
} from './lsp-answers.js'
import { mayChangeTypes } from './member-texts.js'
import { inspectedPlace, nameAround, nameBegunAt, ownerBefore } from './names-at.js'
import { cellFile, Notebook, type OpenCell, withoutFiles } from './notebook.js'
import type { PackageNames } from './package-names.js'
import { chosen, kindByType, proposalOf, takesNames } from './proposals.js'
import type { Completed, Inspection } from './protocol.js'
import type { TypeTexts } from './type-texts.js'
import type { TypeScriptServer } from './typescript.js'

/** Of the rest nobody sees the types. */
const mostDetailed = 24
/** By the stable protocol they come one by one: the first ones only, and as long as nobody waits, milliseconds. */
const mostAsked = 6
const detailsWithinMs = 25
const longestSource = 20_000

const cannotFindName = 2304

interface Shown extends OpenCell {
  code: string
  typed: string | undefined
}

type List = Omit<Completed, 'declared'>

/** The notebook's cells, seen by TypeScript. */
export class TypedCells {
  readonly #server: TypeScriptServer
  readonly #documents: CellDocuments
  readonly #texts: TypeTexts | undefined
  readonly #packages: PackageNames
  readonly #notebook = new Notebook()
  #added = 0
  /** What the server has as the current cell. */
  #shown: Shown | undefined

  /**
   * @param packages what the cells could import
   * @param texts what is quicker with types than the server's own protocol; `undefined` where it is not to be had
   */
  constructor(server: TypeScriptServer, documents: CellDocuments, packages: PackageNames, texts?: TypeTexts) {
    this.#packages = packages
    this.#server = server
    this.#texts = texts
    this.#documents = documents
  }

  /** Another schema: the cell at the cursor is read anew. */
  useSchema(file: string): void {
    this.#documents.useSchema(file)
    this.#texts?.forget()
    this.#shown = undefined
  }

  /** A cell has begun to run: the next ones see its names. */
  add(code: string): void {
    const types = this.#documents.typesOf(code, ++this.#added)
    for (const change of this.#notebook.add(code, types)) this.#server.put(change)
    this.#documents.add(code)
    this.#texts?.ran(code)
    // Nobody waits now: what has changed is read before the next key is pressed, one file after the other.
    this.#settle()
    this.#shown = undefined
    this.#show('')
    this.#settle()
  }

  async complete(code: string, cursor: number): Promise<Completed> {
    const literals = this.#documents.of(code)
    const within = literals?.graphql.complete(literals.cell, cursor)
    if (within !== undefined) return { ...within, takesNames: false, declared: [] }
    const isName = !isInText(code, cursor)
    const begun = isName ? nameBegunAt(code, cursor) : undefined
    const { document, declared } = this.#show(code, begun)
    const list =
      (isName ? await this.#quickList(code, cursor, document) : undefined) ??
      (await this.#wholeList(code, cursor, document))
    if (!list.takesNames) return { ...list, declared: [...declared] }
    const known = new Set(list.proposals.map(({ text }) => text))
    const typed = code.slice(list.start, cursor)
    const own = importable(typed, known)
    for (const { text } of own) known.add(text)
    const proposals = [...list.proposals, ...own, ...importableFrom(this.#packages, typed, known)]
    return { ...list, proposals, declared: [...declared] }
  }

  /** Of a name outside of texts: by TypeScript's API, with types; `undefined` where that is not to be had. */
  async #quickList(code: string, cursor: number, document: CellDocument): Promise<List | undefined> {
    const range = nameAround(code, cursor)
    const typed = code.slice(range.start, cursor)
    const choose = (items: Item[]) => chosen(items, typed)
    const owner = mayChangeTypes(code) ? undefined : ownerBefore(code, range.start)
    const place = {
      file: cellFile,
      at: document.placeOf(cursor),
      ...(owner === undefined ? {} : { owner: document.placeOf(owner) }),
    }
    const found = await this.#texts?.complete(place, choose, mostDetailed).catch(() => undefined)
    if (found === undefined) return undefined
    const proposals = found.chosen.map((item, n) => {
      const told = found.told[n]
      return proposalOf(item, told && { ...told, ...kindByType(told.signature) })
    })
    const replacesDot = found.chosen.some(({ insertText }) => insertText.startsWith('?.'))
    const start = replacesDot ? code.lastIndexOf('.', range.start) : range.start
    return { proposals, start, end: range.end, takesNames: takesNames(found.items) }
  }

  /** By the stable protocol, which knows what is replaced: keys, paths, tags of comments. */
  async #wholeList(code: string, cursor: number, document: CellDocument): Promise<List> {
    const result = await this.#ask('completion', { position: document.positionOf(cursor) })
    const found = readItems(result)
    const range = this.#replaced(result, document, code, cursor)
    const matching = chosen(found, code.slice(range.start, cursor))
    const details = await this.#details(matching.slice(0, mostAsked))
    const proposals = matching.map((item, n) => proposalOf(item, details[n]))
    return { proposals, ...range, takesNames: takesNames(found) }
  }

  async inspect(code: string, cursor: number, isDetailed: boolean): Promise<Inspection | undefined> {
    const literals = this.#documents.of(code)
    const within = literals?.graphql.hover(literals.cell, cursor)
    if (within !== undefined) return within
    const { document } = this.#show(code)
    const at = inspectedPlace(code, cursor)
    const position = document.positionOf(at)
    const hover = await this.#ask('hover', { position })
    const found = isRecord(hover) ? markdownOf(hover.contents) : ''
    // So it calls what it does not know.
    const markdown = plainOf(found) === 'any' ? '' : found
    if (markdown === '') {
      return (await this.#inspectCall(document, cursor)) ?? (await this.#inspectImportable(code, at))
    }
    const range = isRecord(hover) ? rangeOf(hover.range) : undefined
    const source = isDetailed ? await this.#sourceOf(document, at) : undefined
    return {
      markdown,
      text: plainOf(markdown),
      start: (range && document.offsetOf(range.start)) ?? at,
      end: (range && document.offsetOf(range.end)) ?? at,
      ...(source === undefined ? {} : { source }),
    }
  }

  async check(code: string): Promise<Diagnostic[]> {
    const { document, isBroken, variables } = this.#show(code)
    // It does not run, and the kernel says why.
    if (isBroken) return []
    const literals = this.#documents.of(code)
    const found = literals?.graphql.diagnose(literals.cell) ?? []
    const result = await this.#ask('diagnostic', {})
    const items: unknown[] = isRecord(result) && Array.isArray(result.items) ? result.items : []
    for (const item of items) {
      if (!isRecord(item)) continue
      const range = rangeOf(item.range)
      const severity = severityOf(Number(item.code), Number(item.severity ?? 1))
      const start = range && document.offsetOf(range.start)
      const end = range && document.offsetOf(range.end)
      if (severity === undefined || start === undefined || end === undefined) continue
      // Which of a variable's types it has now, the cell that has assigned to it knows.
      if (mayBeNothing.has(Number(item.code)) && variables.has(code.slice(start, end))) continue
      const importLine =
        Number(item.code) === cannotFindName ? importLineOf(code.slice(start, end)) : undefined
      const way = importLine === undefined ? '' : ` Add: ${importLine}`
      const message = `${withoutFiles(String(item.message))}${way}`
      found.push({ severity, message, source: 'typescript', code: String(item.code), start, end })
    }
    return found.sort((a, b) => a.start - b.start)
  }

  #settle(): void {
    const textDocument = { uri: this.#server.uriOf(cellFile) }
    this.#server.request('custom/projectInfo', { textDocument }).catch(() => undefined)
  }

  /** @param typed how a name begins that is to be completed */
  #show(code: string, typed?: string): Shown {
    const isShown = this.#shown?.code === code && (typed === undefined || typed === this.#shown.typed)
    if (this.#shown !== undefined && isShown) return this.#shown
    this.#shown = { code, typed, ...this.#notebook.open(code, this.#documents.typesOf(code, 0), typed) }
    this.#server.put({ name: cellFile, text: this.#shown.document.text })
    return this.#shown
  }

  #ask(method: string, params: object): Promise<unknown> {
    const textDocument = { uri: this.#server.uriOf(cellFile) }
    return this.#server.request(`textDocument/${method}`, { textDocument, ...params })
  }

  /** In units of the cell; a name in the middle is replaced whole. */
  #replaced(
    result: unknown,
    document: CellDocument,
    code: string,
    cursor: number,
  ): { start: number; end: number } {
    const range = readRange(result)
    const start = range && document.offsetOf(range.start)
    const end = range && document.offsetOf(range.end)
    if (start !== undefined && end !== undefined && start <= cursor && end >= cursor) return { start, end }
    return nameAround(code, cursor)
  }

  /** Types and documentation of the first proposals, as far as they come in time. */
  async #details(items: readonly Item[]): Promise<(Detail | undefined)[]> {
    const details: (Detail | undefined)[] = items.map(() => undefined)
    const asked = items.map(async ({ raw }, n) => {
      details[n] = readDetail(
        await this.#server.request('completionItem/resolve', raw).catch(() => undefined),
      )
    })
    await within(detailsWithinMs, Promise.all(asked))
    return [...details]
  }

  /** Within the parentheses of a call: how it is called. */
  async #inspectCall(document: CellDocument, cursor: number): Promise<Inspection | undefined> {
    const help = await this.#ask('signatureHelp', { position: document.positionOf(cursor) })
    const markdown = readSignature(help)
    return markdown === undefined
      ? undefined
      : { markdown, text: plainOf(markdown), start: cursor, end: cursor }
  }

  /** A name that xdrlab has and the cell lacks. */
  async #inspectImportable(code: string, at: number): Promise<Inspection | undefined> {
    const { start, end } = nameAround(code, at)
    const importLine = importLineOf(code.slice(start, end))
    // A member may be called the same.
    if (importLine === undefined || code[start - 1] === '.') return undefined
    const told = await this.inspect(importLine, 'import { '.length + 1, false)
    if (told === undefined) return undefined
    const needs = `Needs \`${importLine}\`.`
    return { markdown: `${told.markdown}\n\n${needs}`, text: `${told.text}\n\n${plainOf(needs)}`, start, end }
  }

  /** The whole declaration, from a cell or from a file. */
  async #sourceOf(document: CellDocument, at: number): Promise<string | undefined> {
    const found = await this.#ask('definition', { position: document.positionOf(at) }).catch(() => undefined)
    const link: unknown = Array.isArray(found) ? found[0] : found
    if (!isRecord(link)) return undefined
    const uri = link.targetUri ?? link.uri
    const range = rangeOf(link.targetRange ?? link.range)
    if (typeof uri !== 'string' || range === undefined) return undefined
    const text =
      this.#server.textOf(uri) ?? (await readFile(fileURLToPath(uri), 'utf8').catch(() => undefined))
    if (text === undefined) return undefined
    const lines = lineStarts(text)
    const [from, to] = [range.start, range.end].map(({ line, character }) => (lines[line] ?? 0) + character)
    const source = text.slice(from, to)
    return source.length > longestSource ? `${source.slice(0, longestSource)}\n…` : source
  }
}
