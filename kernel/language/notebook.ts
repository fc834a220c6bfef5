import { CellDocument } from './cell-document.js'
import { type CellSyntax, type Declared, readSyntax } from './declarations.js'
import type { DocumentTypes } from './documents.js'

/** A file that TypeScript is to see as it is here. */
export interface FileChange {
  name: string
  text: string
}

/** The cell at the cursor, or the one that runs. */
export const cellFile = '.xdrlab-cell.ts'
export const segmentPrefix = '.xdrlab-cells-'

/** A segment is read anew whenever a cell joins it. */
const longestSegment = 16 << 10

/** Where a name of the session is declared. */
interface Visible extends Declared {
  segment: Segment
}

/** The cell at the cursor, read. */
export interface OpenCell {
  document: CellDocument
  /** Names that it declares. */
  declared: ReadonlySet<string>
  /** Variables of earlier cells that it sees. */
  variables: ReadonlySet<string>
  /** No TypeScript: it does not run. */
  isBroken: boolean
}

/** Cells that ran one after the other and declare no name twice: one module, whose names the later ones import. */
class Segment {
  readonly cells: string[] = []
  declarations = ''
  readonly declared = new Map<string, Declared>()
  readonly imported = new Map<string, Visible>()
  readonly exported = new Set<string>()
  length = 0
  /** The number of its file. */
  readonly slot: number

  constructor(slot: number) {
    this.slot = slot
  }

  get file(): string {
    return `${moduleOf(this.slot)}.ts`
  }

  get text(): string {
    const names = [...this.declared.keys()].filter((name) => !this.exported.has(name))
    const used = new Set([...this.imported.values()].map(({ segment }) => segment.slot))
    const prelude = preludeOf(this.imported.values(), used) + this.declarations
    return [prelude, ...this.cells, `export { ${names.join(', ')} }\n`].join('\n;\n')
  }
}

/**
 * The session as TypeScript sees it. One scope that grows would be checked as a whole at each change, and knows no
 * redeclaration; so cells that have run are modules, and a name means its latest declaration.
 */
export class Notebook {
  readonly #values = new Map<string, Visible>()
  readonly #types = new Map<string, Visible>()
  #segments: Segment[] = []
  /** Files that were in use once: one that comes or goes makes TypeScript begin with the whole project. */
  readonly #slots: number[] = []

  /** A cell has run, or has begun to: what it declares is there for the next ones. */
  add(code: string, { insertions, declarations }: DocumentTypes): FileChange[] {
    const syntax = readSyntax(code)
    // Nothing of it ran.
    if (syntax.isBroken || syntax.isObject) return []
    const imported = this.#visibleIn(code, syntax)
    const segment = this.#segmentFor(code, syntax, imported)
    segment.cells.push(new CellDocument('', code, [...insertions, ...syntax.widenings]).text)
    segment.declarations += declarations
    segment.length += code.length
    for (const each of syntax.declared) {
      segment.declared.set(each.name, each)
      if (each.isValue) this.#values.set(each.name, { ...each, segment })
      if (each.isType) this.#types.set(each.name, { ...each, segment })
    }
    for (const name of syntax.exported) segment.exported.add(name)
    for (const each of imported) {
      if (each.segment !== segment) segment.imported.set(keyOf(each), each)
    }
    return [{ name: segment.file, text: segment.text }]
  }

  /**
   * The cell at the cursor. It sees the names of earlier cells that it has in it, unless it declares them itself:
   * TypeScript follows each one that is brought in, which for the names of 200 cells takes longer than all else.
   *
   * @param typed how a name begins that is looked for: all of those are seen as well
   */
  open(code: string, { insertions, declarations }: DocumentTypes, typed?: string): OpenCell {
    const syntax = readSyntax(code)
    const own = new Set(syntax.declared.map(({ name }) => name))
    const visible = this.#visibleIn(code, syntax)
    if (typed !== undefined) {
      const known = new Set(visible.map(({ name }) => name).concat(...own))
      visible.push(...this.#allVisible().filter(({ name }) => !known.has(name) && startsLike(name, typed)))
    }
    const marks = syntax.isObject
      ? [{ at: 0, text: '(' }, ...insertions, { at: code.length, text: ')' }]
      : insertions
    const document = new CellDocument(`${preludeOf(visible, this.#slots)}\n${declarations}`, code, marks)
    const variables = new Set(visible.filter(({ isVariable }) => isVariable).map(({ name }) => name))
    return { document, declared: own, variables, isBroken: syntax.isBroken }
  }

  /** Each name and where it means something, once where value and type are one declaration. */
  #allVisible(): Visible[] {
    return [...this.#values.values(), ...[...this.#types.values()].filter((each) => !this.#isOfValue(each))]
  }

  #isOfValue({ name, segment }: Visible): boolean {
    return this.#values.get(name)?.segment === segment
  }

  #visibleIn(code: string, { declared }: CellSyntax): Visible[] {
    const own = new Set(declared.map(({ name }) => name))
    const found: Visible[] = []
    for (const [name] of code.matchAll(/[\p{ID_Start}$_][\p{ID_Continue}$]*/gu)) {
      if (own.has(name)) continue
      own.add(name)
      const value = this.#values.get(name)
      const type = this.#types.get(name)
      if (value !== undefined) found.push(value)
      if (type !== undefined && type.segment !== value?.segment) found.push(type)
    }
    return found
  }

  /** The last one, unless a name would be declared twice in it. */
  #segmentFor(code: string, { declared }: CellSyntax, imported: readonly Visible[]): Segment {
    const last = this.#segments.at(-1)
    const isTaken = (name: string) =>
      last?.declared.has(name) || last?.imported.has(`${name} value`) || last?.imported.has(`${name} type`)
    const clashes =
      declared.some(({ name }) => isTaken(name)) ||
      imported.some(({ name, segment }) => segment !== last && last?.declared.has(name))
    if (last !== undefined && !clashes && last.length + code.length <= longestSegment) return last
    const segment = new Segment(this.#freeSlot())
    this.#segments.push(segment)
    return segment
  }

  /** Of a segment of which no name is in use any more: a cell that is run again and again leaves one each time. */
  #freeSlot(): number {
    const used = new Set<Segment>()
    const use = (segment: Segment) => {
      if (used.has(segment)) return
      used.add(segment)
      for (const { segment: other } of segment.imported.values()) use(other)
    }
    for (const { segment } of [...this.#values.values(), ...this.#types.values()]) use(segment)
    this.#segments = this.#segments.filter((segment) => used.has(segment))
    const taken = new Set(this.#segments.map(({ slot }) => slot))
    const free = this.#slots.find((slot) => !taken.has(slot))
    if (free !== undefined) return free
    this.#slots.push(this.#slots.length + 1)
    return this.#slots.length
  }
}

function moduleOf(slot: number): string {
  return `${segmentPrefix}${slot}`
}

function keyOf({ name, isValue }: Visible): string {
  return `${name} ${isValue ? 'value' : 'type'}`
}

/** What the modules of cells are called in a prelude; never proposed to a person. */
const moduleName = '$xdrlab'

/** Whether a name is one that somebody who has typed so much may mean. */
export function startsLike(name: string, typed: string): boolean {
  return name.toLowerCase().startsWith(typed.toLowerCase())
}

/** Whether a proposal is a name of ours. */
export function isOurName(name: string): boolean {
  return name.startsWith(moduleName)
}

/**
 * Brings in names: what may be assigned to as a variable of its own, the rest by import. Each module is named twice
 * whatever is used of it: a file that names the same modules as before is read anew alone, while any other import makes
 * TypeScript begin with the whole project (100 ms).
 */
function preludeOf(visible: Iterable<Visible>, slots: Iterable<number>): string {
  const imports = new Map<number, string[]>()
  for (const slot of slots) imports.set(slot, [])
  const withVariables = new Set<number>()
  let variables = ''
  for (const { name, isVariable, isValue, comment, segment } of visible) {
    if (isVariable) {
      // TypeScript takes no comment as documentation that something stands in front of.
      const told = comment === undefined ? '' : `\n${comment}\n`
      variables += `${told}declare let ${name}: typeof ${moduleName}${segment.slot}.${name};`
      withVariables.add(segment.slot)
    } else {
      imports.get(segment.slot)?.push(isValue ? name : `type ${name}`)
    }
  }
  let text = ''
  for (const [slot, names] of imports) {
    const module = `'./${moduleOf(slot)}'`
    // A name for the whole module, where nothing uses it, is followed all the same.
    const whole = withVariables.has(slot) ? `type * as ${moduleName}${slot}` : '{}'
    text += `import { ${names.join(', ')} } from ${module};import ${whole} from ${module};`
  }
  return `${text}${variables}export {};`
}

/**
 * Without what is of our files: `import("./.xdrlab-cells-1").Alert` → `Alert`, and that a name is imported
 * from there.
 */
export function withoutFiles(text: string): string {
  return (
    text
      .replace(/import\((["'])[^"']*\.xdrlab-cells?[^"']*\1\)\./g, '')
      .replace(/^(```typescript\n)?\(alias\) /, '$1')
      .replace(/\nimport [\p{ID_Continue}$]+(?=\n```|$)/u, '')
      // Enums and inputs of the schema, under the name that a cell's documents keep them.
      .replace(/\$gql\d*\./g, '')
  )
}
