import type { SourceMap } from 'node:module'
import { transformSync } from 'oxc-transform'
import { Edits } from './edits.js'
import { type Lifted, liftModuleSyntax } from './lift.js'
import { isPlainExpression } from './plain-expression.js'
import { combineMaps, type MapLayer } from './source-maps.js'
import { beginsWithBrace, syntaxErrorOf, withoutEndComments } from './syntax.js'

/** A cell as V8 takes it. */
export interface Script {
  code: string
  /** The last statement is an expression, and no `;` hides it: its value is the cell's result. */
  hasResult: boolean
  /** The way back from the script's lines to the cell's. */
  sourceMap(): SourceMap
  /** V8 has refused it: what it declares does not exist. */
  discard(): void
}

/** What Node 20 lacks is lowered: `using`, decorators (the experimental ones), `accessor`. */
export const loweringOptions = {
  target: 'es2024',
  helpers: { mode: 'External' as never },
  decorator: { legacy: true },
} as const

const stripOptions = {
  lang: 'ts',
  sourceType: 'module',
  ...loweringOptions,
  // An import that this cell does not use may be what the next cell needs.
  typescript: { onlyRemoveTypeImports: true },
} as const

/** Turns the cells of one kernel into scripts for V8's REPL mode; knows what earlier cells declared. */
export class CellCompiler {
  /** Names whose latest declaration is a `var`. */
  readonly #vars = new Set<string>()

  /**
   * Types go, imports become awaited calls, and declarations become `let`.
   *
   * @throws CellSyntaxError with its place in the cell
   */
  compile(typed: string): Script {
    const source = withoutMark(typed)
    if (isPlainExpression(source)) return plainScript(source)
    const kept = new Set(this.#vars)
    const { text, hasResult, vars, others } = lift(source, strip(source).code, kept)
    for (const name of others) this.#vars.delete(name)
    for (const name of vars) this.#vars.add(name)
    return {
      code: text.toString(),
      hasResult: hasResult && !endsHidden(source),
      // Made by compiling again, so that the maps cost nothing to the cells that do not fail.
      sourceMap: () => sourceMapOf(source, kept),
      discard: () => {
        for (const name of vars) if (!kept.has(name)) this.#vars.delete(name)
      },
    }
  }
}

function plainScript(source: string): Script {
  const text = new Edits(source).prepend('"use strict";\n')
  return {
    code: text.toString(),
    hasResult: true,
    sourceMap: () => combineMaps([text.generateDecodedMap({ hires: 'boundary', source: 'cell.ts' })]),
    discard: () => {},
  }
}

function sourceMapOf(source: string, kept: ReadonlySet<string>): SourceMap {
  const { code, map, wrapped } = strip(source, true)
  const edits = lift(source, code, kept).text.generateDecodedMap({ hires: 'boundary', source: 'cell.js' })
  const { mappings = '', names = [], sources = [] } = map ?? {}
  const layers: MapLayer[] = [edits, { mappings: `;${mappings}`, names, sources }]
  if (wrapped !== undefined) layers.push(wrapped.generateDecodedMap({ hires: true, source: 'cell.ts' }))
  return combineMaps(layers)
}

/** The empty line in front is where hoisted code goes: a statement at the very start could not be moved past it. */
function lift(source: string, code: string, kept: ReadonlySet<string>): Lifted {
  return liftModuleSyntax(`\n${code}`, { usedAsValues: () => valueNames(source), kept })
}

function strip(source: string, sourcemap = false) {
  const wrapped = asObjectLiteral(source)
  if (wrapped !== undefined) {
    const result = transformSync('cell.ts', wrapped.toString(), { ...stripOptions, sourcemap })
    if (result.errors.length === 0) return { ...result, wrapped }
  }
  const result = transformSync('cell.ts', source, { ...stripOptions, sourcemap })
  const error = result.errors.find(({ severity }) => severity === 'Error')
  if (error !== undefined) throw syntaxErrorOf(source, error)
  return { ...result, wrapped: undefined }
}

/** `{ a: 1 }` alone is meant as an object, as in every JavaScript console, though the grammar says block. */
function asObjectLiteral(source: string): Edits | undefined {
  if (!beginsWithBrace(source) || !/\}$/.test(withoutEndComments(source))) return undefined
  return new Edits(source).prepend('(').append('\n)')
}

/** A `;` behind the last expression hides its value. */
function endsHidden(source: string): boolean {
  return /;\s*$/.test(withoutEndComments(source))
}

/** The byte order mark that some editors write in front. */
function withoutMark(source: string): string {
  return source.startsWith('\ufeff') ? source.slice(1) : source
}

/** The cell without the imports that it uses only as types, or not at all. */
function valueNames(source: string): string {
  return transformSync('cell.ts', source, { ...stripOptions, typescript: {} }).code
}
