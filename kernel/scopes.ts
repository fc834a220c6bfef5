import { visitorKeys } from 'oxc-parser'

/** A node of the syntax tree, as far as the walk looks at it. */
export interface Node {
  type: string
  start: number
  end: number
  [key: string]: unknown
}

/** What a walk over a cell looks for. */
export interface Wanted {
  /** Names that the cell declares once and for all, by `const` or `import`. */
  constants: ReadonlySet<string>
  /** Names that mean something of the cell's own file. */
  fileNames: ReadonlySet<string>
}

/** What {@link findInCell} calls back with. */
export interface Finder {
  /** An assignment to one of the constants, not to something within that has the same name. */
  constantWrite(target: Node, name: string, isShorthand: boolean): void
  /** A use of a name of the file. */
  fileName(node: Node, name: string, isShorthand: boolean): void
  /** A `var` inside a block: it belongs to the cell's top level all the same. */
  innerVar(node: Node, isLoopHead: boolean): void
}

/** A place where names are declared; the cell's own top level is `undefined`. */
interface Scope {
  names: Set<string>
  outer: Scope | undefined
}

/** Walks over a cell's statements. */
export function findInCell(program: Node, wanted: Wanted, finder: Finder): void {
  new Walk(wanted, finder).children(program, undefined, false)
}

/** Calls back with a node and all that is in it. */
export function eachNode(node: Node, found: (node: Node) => void): void {
  found(node)
  for (const key of visitorKeys[node.type] ?? [])
    for (const child of listOf(node[key])) eachNode(child, found)
}

/** The names that a pattern declares: `{ a, b: [c] }` → a, c. */
export function boundNames(pattern: unknown): string[] {
  const names: string[] = []
  eachTarget(pattern, (target) => names.push(String(target.name)))
  return names
}

class Walk {
  readonly #wanted: Wanted
  readonly #finder: Finder

  constructor(wanted: Wanted, finder: Finder) {
    this.#wanted = wanted
    this.#finder = finder
  }

  children(node: Node, scope: Scope | undefined, inFunction: boolean): void {
    for (const key of visitorKeys[node.type] ?? []) {
      for (const child of listOf(node[key])) this.#visit(child, node, key, scope, inFunction)
    }
  }

  #visit(node: Node, parent: Node, key: string, outer: Scope | undefined, inFunction: boolean): void {
    switch (node.type) {
      case 'Identifier':
        this.#identifier(node, parent, key, outer)
        return
      case 'AssignmentExpression':
        this.#writes(node.left, outer)
        break
      case 'UpdateExpression':
        this.#writes(node.argument, outer)
        break
      case 'ForInStatement':
      case 'ForOfStatement':
        if (isNode(node.left) && node.left.type !== 'VariableDeclaration') this.#writes(node.left, outer)
        break
      case 'VariableDeclaration':
        if (node.kind === 'var' && !inFunction && parent.type !== 'Program' && !isExport(parent))
          this.#finder.innerVar(node, key === 'left')
        break
    }
    const names = namesOf(node)
    const scope = names === undefined ? outer : { names: new Set(names), outer }
    this.children(node, scope, inFunction || isFunction(node))
  }

  #identifier(node: Node, parent: Node, key: string, scope: Scope | undefined): void {
    const name = String(node.name)
    if (!this.#wanted.fileNames.has(name) || isDeclared(name, scope)) return
    if ((key === 'property' || key === 'key') && parent.computed !== true) return
    if (key === 'id' || key === 'label' || key === 'params' || key === 'param') return
    this.#finder.fileName(node, name, parent.type === 'Property' && parent.shorthand === true)
  }

  #writes(pattern: unknown, scope: Scope | undefined): void {
    eachTarget(pattern, (target, isShorthand) => {
      const name = String(target.name)
      if (this.#wanted.constants.has(name) && !isDeclared(name, scope))
        this.#finder.constantWrite(target, name, isShorthand)
    })
  }
}

/** The names that come into being with a node, for what is inside it; `undefined` where none can. */
function namesOf(node: Node): string[] | undefined {
  switch (node.type) {
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return [
        ...(node.type === 'FunctionExpression' ? boundNames(node.id) : []),
        ...listOf(node.params).flatMap(boundNames),
        ...varNames(node.body),
      ]
    case 'ClassExpression':
      return boundNames(node.id)
    case 'CatchClause':
      return boundNames(node.param)
    case 'StaticBlock':
      return [...varNames(node), ...lexicalNames(listOf(node.body))]
    case 'BlockStatement':
      return lexicalNames(listOf(node.body))
    case 'SwitchStatement':
      return lexicalNames(listOf(node.cases).flatMap((one) => listOf(one.consequent)))
    case 'ForStatement':
      return lexicalNames(listOf(node.init))
    case 'ForInStatement':
    case 'ForOfStatement':
      return lexicalNames(listOf(node.left))
    default:
      return undefined
  }
}

function lexicalNames(statements: readonly Node[]): string[] {
  return statements.flatMap((node) => {
    if (node.type === 'VariableDeclaration' && node.kind !== 'var')
      return listOf(node.declarations).flatMap(({ id }) => boundNames(id))
    return node.type === 'FunctionDeclaration' || node.type === 'ClassDeclaration' ? boundNames(node.id) : []
  })
}

/** The `var`s of a function's body, or of a cell, at any depth but within further functions. */
export function varNames(body: unknown): string[] {
  return listOf(body).flatMap((node) => {
    if (isFunction(node)) return []
    const own =
      node.type === 'VariableDeclaration' && node.kind === 'var'
        ? listOf(node.declarations).flatMap(({ id }) => boundNames(id))
        : []
    return [...own, ...(visitorKeys[node.type] ?? []).flatMap((key) => varNames(node[key]))]
  })
}

/** Calls back with each plain name in a pattern. */
function eachTarget(
  pattern: unknown,
  found: (target: Node, isShorthand: boolean) => void,
  short = false,
): void {
  for (const node of listOf(pattern)) {
    switch (node.type) {
      case 'Identifier':
        found(node, short)
        break
      case 'ParenthesizedExpression':
        eachTarget(node.expression, found)
        break
      case 'AssignmentPattern':
        eachTarget(node.left, found, short)
        break
      case 'RestElement':
        eachTarget(node.argument, found)
        break
      case 'ArrayPattern':
        eachTarget(node.elements, found)
        break
      case 'ObjectPattern':
        eachTarget(node.properties, found)
        break
      case 'Property':
        eachTarget(node.value, found, node.shorthand === true)
        break
    }
  }
}

function isDeclared(name: string, scope: Scope | undefined): boolean {
  for (let at = scope; at !== undefined; at = at.outer) if (at.names.has(name)) return true
  return false
}

function isFunction({ type }: Node): boolean {
  return (
    type === 'FunctionDeclaration' ||
    type === 'FunctionExpression' ||
    type === 'ArrowFunctionExpression' ||
    type === 'StaticBlock' ||
    type === 'PropertyDefinition'
  )
}

function isExport({ type }: Node): boolean {
  return type === 'ExportNamedDeclaration'
}

function listOf(value: unknown): Node[] {
  return (Array.isArray(value) ? value : [value]).filter(isNode)
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value
}
