import { SourceMap } from 'node:module'
import remapping from '@jridgewell/remapping'
import { transformSync } from 'oxc-transform'
import { type Lifted, liftModuleSyntax } from './lift.js'

/** A cell as V8 takes it. */
export interface Script {
  code: string
  /** The last statement is an expression: its value is the cell's result. */
  hasResult: boolean
}

/** A cell that is no TypeScript. */
export class CellSyntaxError extends Error {
  override readonly name = 'SyntaxError'
  /** 1-based, in the text that the person typed. */
  readonly line: number
  readonly column: number

  constructor(message: string, line: number, column: number) {
    super(message)
    this.line = line
    this.column = column
  }
}

const stripOptions = {
  lang: 'ts',
  sourceType: 'module',
  target: 'esnext',
  // An import that this cell does not use may be what the next cell needs.
  typescript: { onlyRemoveTypeImports: true },
} as const

/**
 * Turns a TypeScript cell into a script for V8's REPL mode: types go, imports become awaited calls, and
 * declarations become `let`.
 *
 * @throws CellSyntaxError with its place in the cell
 */
export function compileCell(source: string): Script {
  const lifted = lift(source, strip(source).code)
  return { code: lifted.text.toString(), hasResult: lifted.hasResult }
}

/**
 * The way back from the script's lines to the cell's. Made by compiling again, so that the maps cost nothing to the
 * cells that do not fail.
 */
export function sourceMapOf(source: string): SourceMap {
  const { code, map } = strip(source, true)
  const edits = lift(source, code).text.generateDecodedMap({ hires: 'boundary', source: 'cell.js' })
  const { mappings = '', names = [], sources = [] } = map ?? {}
  const whole = remapping(
    [
      { ...edits, version: 3 },
      { version: 3, mappings: `;${mappings}`, names, sources },
    ],
    () => null,
  )
  return new SourceMap(JSON.parse(whole.toString()))
}

/** The empty line in front is where hoisted code goes: a statement at the very start could not be moved past it. */
function lift(source: string, code: string): Lifted {
  return liftModuleSyntax(`\n${code}`, () => valueNames(source))
}

function strip(source: string, sourcemap = false) {
  const objectLiteral = asObjectLiteral(source)
  if (objectLiteral !== undefined) {
    const result = transformSync('cell.ts', objectLiteral, { ...stripOptions, sourcemap })
    if (result.errors.length === 0) return result
  }
  const result = transformSync('cell.ts', source, { ...stripOptions, sourcemap })
  const error = result.errors.find(({ severity }) => severity === 'Error')
  if (error !== undefined) throw syntaxErrorAt(source, error.message, error.labels[0]?.start ?? 0)
  return result
}

/** `{ a: 1 }` alone is meant as an object, as in every JavaScript console, though the grammar says block. */
function asObjectLiteral(source: string): string | undefined {
  const text = source.trim()
  return text.startsWith('{') && text.endsWith('}') ? `(${source})` : undefined
}

/** oxc-transform counts in UTF-8 bytes (oxc-parser counts in UTF-16 units). */
function syntaxErrorAt(source: string, message: string, byteOffset: number): CellSyntaxError {
  const lines = Buffer.from(source).subarray(0, byteOffset).toString().split('\n')
  return new CellSyntaxError(message, lines.length, (lines.at(-1)?.length ?? 0) + 1)
}

/** The cell without the imports that it uses only as types, or not at all. */
function valueNames(source: string): string {
  return transformSync('cell.ts', source, { ...stripOptions, typescript: {} }).code
}
