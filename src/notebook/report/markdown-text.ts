import { Marked } from 'marked'

/** Marks that do no more than look: the rest of HTML is shown as text. */
const harmless = /^<\/?(?:b|br|code|del|details|em|i|ins|kbd|mark|s|small|strong|sub|summary|sup|u)\s*\/?>/i
const autolink = /^<(?:https?:\/\/|mailto:)[^\s<>[\]\\]{1,2000}>/i
/** What a link's `]` may lead to. Nothing before the first of these signs names a scheme, however it is spelled. */
const harmlessEnds = [
  /^\][ \t]*[(:][ \t]*<?(?:https?:\/\/|mailto:|attachment:)/i,
  /^\][ \t]*[(:][ \t]*(?![ \t])<?(?![\\/]{2})[^\s:&\\/?#<>[\])]*(?:[/?#\s>)]|$)/,
  /^\]\(data:image\/(?:png|jpeg|gif|webp);base64,[A-Za-z\d+/=]*[ )]/,
]
const linkEnd = /^\][ \t]*[(:]/
/** The address stands on another line, where the marks of a list or a quotation may be before it. */
const brokenEnd = /^\][ \t]*[(:][ \t]*(?:\n|$)/

const marked = new Marked({ gfm: true })

/** A text of a server's for Markdown: it means nothing there but itself. */
export function escapedMarkdown(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '')
    .replace(/[\\`*_[\]|~#]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
}

/** A block of code, with a fence that nothing in it can end. */
export function fenced(content: string, language: string): string {
  const longest = Math.max(2, ...[...content.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}${language}\n${content.trimEnd()}\n${fence}`
}

/**
 * Markdown in which nothing runs where it is opened: no HTML but marks, no link to anything but the web, a mail, a place
 * beside it. Viewers differ in what they take for code; so what could be HTML stays one only in blocks that are fenced
 * here.
 */
export function harmlessMarkdown(markdown: string): string {
  return blocksOf(markdown)
    .map(({ text, language }) => (language === undefined ? harmlessText(text) : fenced(text, language)))
    .join('\n\n')
}

interface Block {
  text: string
  /** Of a block of code, may be empty. */
  language?: string
}

function blocksOf(markdown: string): Block[] {
  try {
    return marked.lexer(markdown).flatMap((token): Block[] => {
      if (token.type === 'space') return []
      if (token.type !== 'code') return [{ text: token.raw.replace(/^\n+|\n+$/g, '') }]
      return [{ text: String(token.text), language: /^[\w+#.-]*/.exec(token.lang ?? '')?.[0] ?? '' }]
    })
  } catch {
    // What no parser gets through is shown as it is.
    return [{ text: markdown, language: 'text' }]
  }
}

function harmlessText(text: string): string {
  let safe = ''
  let at = 0
  for (const { index, 0: sign } of text.matchAll(/[`<\]]/g)) {
    if (index < at) continue
    safe += text.slice(at, index)
    const [taken, written] = harmlessSign(sign, text.slice(index))
    safe += written
    at = index + taken
  }
  return safe + text.slice(at)
}

/** How many letters of `rest` are dealt with, and what stands in their place. */
function harmlessSign(sign: string, rest: string): [taken: number, written: string] {
  if (sign === ']') return [1, leadsAway(rest) ? '&#93;' : ']']
  if (sign === '`') return codeSpan(rest)
  const kept = (harmless.exec(rest) ?? autolink.exec(rest))?.[0]
  return kept === undefined ? [1, '&lt;'] : [kept.length, kept]
}

/** Whether the link that a `]` may end goes where a program may be; what is no link looks the same either way. */
function leadsAway(rest: string): boolean {
  if (!linkEnd.test(rest)) return false
  return brokenEnd.test(rest) || !harmlessEnds.some((end) => end.test(rest))
}

/** A code span with all that is in it; without an end, its beginning alone. */
function codeSpan(rest: string): [taken: number, written: string] {
  const [run = ''] = /^`+/.exec(rest) ?? []
  const end = new RegExp(`(?<!\`)${run}(?!\`)`).exec(rest.slice(run.length))
  if (end === null) return [run.length, run]
  const content = rest.slice(run.length, run.length + end.index)
  const whole = content.length + 2 * run.length
  if (!/<|\]\s*[(:]/.test(content)) return [whole, rest.slice(0, whole)]
  // Where a viewer sees no code span, this would be HTML or a link.
  return content.includes('\n')
    ? [run.length, run]
    : [whole, `<code>${escapedMarkdown(content.trim())}</code>`]
}
