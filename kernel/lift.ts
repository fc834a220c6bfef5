import {
  type ExportDefaultDeclaration,
  type ExportNamedDeclaration,
  type Function as FunctionNode,
  type ImportDeclaration,
  type ModuleExportName,
  parseSync,
  type TryStatement,
  type VariableDeclaration,
} from 'oxc-parser'
import { mayAssign } from './assignments.js'
import { Edits } from './edits.js'
import { boundNames, type Finder, findInCell, type Node } from './scopes.js'

/** The name under which rewritten code reaches the kernel; a global that cells can neither replace nor list. */
export const hostName = '__xdrlab__'

/** What {@link liftModuleSyntax} makes of a script. */
export interface Lifted {
  text: Edits
  /** The last statement is an expression. */
  hasResult: boolean
  /** Names declared by `var`: a later cell's `var` of the same name keeps the value. */
  vars: string[]
  /** Names declared in any other way. */
  others: string[]
}

/** What {@link liftModuleSyntax} must know beyond the script itself. */
export interface LiftOptions {
  /** The script without the imports that serve as types; asked for only where names are imported. */
  usedAsValues(): string
  /** What earlier cells declared by `var`. */
  kept: ReadonlySet<string>
}

/**
 * Rewrites what V8's REPL mode cannot take (imports, exports, `import.meta`) and what it takes only once: there a
 * name stays what it was first declared as, so that changing `let x` to `const x` and running the cell again fails.
 * Top-level `const`, `var` and functions therefore all become `let`; an assignment to what the same cell declares
 * constant is made to throw as it would in Node. Cells are strict, as modules are.
 *
 * @param js the cell without types, and an empty line in front of it
 */
export function liftModuleSyntax(js: string, options: LiftOptions): Lifted {
  const { program, module } = parseSync('cell.js', js, { lang: 'js', sourceType: 'module' })
  const text = new Edits(js)
  const lift = new Lifter(js, text, options)
  for (const node of program.body) lift.statement(node)
  for (const { start } of module.dynamicImports)
    text.update(start, start + 'import'.length, `${hostName}.import`)
  for (const { start, end } of module.importMetas) text.update(start, end, `${hostName}.meta`)
  if (
    /\bvar\b|__(dir|file)name/.test(js) ||
    (lift.constants.size > 0 && mayAssign(js, lift.constants, lift.places))
  ) {
    findInCell(program as unknown as Node, { constants: lift.constants, fileNames }, lift)
  }
  lift.hoist()
  return { text, hasResult: endsInExpression(program.body), vars: [...lift.vars], others: [...lift.others] }
}

const fileNames: ReadonlySet<string> = new Set(['__dirname', '__filename'])

interface Span {
  start: number
  end: number
}

type StatementNode = ReturnType<typeof parseSync>['program']['body'][number]

class Lifter implements Finder {
  readonly constants = new Set<string>()
  readonly vars = new Set<string>()
  readonly others = new Set<string>()
  /** Of the constants. */
  readonly places = { names: new Set<number>(), patternEnds: new Set<number>() }
  readonly #js: string
  readonly #text: Edits
  readonly #options: LiftOptions
  readonly #imports: Span[] = []
  readonly #functions: Span[] = []
  readonly #fresh = new Set<string>()
  #values: Set<string> | undefined

  constructor(js: string, text: Edits, options: LiftOptions) {
    this.#js = js
    this.#text = text
    this.#options = options
  }

  statement(node: StatementNode): void {
    switch (node.type) {
      case 'ImportDeclaration':
        this.#replaceImport(node, this.#importText(node))
        break
      case 'ExportAllDeclaration':
        this.#replaceImport(node, `await ${this.#call('import', node)};`)
        break
      case 'ExportNamedDeclaration':
        this.#exportNamed(node)
        break
      case 'ExportDefaultDeclaration':
        this.#exportDefault(node)
        break
      case 'FunctionDeclaration':
        this.#function(node, node.start)
        break
      case 'VariableDeclaration':
        this.#variables(node)
        break
      case 'ClassDeclaration':
        if (node.id !== null) this.others.add(node.id.name)
        break
      case 'TryStatement':
        // `using` at top level is lowered to a try around the whole cell, whose names are the cell's all the same.
        if (!isLoweredUsing(node)) break
        for (const inner of node.block.body) {
          if (inner.type === 'VariableDeclaration' && inner.kind !== 'var') this.#assign(inner)
        }
        break
    }
  }

  constantWrite({ start, end }: Span, name: string, isShorthand: boolean): void {
    this.#text.update(start, end, `${isShorthand ? `${name}: ` : ''}${hostName}.constant(${name}).value`)
  }

  fileName({ start, end }: Span, name: string, isShorthand: boolean): void {
    if (this.constants.has(name) || this.others.has(name) || this.vars.has(name)) return
    const property = name === '__dirname' ? 'dirname' : 'filename'
    // An earlier cell may have declared it, as modules do.
    const value = `(typeof ${name} === 'undefined' ? ${hostName}.meta.${property} : ${name})`
    this.#text.update(start, end, isShorthand ? `${name}: ${value}` : value)
  }

  innerVar(node: Span, isLoopHead: boolean): void {
    if ('declarations' in node) this.#assign(node as Span & VariableDeclaration, isLoopHead)
  }

  /** Imports run first, then functions exist, then the rest runs: the order that the language promises. */
  hoist(): void {
    const names = [...this.vars].filter((name) => !this.#options.kept.has(name)).concat(...this.#fresh)
    // In front of all, or what an import that fails leaves behind could not be declared again by `var`.
    this.#text.prepend(`"use strict";${names.length > 0 ? `let ${names.join(', ')};` : ''}`)
    for (const { start, end } of [...this.#imports, ...this.#functions]) this.#text.move(start, end, 0)
  }

  #replaceImport(node: Span, code: string): void {
    this.#text.update(node.start, node.end, `${code}\n`)
    this.#imports.push(node)
  }

  #importText(node: ImportDeclaration): string {
    let namespace: string | undefined
    const names: string[] = []
    const wanted: string[] = []
    for (const specifier of node.specifiers) {
      const local = specifier.local.name
      this.constants.add(local)
      this.others.add(local)
      if (specifier.type === 'ImportNamespaceSpecifier') {
        namespace = local
        continue
      }
      const imported =
        specifier.type === 'ImportDefaultSpecifier' ? '"default"' : JSON.stringify(nameOf(specifier.imported))
      names.push(`${imported}: ${local}`)
      wanted.push(`[${imported}, ${this.#isUsedAsValue(local)}]`)
    }
    const declared: string[] = []
    if (namespace !== undefined) declared.push(`${namespace} = await ${this.#call('import', node)}`)
    if (names.length > 0) {
      declared.push(
        `{ ${names.join(', ')} } = await ${this.#call('names', node, `, [${wanted.join(', ')}]`)}`,
      )
    }
    return declared.length > 0 ? `let ${declared.join(', ')};` : `await ${this.#call('import', node)};`
  }

  #call(
    method: 'import' | 'names',
    node: Pick<ImportDeclaration, 'attributes'> & { source: { value: string } },
    rest = '',
  ): string {
    const attributes = node.attributes.map(
      ({ key, value }) =>
        `${JSON.stringify(key.type === 'Literal' ? key.value : key.name)}: ${JSON.stringify(value.value)}`,
    )
    const options = attributes.length > 0 ? `{ with: { ${attributes.join(', ')} } }` : 'undefined'
    return `${hostName}.${method}(${JSON.stringify(node.source.value)}, ${options}${rest})`
  }

  #isUsedAsValue(local: string): boolean {
    if (this.#values === undefined) {
      const { module } = parseSync('cell.js', this.#options.usedAsValues(), {
        lang: 'js',
        sourceType: 'module',
      })
      const entries = module.staticImports.flatMap((statement) => statement.entries)
      this.#values = new Set(entries.map(({ localName }) => localName.value))
    }
    return this.#values.has(local)
  }

  #exportNamed(node: ExportNamedDeclaration): void {
    const { declaration, source } = node
    if (source !== null) {
      this.#replaceImport(node, `await ${this.#call('import', { attributes: node.attributes, source })};`)
    } else if (declaration === null) {
      this.#text.remove(node.start, node.end)
    } else if (declaration.type === 'FunctionDeclaration') {
      this.#function(declaration, node.start)
    } else {
      this.#text.remove(node.start, declaration.start)
      if (declaration.type === 'VariableDeclaration') this.#variables(declaration)
    }
  }

  #exportDefault({ declaration, start, end }: ExportDefaultDeclaration): void {
    if (declaration.type === 'FunctionDeclaration' && declaration.id !== null) {
      this.#function(declaration, start)
    } else if (isNamed(declaration)) {
      this.#text.remove(start, declaration.start)
    } else {
      this.#text.update(start, declaration.start, '(')
      this.#text.appendLeft(declaration.end, ')')
      if (this.#js[end - 1] !== ';') this.#text.appendLeft(end, ';')
    }
  }

  /** `function f() {}` → `let f = function () {}`, in front: the name is inferred, and `f` within means the binding. */
  #function(node: FunctionNode, start: number): void {
    if (node.id === null) return
    this.others.add(node.id.name)
    if (start < node.start) this.#text.remove(start, node.start)
    this.#text.prependRight(node.start, `let ${node.id.name} = `)
    this.#text.remove(node.id.start, node.id.end)
    this.#text.appendLeft(node.end, ';\n')
    this.#functions.push({ start, end: node.end })
  }

  #variables(node: VariableDeclaration): void {
    const names = node.declarations.flatMap(({ id }) => boundNames(id))
    if (node.kind === 'var') {
      this.#assign(node)
      return
    }
    for (const name of names) this.others.add(name)
    if (node.kind !== 'const') return
    for (const name of names) this.constants.add(name)
    for (const { id } of node.declarations) {
      if (id.type === 'Identifier') this.places.names.add(id.start)
      else this.places.patternEnds.add(id.end)
    }
    this.#text.update(node.start, node.start + node.kind.length, 'let')
  }

  /** `var a = 1, b` → `(a = 1, b)`, with `let a, b` in front of the cell: readable above, and in blocks beyond. */
  #assign(node: VariableDeclaration, isLoopHead = false): void {
    for (const { id, init } of node.declarations) {
      // An enum is made anew by each cell that declares it; its parts in one cell add up.
      const argument = init?.type === 'CallExpression' ? init.arguments[0] : undefined
      const isEnum =
        argument?.type === 'LogicalExpression' && /PURE/.test(this.#js.slice(id.end, init?.start))
      for (const name of boundNames(id)) (isEnum ? this.#fresh : this.vars).add(name)
    }
    const first = node.declarations[0]
    const last = node.declarations.at(-1)
    if (first === undefined || last === undefined) return
    this.#text.update(node.start, first.start, isLoopHead ? '' : '(')
    if (!isLoopHead) this.#text.appendLeft(last.end, ')')
  }
}

/** Whether the script's completion value is that of an expression. */
function endsInExpression(body: readonly StatementNode[]): boolean {
  const last = body.at(-1)
  switch (last?.type) {
    case 'ExpressionStatement':
      return true
    case 'ExportDefaultDeclaration':
      return !isNamed(last.declaration)
    case 'TryStatement':
      // What `using` is lowered to; a try of the person's own has no result, like any other block.
      return isLoweredUsing(last) && endsInExpression(last.block.body)
    default:
      return false
  }
}

/** oxc's form of a cell with `using`; that of an inner block, otherwise the same, keeps its names to itself. */
function isLoweredUsing({ block }: TryStatement): boolean {
  return block.body.some((node) => {
    if (node.type !== 'VariableDeclaration' || node.kind !== 'var') return false
    const init = node.declarations[0]?.init
    if (init?.type !== 'CallExpression' || init.callee.type !== 'MemberExpression') return false
    const { object } = init.callee
    return object.type === 'Identifier' && object.name.startsWith('_usingCtx')
  })
}

function nameOf(name: ModuleExportName): string {
  return name.type === 'Literal' ? name.value : name.name
}

function isNamed(declaration: ExportDefaultDeclaration['declaration']): boolean {
  return (
    (declaration.type === 'FunctionDeclaration' || declaration.type === 'ClassDeclaration') &&
    declaration.id !== null
  )
}
