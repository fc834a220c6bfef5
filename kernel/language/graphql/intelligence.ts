import type { GraphQLSchema } from 'graphql'
import { buildSdl, isPartialSdl } from '../../../src/schema/build.js'
import type { CellContext, Completions, Diagnostic, Hover } from '../answers.js'
import { completeDocument } from './complete.js'
import { compose } from './composition.js'
import { completeCql, cqlAt } from './cql.js'
import { diagnoseCell, type KnownSchema } from './diagnose.js'
import { hoverDocument } from './hover.js'
import { literalAt, literalsOf } from './literals.js'

/**
 * What a platform's schema says of the `gql` literals of a cell. Cells need not be complete, nor right; places are
 * UTF-16 units of the cell's text.
 *
 * @example
 * const graphql = new GraphQLIntelligence()
 * graphql.useSchema(await readFile('schema.graphql', 'utf8'))
 * graphql.complete({ code: 'gql`{ aler`', earlier: [] }, 10)?.proposals[0]?.text      // 'alertsServiceSearch'
 */
export class GraphQLIntelligence {
  #sdl = ''
  #known: KnownSchema | undefined

  /** Takes another schema; it is built when it is first needed. A text that is none leaves completion without names. */
  useSchema(sdl: string): void {
    if (sdl === this.#sdl) return
    this.#sdl = sdl
    this.#known = undefined
  }

  /** What may stand at the cursor; `undefined` outside of the literals, and of texts in CQL. */
  complete(cell: CellContext, cursor: number): Completions | undefined {
    const cql = cqlAt(cell.code, cursor)
    if (cql !== undefined) return completeCql(cell.code, cursor, cql)
    const literal = literalAt(cell.code, cursor)
    if (literal === undefined) return undefined
    const schema = this.#schema()?.schema
    if (schema === undefined) return { proposals: [], start: cursor, end: cursor }
    const composition = compose(cell, literal)
    const offset = composition.toDocument(cursor)
    const { proposals, start, end } = completeDocument(schema, composition.text, offset)
    return {
      proposals,
      start: cursor - (offset - start),
      end: Math.min(cursor + (end - offset), literal.end),
    }
  }

  /** What stands at the cursor; `undefined` outside of the literals and where there is nothing to say. */
  hover(cell: CellContext, cursor: number): Hover | undefined {
    const literal = literalAt(cell.code, cursor)
    const schema = literal === undefined ? undefined : this.#schema()?.schema
    if (literal === undefined || schema === undefined) return undefined
    const composition = compose(cell, literal)
    const offset = composition.toDocument(cursor)
    const hover = hoverDocument(schema, composition.text, offset)
    if (hover === undefined) return undefined
    return { ...hover, start: cursor - (offset - hover.start), end: cursor + (hover.end - offset) }
  }

  /** What is wrong in the cell's literals. */
  diagnose(cell: CellContext): Diagnostic[] {
    if (literalsOf(cell.code).length === 0) return []
    const known = this.#schema()
    return known === undefined ? [] : diagnoseCell(known, cell)
  }

  /** The schema; `undefined` where there is none, or no readable one. */
  get schema(): GraphQLSchema | undefined {
    return this.#schema()?.schema
  }

  #schema(): KnownSchema | undefined {
    if (this.#known === undefined && this.#sdl !== '') {
      try {
        this.#known = { schema: buildSdl(this.#sdl), isPartial: isPartialSdl(this.#sdl) }
      } catch {
        this.#sdl = ''
      }
    }
    return this.#known
  }
}
