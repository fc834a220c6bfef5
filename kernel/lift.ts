import MagicString from 'magic-string'
import {
  type ExportDefaultDeclaration,
  type ExportNamedDeclaration,
  type Function as FunctionNode,
  type ImportDeclaration,
  type ModuleExportName,
  parseSync,
  type VariableDeclaration,
} from 'oxc-parser'

/** The name under which rewritten code reaches the kernel; a global that cells can neither replace nor list. */
export const hostName = '__xdrlab__'

/** What {@link liftModuleSyntax} makes of a script. */
export interface Lifted {
  text: MagicString
  /** The last statement is an expression. */
  hasResult: boolean
}

/**
 * Rewrites what V8's REPL mode cannot take (imports, exports, `import.meta`) and what it takes only once: there a
 * name stays what it was first declared as, so that changing `let x` to `const x` and running the cell again fails.
 * Top-level `const`, `var` and functions therefore all become `let`.
 *
 * @param js the cell without types, and an empty line in front of it
 * @param usedAsValues the same without the imports that serve as types; asked for only where names are imported
 */
export function liftModuleSyntax(js: string, usedAsValues: () => string): Lifted {
  const { program, module } = parseSync('cell.js', js, { lang: 'js', sourceType: 'module' })
  const text = new MagicString(js)
  const lift = new Lifter(js, text, usedAsValues)
  for (const node of program.body) lift.statement(node)
  for (const { start } of module.dynamicImports)
    text.update(start, start + 'import'.length, `${hostName}.import`)
  for (const { start, end } of module.importMetas) text.update(start, end, `${hostName}.meta`)
  lift.hoist()
  const last = program.body.at(-1)
  const hasResult =
    last?.type === 'ExpressionStatement' ||
    (last?.type === 'ExportDefaultDeclaration' && !isNamed(last.declaration))
  return { text, hasResult }
}

type StatementNode = ReturnType<typeof parseSync>['program']['body'][number]

class Lifter {
  readonly #js: string
  readonly #text: MagicString
  readonly #usedAsValues: () => string
  readonly #imports: { start: number; end: number }[] = []
  readonly #functions: { start: number; end: number }[] = []
  readonly #vars = new Set<string>()
  #values: Set<string> | undefined

  constructor(js: string, text: MagicString, usedAsValues: () => string) {
    this.#js = js
    this.#text = text
    this.#usedAsValues = usedAsValues
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
    }
  }

  /** Imports run first, then functions exist, then the rest runs: the order that the language promises. */
  hoist(): void {
    for (const { start, end } of [...this.#imports, ...this.#functions]) this.#text.move(start, end, 0)
  }

  #replaceImport(node: { start: number; end: number }, code: string): void {
    this.#text.update(node.start, node.end, `${code}\n`)
    this.#imports.push(node)
  }

  #importText(node: ImportDeclaration): string {
    let namespace: string | undefined
    const names: string[] = []
    const wanted: string[] = []
    for (const specifier of node.specifiers) {
      const local = specifier.local.name
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
      const { module } = parseSync('cell.js', this.#usedAsValues(), { lang: 'js', sourceType: 'module' })
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
    if (start < node.start) this.#text.remove(start, node.start)
    this.#text.prependRight(node.start, `let ${node.id.name} = `)
    this.#text.remove(node.id.start, node.id.end)
    this.#text.appendLeft(node.end, ';\n')
    this.#functions.push({ start, end: node.end })
  }

  #variables(node: VariableDeclaration): void {
    if (node.kind !== 'const' && node.kind !== 'var') return
    const names = node.declarations.flatMap(({ id }) => (id.type === 'Identifier' ? [id.name] : []))
    // `let` refuses what `var` allows, twice the same name in one cell (two parts of one enum, say).
    const again = node.kind === 'var' && names.some((name) => this.#vars.has(name))
    if (node.kind === 'var') for (const name of names) this.#vars.add(name)
    if (again) {
      this.#text.remove(node.start, node.start + 'var'.length)
      return
    }
    this.#text.update(node.start, node.start + node.kind.length, 'let')
    for (const { id, init } of node.declarations) {
      // A stripped enum reads `var E = function (E) {…}(E || {})`: as `let`, E is not readable there yet.
      const argument = init?.type === 'CallExpression' ? init.arguments[0] : undefined
      if (id.type !== 'Identifier' || argument?.type !== 'LogicalExpression') continue
      const { left, right } = argument
      if (left.type === 'Identifier' && left.name === id.name) this.#text.remove(left.start, right.start)
    }
  }
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
