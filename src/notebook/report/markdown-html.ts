import { Marked } from 'marked'
import { escapeHtml } from '../../text.js'
import { type SafeHtml, type SafeHtmlOptions, safeHtml } from './safe-html.js'

const marked = new Marked({
  gfm: true,
  renderer: {
    // A box that nobody can tick is a letter.
    checkbox: ({ checked }) => (checked ? '☑ ' : '☐ '),
  },
})

/** Markdown (GitHub's) as HTML; HTML within it goes through the same wall as every other. */
export function markdownToHtml(markdown: string, options: SafeHtmlOptions): SafeHtml {
  return safeHtml(rendered(markdown), options)
}

/**
 * Takes the title off a text that begins with one.
 *
 * @returns `undefined` where it begins with something else
 */
export function splitTitle(markdown: string): { title: string; rest: string } | undefined {
  const [first, second, ...others] = marked.lexer(markdown)
  const [heading, rest] = first?.type === 'space' ? [second, others] : [first, [second, ...others]]
  if (heading?.type !== 'heading' || heading.depth !== 1) return undefined
  const text = safeHtml(rendered(heading.raw)).text
  return {
    title: text,
    rest: rest
      .map((token) => token?.raw ?? '')
      .join('')
      .trim(),
  }
}

/** The first sentence-like line of a text, without marks: what it is about. */
export function firstParagraph(markdown: string): string {
  const paragraph = marked.lexer(markdown).find(({ type }) => type === 'paragraph')
  return paragraph === undefined ? '' : safeHtml(rendered(paragraph.raw)).text.replace(/\s+/g, ' ')
}

/** A text that no parser gets through is shown as it is. */
function rendered(markdown: string): string {
  try {
    return marked.parse(markdown, { async: false })
  } catch {
    return `<pre>${escapeHtml(markdown)}</pre>`
  }
}
