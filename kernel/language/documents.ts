import { readFileSync } from 'node:fs'
import { usualSnapshot } from '../../src/schema/snapshot.js'
import type { CellContext } from './answers.js'
import type { Insertion } from './cell-document.js'
import type { GraphQLIntelligence } from './graphql/intelligence.js'

const ownImport = /import\s[^'"]*\bgql\b[^'"]*\bfrom\s*(['"])xdrlab\1/

/** What TypeScript is to see of a cell's `gql` literals. */
export interface DocumentTypes {
  /** Type arguments behind the tags. */
  insertions: readonly Insertion[]
  /** What those refer to. */
  declarations: string
}

const noTypes: DocumentTypes = { insertions: [], declarations: '' }

/** GraphQL's part of the language worker; loaded when the first cell has a document, since it is large. */
export class CellDocuments {
  #parts: Awaited<ReturnType<typeof loadParts>> | undefined
  #schemaFile = usualSnapshot
  readonly #earlier: string[] = []
  #hasOwnTag = false

  /** Loads what the cell needs: what follows is answered at once. */
  async prepare(code: string): Promise<void> {
    if (this.#parts !== undefined || !(mayHaveDocuments(code) || mayHaveCql(code))) return
    this.#parts = await loadParts()
    this.#readSchema()
  }

  /** GraphQL for the cell, where it has any. */
  of(code: string): { graphql: GraphQLIntelligence; cell: CellContext } | undefined {
    if (this.#parts === undefined || !(mayHaveDocuments(code) || mayHaveCql(code))) return undefined
    return { graphql: this.#parts.graphql, cell: { code, earlier: this.#earlier } }
  }

  useSchema(file: string): void {
    this.#schemaFile = file
    this.#readSchema()
  }

  /** A cell has begun to run: later ones may put its fragments into their documents. */
  add(code: string): void {
    if (!mayHaveDocuments(code)) return
    this.#hasOwnTag ||= ownImport.test(code)
    this.#earlier.push(code)
  }

  /**
   * The types of the cell's documents, by the schema.
   *
   * @param serial keeps those of different cells apart
   */
  typesOf(code: string, serial: number): DocumentTypes {
    const parts = this.#parts
    const schema = parts?.graphql.schema
    // Another library's tag may take no type arguments, or others.
    if (parts === undefined || schema === undefined || !(this.#hasOwnTag || ownImport.test(code)))
      return noTypes
    const cell = { code, earlier: this.#earlier }
    const literals = parts
      .literalsOf(code)
      .filter(({ hasTypeArguments, isClosed }) => !hasTypeArguments && isClosed)
    if (literals.length === 0) return noTypes
    const documents = literals.map((literal) => ({ source: parts.compose(cell, literal).text }))
    const { declarations, pairs } = parts.documentTypes(schema, documents)
    const own = (text: string) => text.replaceAll(/\$gql\b/g, `$gql${serial}`)
    return {
      insertions: literals.map(({ tagEnd }, n) => {
        const { data = 'unknown', variables = 'unknown' } = pairs[n] ?? {}
        return { at: tagEnd, text: own(`<${data}, ${variables}>`) }
      }),
      declarations: own(declarations),
    }
  }

  #readSchema(): void {
    try {
      this.#parts?.graphql.useSchema(readFileSync(this.#schemaFile, 'utf8'))
    } catch {
      // Gone, or unreadable: the schema before stays.
    }
  }
}

function mayHaveDocuments(code: string): boolean {
  return /gql|GraphQL/.test(code)
}

/** Texts in the platform's search language. */
function mayHaveCql(code: string): boolean {
  return /\.(?:events|alerts|investigations)\b|\b(?:cql|ql_query)/.test(code)
}

async function loadParts() {
  const [{ GraphQLIntelligence }, { literalsOf }, { compose }, { documentTypes }] = await Promise.all([
    import('./graphql/intelligence.js'),
    import('./graphql/literals.js'),
    import('./graphql/composition.js'),
    import('../../src/schema/document-types.js'),
  ])
  return { graphql: new GraphQLIntelligence(), literalsOf, compose, documentTypes }
}
