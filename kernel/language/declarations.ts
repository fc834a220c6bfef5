import { parseSync } from 'oxc-parser'
import { boundNames, type Node, varNames } from '../scopes.js'

/** A name of a cell's top level, which later cells see. */
export interface Declared {
  name: string
  isValue: boolean
  isType: boolean
  /** How later cells are told of it: a variable may be assigned to; what is not one is imported as it is. */
  form: 'variable' | 'constant' | 'other'
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
}

const options = { lang: 'ts', sourceType: 'module' } as const

/** Reads what a cell declares; of one that is still being typed, what its lines look like. */
export function readSyntax(code: string): CellSyntax {
  if (/^\s*\{/.test(code) && isExpression(code))
    return { declared: [], exported: new Set(), isObject: true, isBroken: false }
  const { program, errors } = parseSync('cell.ts', code, options)
  if (errors.length > 0)
    return { declared: guessDeclared(code), exported: new Set(), isObject: false, isBroken: true }
  const names = new Names()
  for (const node of program.body) names.statement(node as unknown as Node)
  for (const name of varNames(program.body)) names.add(name, 'variable', true, false)
  return {
    declared: [...names.declared.values()],
    exported: names.exported,
    isObject: false,
    isBroken: false,
  }
}

function isExpression(code: string): boolean {
  const { program, errors } = parseSync('cell.ts', `(${code}\n)`, options)
  return errors.length === 0 && program.body.length === 1
}

class Names {
  readonly declared = new Map<string, Declared>()
  readonly exported = new Set<string>()

  add(name: string, form: Declared['form'], isValue: boolean, isType: boolean): void {
    const known = this.declared.get(name)
    this.declared.set(name, {
      name,
      isValue: isValue || known?.isValue === true,
      isType: isType || known?.isType === true,
      form: known === undefined || known.form === form ? form : 'other',
    })
  }

  statement(node: Node): void {
    switch (node.type) {
      case 'ImportDeclaration':
        for (const { local } of listOf(node.specifiers)) this.add(nameOf(local), 'other', true, true)
        break
      case 'ExportNamedDeclaration':
      case 'ExportDefaultDeclaration': {
        if (!isNode(node.declaration)) break
        const known = new Set(this.declared.keys())
        this.statement(node.declaration)
        if (node.type === 'ExportDefaultDeclaration') break
        for (const name of this.declared.keys()) if (!known.has(name)) this.exported.add(name)
        break
      }
      case 'VariableDeclaration': {
        const form = node.kind === 'let' || node.kind === 'var' ? 'variable' : 'constant'
        for (const { id } of listOf(node.declarations)) {
          for (const name of boundNames(id)) this.add(name, form, true, false)
        }
        break
      }
      case 'FunctionDeclaration':
      case 'TSDeclareFunction':
        if (isNode(node.id)) this.add(nameOf(node.id), 'other', true, false)
        break
      case 'ClassDeclaration':
      case 'TSEnumDeclaration':
        if (isNode(node.id)) this.add(nameOf(node.id), 'other', true, true)
        break
      case 'TSModuleDeclaration':
        if (isNode(node.id) && node.id.type === 'Identifier' && node.kind !== 'global')
          this.add(nameOf(node.id), 'other', true, true)
        break
      case 'TSInterfaceDeclaration':
      case 'TSTypeAliasDeclaration':
        if (isNode(node.id)) this.add(nameOf(node.id), 'other', false, true)
        break
    }
  }
}

/** The words behind `let` and its like at the beginning of a line, and those of a pattern there. */
function guessDeclared(code: string): Declared[] {
  const names = new Names()
  const pattern =
    /^[ \t]*(?:export\s+)?(?:declare\s+)?(?:async\s+)?(let|const|var|using|function\*?|class|abstract class|interface|type|enum|namespace)\s+(\{[^}=]*\}|\[[^\]=]*\]|[\p{ID_Start}$_][\p{ID_Continue}$]*)/gmu
  for (const [, word = '', target = ''] of code.matchAll(pattern)) {
    const isType = /class|interface|type|enum|namespace/.test(word)
    const form = /let|var/.test(word) ? 'variable' : /const|using/.test(word) ? 'constant' : 'other'
    // Of `{ a, b: c }` the names behind the colons.
    for (const [name] of target.matchAll(/[\p{ID_Start}$_][\p{ID_Continue}$]*(?!\s*:|[\p{ID_Continue}$])/gu))
      names.add(name, form, !/interface|type/.test(word), isType)
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
