import { toPoints, toUnits } from './code-points.js'
import { type Reach, reachBefore } from './cursor-expression.js'
import type { Proposal } from './language/answers.js'
import type { Completed } from './language/protocol.js'
import { liveNames } from './live-names.js'
import { LiveWorld } from './live-world.js'

/** One proposal; what it replaces is the same for all of a list. */
export interface Match {
  text: string
  /** As JupyterLab shows it beside the name: `function`, `class`, `property`, `keyword`… */
  type: string
  /** Its type or signature, in one line. */
  signature?: string
  /** Markdown. */
  documentation?: string
  deprecated?: boolean
}

/** Proposals for one place of a cell. */
export interface Proposals {
  matches: Match[]
  /** What they replace, in UTF-16 units. */
  start: number
  end: number
}

interface LiveProposals extends Proposals {
  /** What is reached into; `undefined` where any name is looked for. */
  object: string | undefined
}

/** Where proposals come from beside the live world, if they come in time. */
export interface TypedCompleter {
  complete(code: string, cursor: number, withinMs: number): Promise<Completed | undefined>
}

/** A person notices a longer wait; by then the live names go alone, milliseconds. */
const typesWithinMs = 250

/** More than a person will read; a window has thousands of names, a typed array millions. */
const mostMatches = 1_000

/** A name of the cells: what it is, only a look at its value says. */
const untoldKind = ''

/** Of a longer list nobody reads the icons, and each costs a tenth of a millisecond. */
const mostTyped = 50

const keywords =
  'abstract as asserts async await break case catch class const continue debugger declare default delete do else enum export extends false finally for from function if implements import in infer instanceof interface is keyof let namespace new null of private protected public readonly return satisfies static super switch this throw true try type typeof undefined unique using var void while with yield'.split(
    ' ',
  )

/** Reads names from what the cells have made, and from the cell itself as far as it is typed. */
function liveProposals(code: string, cursor: number): LiveProposals | undefined {
  const reach = reachBefore(code, cursor)
  if (reach === undefined) return undefined
  using world = new LiveWorld()
  const found = reach.object === undefined ? plainNames(world, code, reach) : members(world, reach)
  const matches = found.filter(({ text }) => text.startsWith(reach.prefix)).slice(0, mostMatches)
  const { object } = reach
  if (reach.quote === undefined) return { matches, start: reach.start, end: endOfName(code, cursor), object }
  return {
    object,
    matches: matches.map((match) => asKey(match, reach.quote ?? '"')),
    start: reach.start,
    end: cursor,
  }
}

/** The content of a `complete_reply`. */
export async function completeReply(
  code: string,
  cursorPos: unknown,
  typed?: TypedCompleter,
): Promise<object> {
  const cursor = toUnits(code, cursorPos)
  // Asked first: it is a process of its own, and thinks while we look.
  const asked = typed?.complete(code, cursor, typesWithinMs)
  const live = liveProposals(code, cursor)
  const types = await asked
  const proposals = merged(types, live) ?? { matches: [], start: cursor, end: cursor }
  tellKinds(proposals.matches)
  const [start, end] = [toPoints(code, proposals.start), toPoints(code, proposals.end)]
  return {
    status: 'ok',
    matches: proposals.matches.map(({ text }) => text),
    cursor_start: start,
    cursor_end: end,
    metadata: {
      _jupyter_types_experimental: proposals.matches.map((match) => ({ start, end, ...match })),
      // For those who wonder where the types are.
      xdrlab: { types: typed === undefined ? 'off' : types === undefined ? 'none in time' : 'known' },
    },
  }
}

/** What types know comes first; values know names that types do not. */
function merged(typed: Completed | undefined, live: LiveProposals | undefined): Proposals | undefined {
  if (typed === undefined || typed.proposals.length === 0) return live
  const matches = typed.proposals.map(asMatch)
  const { start, end } = typed
  if (live === undefined || live.start !== start || isOutdated(live, typed)) return { matches, start, end }
  return { matches: unique([...matches, ...live.matches]).slice(0, mostMatches), start, end }
}

/** A plain name where none can stand, or a member of what the cell is about to declare anew. */
function isOutdated({ object }: LiveProposals, { takesNames, declared }: Completed): boolean {
  if (object === undefined) return !takesNames
  const [root = ''] = /^[\p{ID_Continue}$]*/u.exec(object) ?? []
  return declared.includes(root)
}

function asMatch({ text, kind, signature, documentation, isDeprecated }: Proposal): Match {
  return {
    text,
    type: kind,
    ...(signature === undefined ? {} : { signature }),
    ...(documentation === undefined ? {} : { documentation }),
    ...(isDeprecated === true ? { deprecated: true } : {}),
  }
}

/** A name in the middle is replaced whole: `con|sole` becomes `console`, not `consolesole`. */
function endOfName(code: string, cursor: number): number {
  return cursor + (/^[\p{ID_Continue}$]*/u.exec(code.slice(cursor))?.[0].length ?? 0)
}

function plainNames(world: LiveWorld, code: string, { prefix, start }: Reach): Match[] {
  const before = code.slice(0, start)
  const typed = [
    ...before.matchAll(
      /\b(let|const|var|function\*?|class|enum|interface|type|namespace)\s+([\p{ID_Start}$_][\p{ID_Continue}$]*)/gu,
    ),
  ]
  const local = typed.map(([, kind = '', text = '']) => ({ text, type: kindOf(kind) }))
  const lexical = world.names().filter((text) => text.startsWith(prefix))
  const untold = lexical.map((text) => ({ text, type: untoldKind }))
  const globals = prefix === '' ? [] : liveNames(globalThis, { prefix, ownOnly: false, most: mostMatches })
  const words = prefix === '' ? [] : keywords.map((text) => ({ text, type: 'keyword' }))
  return unique([...local, ...untold, ...words, ...globals])
}

function kindOf(kind: string): string {
  if (kind.startsWith('function')) return 'function'
  return ['class', 'enum', 'interface', 'type', 'namespace'].includes(kind) ? kind : 'variable'
}

/** Asks the values of what no type has told the kind of. */
function tellKinds(matches: Match[]): void {
  const untold = matches.filter(({ type }) => type === untoldKind)
  if (untold.length === 0) return
  using world = new LiveWorld()
  const kinds = kindsOf(
    world,
    untold.slice(0, mostTyped).map(({ text }) => text),
  )
  for (const [n, match] of untold.entries()) match.type = kinds[n] ?? 'variable'
}

/**
 * One look for all of them, and one function: V8 prepares each anew for a look without side effects. A name whose
 * cell failed before giving it a value throws when it is read.
 */
function kindsOf(world: LiveWorld, names: string[]): string[] {
  if (names.length === 0) return []
  const kinds = world.look(`(() => {
    const $xdrlabKindOf = (value) => {
      if (typeof value !== 'function') return ' variable'
      const made = Object.getOwnPropertyDescriptor(value, 'prototype')
      return made !== undefined && !made.writable ? ' class' : ' function'
    }
    let $xdrlabKinds = ''
    ${names.map((name) => `try { $xdrlabKinds += $xdrlabKindOf(${name}) } catch { $xdrlabKinds += ' variable' }`).join('\n')}
    return $xdrlabKinds
  })()`)
  return typeof kinds?.value === 'string' ? kinds.value.trimStart().split(' ') : []
}

function members(world: LiveWorld, { object = '', prefix, quote }: Reach): Match[] {
  const names = namesOf(world, object, prefix, quote !== undefined)
  if (quote !== undefined) return names
  return names.filter(({ text }) => /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(text))
}

function namesOf(world: LiveWorld, expression: string, prefix: string, ownOnly: boolean): Match[] {
  const object = world.take(expression)
  return object === undefined ? [] : liveNames(object, { prefix, ownOnly, most: mostMatches })
}

function asKey({ text, type }: Match, quote: string): Match {
  const escaped = JSON.stringify(text).slice(1, -1)
  return {
    text: quote === '"' ? escaped : escaped.replaceAll('\\"', '"').replaceAll(quote, `\\${quote}`),
    type,
  }
}

function unique(matches: Match[]): Match[] {
  const byName = new Map<string, Match>()
  for (const match of matches) if (!byName.has(match.text)) byName.set(match.text, match)
  return [...byName.values()]
}
