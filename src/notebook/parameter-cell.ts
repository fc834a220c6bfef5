import {
  type Comment,
  type Expression,
  type ParseResult,
  type Program,
  parseSync,
  type VariableDeclarator,
} from 'oxc-parser'
import { XdrError } from '../errors.js'
import { hasTag } from './metadata.js'
import { type Notebook, sourceOf } from './notebook-file.js'
import { isConstAssertion, typeOfExpression } from './parameter-inference.js'
import { TypeReader } from './parameter-type-reader.js'
import type { ParameterType } from './parameter-types.js'

/** A value that a notebook can be run with, as its cell tagged `parameters` declares it. */
export interface Parameter {
  name: string
  type: ParameterType
  /** The type as the cell has it; `undefined` where it follows from the default. */
  annotation: string | undefined
  /** The default as the cell has it; `undefined`: one must be given. */
  defaultText: string | undefined
  /** What the comment beside it, or else above it, says. */
  help: string
  keyword: 'const' | 'let' | 'var'
  /** A value must be given: there is no default, and none may be missing. */
  isNeeded: boolean
}

/** The tags of papermill's convention. */
export const parametersTag = 'parameters'
export const injectedTag = 'injected-parameters'

/** Where the first code cell with a tag is; -1 where none is. */
export function indexOfTag(notebook: Notebook, tag: string): number {
  return notebook.cells.findIndex((cell) => cell.cell_type === 'code' && hasTag(cell, tag))
}

/**
 * The parameters of a notebook, in order; `undefined` where no cell is tagged `parameters`. Nothing is run.
 *
 * @param name what the notebook is called in errors
 * @throws XdrError `XDR_NOTEBOOK` where that cell is no TypeScript
 */
export function parametersOf(notebook: Notebook, name: string): Parameter[] | undefined {
  const cell = notebook.cells[indexOfTag(notebook, parametersTag)]
  return cell === undefined ? undefined : parametersIn(sourceOf(cell), name)
}

/** The parameters that a cell's text declares. */
export function parametersIn(source: string, name: string): Parameter[] {
  const { program, comments, errors } = parseCell(source)
  const [error] = errors
  if (error !== undefined) {
    const line = source.slice(0, error.labels[0]?.start ?? 0).split('\n').length
    throw new XdrError(
      'XDR_NOTEBOOK',
      `the parameters of ${name} cannot be read: ${error.message} (line ${line} of the cell)`,
      { hint: 'correct the cell tagged “parameters”' },
    )
  }
  const reader = new TypeReader(program)
  const helps = new Helps(source, comments)
  return program.body.flatMap((statement) => {
    const declaration = declarationOf(statement)
    if (declaration === undefined) return []
    const { keyword, declarators } = declaration
    return declarators.flatMap((declarator) => {
      const help = helps.of(declarators.length === 1 ? statement : declarator, statement)
      return parameterOf(declarator, { source, reader, help, keyword }) ?? []
    })
  })
}

/** A cell's text as the tree of its statements. */
export function parseCell(source: string): ParseResult {
  return parseSync('cell.ts', source, { lang: 'ts', sourceType: 'module' })
}

/** What a statement declares with a value, or to be given one; `undefined` for any other. */
export function declarationOf(statement: Program['body'][number]) {
  const declared = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
  if (declared?.type !== 'VariableDeclaration' || declared.declare === true) return undefined
  const { kind, declarations } = declared
  return kind === 'const' || kind === 'let' || kind === 'var'
    ? { keyword: kind, declarators: declarations }
    : undefined
}

interface Surroundings {
  source: string
  reader: TypeReader
  help: string
  keyword: Parameter['keyword']
}

function parameterOf(
  { id, init }: VariableDeclarator,
  { source, reader, help, keyword }: Surroundings,
): Parameter | undefined {
  // Parts of something larger cannot be given one by one.
  if (id.type !== 'Identifier') return undefined
  const typeNode = id.typeAnnotation?.typeAnnotation ?? assertedType(init)
  const type = typeNode === undefined ? typeOfDefault(init, reader) : reader.read(typeNode)
  return {
    name: id.name,
    type,
    annotation: typeNode && oneLine(source.slice(typeNode.start, typeNode.end)),
    defaultText: init === null ? undefined : oneLine(source.slice(init.start, init.end)),
    help,
    keyword,
    isNeeded: init === null && !mayBeMissing(type),
  }
}

function typeOfDefault(init: Expression | null, reader: TypeReader): ParameterType {
  return init === null ? { kind: 'unclear' } : typeOfExpression(init, reader)
}

/** `'us' as Region` declares as much as an annotation. */
function assertedType(init: Expression | null) {
  const isAsserted = init?.type === 'TSAsExpression' || init?.type === 'TSSatisfiesExpression'
  return isAsserted && !isConstAssertion(init.typeAnnotation) ? init.typeAnnotation : undefined
}

function mayBeMissing(type: ParameterType): boolean {
  if (type.kind === 'union') return type.types.some(mayBeMissing)
  return type.kind === 'any' || type.kind === 'unclear' || type.kind === 'undefined'
}

function oneLine(text: string): string {
  // A comment to the end of its line would swallow what follows.
  return /\/\/|\/\*/.test(text) ? text : text.replace(/\s*\n\s*/g, ' ')
}

/** What comments say about declarations. */
class Helps {
  readonly #source: string
  readonly #comments: readonly Comment[]

  constructor(source: string, comments: readonly Comment[]) {
    this.#source = source
    this.#comments = comments
  }

  /** The comment behind it on its line, else those directly above. */
  of(node: { start: number; end: number }, statement: { start: number }): string {
    return this.#behind(node.end) || this.#above(node === statement ? statement.start : node.start)
  }

  #behind(end: number): string {
    const found = this.#comments.find(
      (comment) => comment.start >= end && /^[ \t;,]*$/.test(this.#source.slice(end, comment.start)),
    )
    return found === undefined ? '' : textOf(found)
  }

  #above(start: number): string {
    const texts: string[] = []
    let top = start
    for (const comment of this.#comments.filter(({ end }) => end <= start).toReversed()) {
      const lineStart = this.#source.lastIndexOf('\n', comment.start - 1) + 1
      const isAlone = this.#source.slice(lineStart, comment.start).trim() === ''
      if (!isAlone || !/^[ \t]*\r?\n?[ \t]*$/.test(this.#source.slice(comment.end, top))) break
      texts.unshift(textOf(comment))
      top = comment.start
      if (comment.type === 'Block') break
    }
    return texts.join(' ').trim()
  }
}

/** A comment's words, without its stars, up to the first tag of JSDoc. */
function textOf({ value, type }: Comment): string {
  if (type === 'Line') return value.trim()
  const lines = value.split('\n').map((line) => line.replace(/^\s*\*+ ?/, '').trim())
  const tag = lines.findIndex((line) => line.startsWith('@'))
  return lines
    .slice(0, tag < 0 ? undefined : tag)
    .join(' ')
    .replace(/\s+/g, ' ')
    .trim()
}
