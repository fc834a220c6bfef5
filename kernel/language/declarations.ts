import { parseSync } from 'oxc-parser'
import { boundNames, type Node, varNames } from '../scopes.js'
import { beginsWithBrace } from '../syntax.js'
import type { Insertion } from './cell-document.js'

/** A name of a cell's top level, which later cells see. */
export interface Declared {
  name: string
  isValue: boolean
  isType: boolean
  /** A `let` or `var`: later cells may assign to it, which an import would not let them. */
  isVariable: boolean
  /** The comment in front of a variable, as it is written. */
  comment?: string
}

/** What a cell brings into the session, as far as its text says. */
export interface CellSyntax {
  declared: readonly Declared[]
  /** Names that the cell itself exports. */
  exported: ReadonlySet<string>
  /** `{ a: 1 }` alone, which is meant as an object. */
  isObject: boolean
  /** No TypeScript: it does not run. */
  isBroken: boolean
  /**
   * Lets each variable of a type that may be wider than its first value, such as `boolean` for `true`, go by
   * its type in what follows in the same module, as it does elsewhere.
   */
  widenings: readonly Insertion[]
}

const options = { lang: 'ts', sourceType: 'module' } as const

/** Reads what a cell declares; of one that is still being typed, what its lines look like. */
export function readSyntax(code: string): CellSyntax {
  if (beginsWithBrace(code) && isExpression(code))
    return { declared: [], exported: new Set(), isObject: true, isBroken: false, widenings: [] }
  const { program, errors, comments: found } = parseSync('cell.ts', code, options)
  if (errors.length > 0)
    return {
      declared: guessDeclared(code),
      exported: new Set(),
      isObject: false,
      isBroken: true,
      widenings: [],
    }
  const comments = new Map(
    found.filter(({ value }) => value.startsWith('*')).map(({ end, value }) => [end, `/*${value}*/`]),
  )
  const commentBefore = (start: number) => comments.get(code.slice(0, start).trimEnd().length)
  const names = new Names()
  for (const node of program.body) names.statement(node as unknown as Node, commentBefore(node.start))
  for (const name of varNames(program.body)) names.add(name, variable)
  return {
    declared: [...names.declared.values()],
    exported: names.exported,
    isObject: false,
    isBroken: false,
    widenings: program.body.flatMap((node) => widenedIn(node as unknown as Node, code)),
  }
}

const widerTypes = new Set(['TSUnionType', 'TSBooleanKeyword', 'TSTypeReference'])

/** TypeScript goes by the first value, unless that is asserted to be of the type. */
function widenedIn(node: Node, code: string): Insertion[] {
  if (node.type === 'ExportNamedDeclaration')
    return isNode(node.declaration) ? widenedIn(node.declaration, code) : []
  if (node.type !== 'VariableDeclaration') return []
  return listOf(node.declarations).flatMap(({ id, init }) => {
    const annotation = isNode(id) && isNode(id.typeAnnotation) ? id.typeAnnotation.typeAnnotation : undefined
    if (!isNode(init) || !isNode(annotation) || !widerTypes.has(annotation.type)) return []
    const type = code.slice(annotation.start, annotation.end)
    return [
      { at: init.start, text: '(' },
      { at: init.end, text: `) as ${type}` },
    ]
  })
}

function isExpression(code: string): boolean {
  const { program, errors } = parseSync('cell.ts', `(${code}\n)`, options)
  return errors.length === 0 && program.body.length === 1
}

/** What a name of each kind is. */
type Meaning = Omit<Declared, 'name'>
const variable: Meaning = { isValue: true, isType: false, isVariable: true }
const value: Meaning = { isValue: true, isType: false, isVariable: false }
const type: Meaning = { isValue: false, isType: true, isVariable: false }
const both: Meaning = { isValue: true, isType: true, isVariable: false }

class Names {
  readonly declared = new Map<string, Declared>()
  readonly exported = new Set<string>()

  add(name: string, meaning: Meaning, comment?: string): void {
    const known = this.declared.get(name)
    if (known?.isVariable === true && meaning.isVariable) return
    this.declared.set(name, {
      name,
      isValue: meaning.isValue || known?.isValue === true,
      isType: meaning.isType || known?.isType === true,
      isVariable: meaning.isVariable && known === undefined,
      ...(comment === undefined ? {} : { comment }),
    })
  }

  statement(node: Node, comment: string | undefined): void {
    switch (node.type) {
      case 'ImportDeclaration':
        for (const { local } of listOf(node.specifiers)) this.add(nameOf(local), both)
        break
      case 'ExportNamedDeclaration':
        this.#exported(node, comment)
        break
      case 'ExportDefaultDeclaration':
        if (isNode(node.declaration)) this.statement(node.declaration, undefined)
        break
      case 'VariableDeclaration':
        for (const { id } of listOf(node.declarations)) {
          const isVariable = node.kind === 'let' || node.kind === 'var'
          for (const name of boundNames(id)) this.add(name, isVariable ? variable : value, comment)
        }
        break
      case 'FunctionDeclaration':
      case 'TSDeclareFunction':
        this.#named(node, value)
        break
      case 'ClassDeclaration':
      case 'TSEnumDeclaration':
        this.#named(node, both)
        break
      case 'TSModuleDeclaration':
        if (node.kind !== 'global') this.#named(node, both)
        break
      case 'TSInterfaceDeclaration':
      case 'TSTypeAliasDeclaration':
        this.#named(node, type)
        break
    }
  }

  #named({ id }: Node, meaning: Meaning): void {
    // Not `declare module 'name'`, which declares no name of the cell.
    if (isNode(id) && id.type === 'Identifier') this.add(nameOf(id), meaning)
  }

  #exported({ declaration }: Node, comment: string | undefined): void {
    if (!isNode(declaration)) return
    const known = new Set(this.declared.keys())
    this.statement(declaration, comment)
    for (const name of this.declared.keys()) if (!known.has(name)) this.exported.add(name)
  }
}

/** The words behind `let` and its like at the beginning of a line, and those of a pattern there. */
function guessDeclared(code: string): Declared[] {
  const names = new Names()
  const pattern =
    /^[ \t]*(?:export\s+)?(?:declare\s+)?(?:async\s+)?(let|const|var|using|function\*?|class|abstract class|interface|type|enum|namespace)\s+(\{[^}=]*\}|\[[^\]=]*\]|[\p{ID_Start}$_][\p{ID_Continue}$]*)/gmu
  for (const [, word = '', target = ''] of code.matchAll(pattern)) {
    const meaning = /let|var/.test(word) ? variable : /interface|type/.test(word) ? type : both
    // Of `{ a, b: c }` the names behind the colons.
    for (const [name] of target.matchAll(/[\p{ID_Start}$_][\p{ID_Continue}$]*(?!\s*:|[\p{ID_Continue}$])/gu))
      names.add(name, meaning)
  }
  return [...names.declared.values()]
}

function listOf(value: unknown): Node[] {
  return Array.isArray(value) ? value.filter(isNode) : []
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value
}

function nameOf(node: unknown): string {
  return isNode(node) ? String(node.name) : ''
}
