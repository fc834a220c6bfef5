/** What stands before the cursor: the object that is reached into, and the name that is begun. */
export interface Reach {
  /** `alerts[0].metadata` of `alerts[0].metadata.ti`; `undefined` where a plain name is typed. */
  object: string | undefined
  /** The name that is begun: `ti`. */
  prefix: string
  /** Where it starts, in UTF-16 units. */
  start: number
  /** A key in brackets is begun, with this quote. */
  quote?: string
}

const nameBefore = /[\p{ID_Start}\p{ID_Continue}$_\u200c\u200d]*$/u
const nameAfter = /^[\p{ID_Continue}$\u200c\u200d]*/u
const closers: Record<string, string> = { ')': '(', ']': '[', '}': '{' }

/** What the text before `end` reaches for; `undefined` inside of a string or a comment. */
export function reachBefore(code: string, end: number): Reach | undefined {
  const before = code.slice(0, end)
  const scanned = scan(before)
  const keyed = scanned.openQuote === undefined ? undefined : keyBefore(before, scanned)
  if (keyed !== undefined) return keyed
  if (scanned.isInText) return undefined
  const prefix = nameBefore.exec(before)?.[0] ?? ''
  const start = end - prefix.length
  const dot = /\?\.\s*$|\.\s*$/.exec(before.slice(0, start))
  const head = before.slice(0, start)
  // `1.` begins a fraction, and `...` spreads.
  if (/(^|[^\p{ID_Continue}$)\]])\d+\.$/u.test(head) || /^\d/.test(prefix)) return undefined
  if (dot === null || /\.\.\s*$/.test(head)) return { object: undefined, prefix, start }
  const object = chainBefore(before, dot.index, scanned)
  return object === undefined ? undefined : { object, prefix, start }
}

/** Whether the place is within a string, a template's text or a comment. */
export function isInText(code: string, cursor: number): boolean {
  return scan(code.slice(0, cursor)).isInText
}

/** The whole dotted expression that the cursor is in or behind; of a call's arguments, what is called. */
export function expressionAt(code: string, cursor: number): string | undefined {
  const end = cursor + (nameAfter.exec(code.slice(cursor))?.[0].length ?? 0)
  const before = code.slice(0, end)
  const scanned = scan(before)
  if (!scanned.isInText && nameBefore.exec(before)?.[0]) return chainBefore(before, end, scanned)
  const call = scanned.open.findLast((at) => before[at] === '(')
  if (call === undefined) return undefined
  const upTo = before.slice(0, call).trimEnd().length
  return nameBefore.exec(before.slice(0, upTo))?.[0] ? chainBefore(before, upTo, scanned) : undefined
}

/** `row["ti` → the object `row`, the prefix `ti`. */
function keyBefore(before: string, { openQuote, open }: Scan): Reach | undefined {
  const bracket = open.at(-1)
  if (openQuote === undefined || bracket === undefined || before[bracket] !== '[') return undefined
  const quote = before[openQuote] ?? ''
  if (before.slice(bracket + 1, openQuote).trim() !== '' || quote === '`') return undefined
  const object = chainBefore(before, bracket, scan(before.slice(0, bracket)))
  if (object === undefined) return undefined
  return { object, prefix: before.slice(openQuote + 1), start: openQuote + 1, quote }
}

/** The longest chain of names, members, calls, brackets and literals that ends at `end`. */
function chainBefore(text: string, end: number, { pairs, strings }: Scan): string | undefined {
  let at = end
  for (;;) {
    at = text.slice(0, at).trimEnd().length
    const last = text[at - 1] ?? ''
    const opener = closers[last] === undefined ? strings.get(at - 1) : pairs.get(at - 1)
    if (opener !== undefined) {
      at = opener
      // What a bracket or a call belongs to stands directly before it; else it is a literal or a group.
      if (last === ']' || last === ')') {
        const previous = text.slice(0, at).trimEnd()
        if (/[\p{ID_Continue}$)\]"'`]$/u.test(previous) && !endsWithKeyword(previous)) continue
        // Optional: `a?.[0]`, `f?.()`.
        if (previous.endsWith('?.')) {
          at = previous.length - 2
          continue
        }
      }
    } else {
      const name = nameBefore.exec(text.slice(0, at))?.[0] ?? ''
      if (name === '') return undefined
      at -= name.length
      if (text[at - 1] === '#') return undefined
    }
    const dot = /\?\.\s*$|(?<!\.)\.\s*$/.exec(text.slice(0, at))
    if (dot === null) break
    at = dot.index
  }
  const chain = text.slice(at, end).trim()
  return chain === '' || endsWithKeyword(chain) ? undefined : chain
}

function endsWithKeyword(text: string): boolean {
  return /(^|[^.\w$])(if|while|for|switch|catch|return|typeof|await|in|of|new|void|delete|case|do|else|throw|yield|with|instanceof)$/.test(
    text,
  )
}

interface Scan {
  /** The end is inside a string, a template's text, a comment. */
  isInText: boolean
  /** Where the string begins that is open at the end. */
  openQuote: number | undefined
  /** Brackets that are open at the end. */
  open: number[]
  /** Of each closing bracket its opening one. */
  pairs: Map<number, number>
  /** Of each closing quote its opening one. */
  strings: Map<number, number>
}

/** One walk over the text: brackets, strings, templates, comments. Regular expressions are not told from division. */
function scan(text: string): Scan {
  const open: number[] = []
  const pairs = new Map<number, number>()
  const strings = new Map<number, number>()
  /** Templates around the place, and how many brackets were open where their `${` began. */
  const templates: { start: number; depth: number }[] = []
  let at = 0
  /** Reads template text from `at`; true where it ends, or goes into a `${`. */
  const readTemplate = (start: number): boolean => {
    for (; at < text.length; at++) {
      if (text[at] === '\\') at++
      else if (text[at] === '`') {
        strings.set(at++, start)
        return true
      } else if (text[at] === '$' && text[at + 1] === '{') {
        open.push(at + 1)
        templates.push({ start, depth: open.length })
        at += 2
        return true
      }
    }
    return false
  }
  const inText = (openQuote?: number): Scan => ({ isInText: true, openQuote, open, pairs, strings })
  while (at < text.length) {
    const char = text[at] ?? ''
    const two = text.slice(at, at + 2)
    if (two === '//') {
      const newline = text.indexOf('\n', at)
      if (newline < 0) return inText()
      at = newline
    } else if (two === '/*') {
      const close = text.indexOf('*/', at + 2)
      if (close < 0) return inText()
      at = close + 2
    } else if (char === '"' || char === "'") {
      const start = at++
      while (at < text.length && text[at] !== char && text[at] !== '\n') at += text[at] === '\\' ? 2 : 1
      if (at >= text.length) return inText(start)
      strings.set(at++, start)
    } else if (char === '`') {
      const start = at++
      if (!readTemplate(start)) return inText(start)
    } else if (char === '(' || char === '[' || char === '{') {
      open.push(at++)
    } else if (char === ')' || char === ']' || char === '}') {
      const template = templates.at(-1)
      const isTemplate = char === '}' && template !== undefined && template.depth === open.length
      const opener = open.pop()
      if (opener !== undefined) pairs.set(at, opener)
      at++
      if (isTemplate) {
        templates.pop()
        if (!readTemplate(template.start)) return inText(template.start)
      }
    } else {
      at++
    }
  }
  return { isInText: false, openQuote: undefined, open, pairs, strings }
}
