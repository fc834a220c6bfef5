import { version } from '../../package.js'
import { escapeHtml } from '../../text.js'
import type { Notebook } from '../notebook-file.js'
import { codeToHtml } from './code-html.js'
import { Headings } from './headings.js'
import { localImage } from './images.js'
import { markdownToHtml } from './markdown-html.js'
import { markup, outputToHtml, type Part } from './output-html.js'
import { pageStyle } from './page-style.js'
import { type HiddenSecret, type ReportCell, type ReportOptions, readReport } from './report-cells.js'
import type { Fact } from './run-facts.js'
import type { SafeHtmlOptions } from './safe-html.js'
import { svgDataUrl } from './svg-image.js'

/** The colours of a page; `auto` follows the reader's. */
export type Theme = 'light' | 'dark' | 'auto'

export interface PageOptions extends ReportOptions {
  theme?: Theme
}

/** The second wall: whatever got through the first runs nothing, and asks for nothing. */
const policy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
/** More columns than fit on paper that stands. */
const mostUprightColumns = 7
/** More than fit across it at a size to be read. */
const mostReadableColumns = 20
const deepestListed = 3

/**
 * A notebook as one HTML file: no script, no network, its images in it, right on a screen and on paper. What others
 * wrote as HTML is written anew from an allow-list; nothing of the notebook is run.
 */
export function renderPage(
  notebook: Notebook,
  { theme = 'auto', ...options }: PageOptions,
): { html: string; hidden: HiddenSecret[] } {
  const { title, facts, cells, hidden } = readReport(notebook, options)
  const headings = new Headings()
  const body = cells.map((cell) => section(cell, headings, options.folder)).join('')
  const html = `<!doctype html>
<html lang="en" data-theme="${theme}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="xdrlab ${escapeHtml(version)}">
<title>${escapeHtml(title)}</title>
<style>
${pageStyle({ title })}</style>
</head>
<body>
<header><h1>${escapeHtml(title)}</h1>${factList(facts)}</header>
${contents(headings)}<main>${body}</main>
</body>
</html>
`
  return { html, hidden }
}

function factList(facts: readonly Fact[]): string {
  if (facts.length === 0) return ''
  const lines = facts.map(({ name, value }) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`)
  return `<dl>${lines.join('')}</dl>`
}

function contents({ list }: Headings): string {
  const listed = list.filter(({ level }) => level <= deepestListed)
  if (listed.length < 3) return ''
  const lines = listed.map(
    ({ level, text, id }) =>
      `<li class="level-${level}"><a href="#${escapeHtml(id)}">${escapeHtml(text)}</a></li>`,
  )
  return `<nav aria-label="Contents"><h2>Contents</h2><ol>${lines.join('')}</ol></nav>\n`
}

function section(cell: ReportCell, headings: Headings, folder: string | undefined): string {
  const options: SafeHtmlOptions = {
    image: (address) => imageOf(address, cell, folder),
    heading: (level, text) => headings.add(level, text),
  }
  if (cell.kind === 'markdown') {
    const { html, columnCount } = markup(markdownToHtml(cell.source, options))
    return html.trim() === '' ? '' : `<section class="text${wide(columnCount)}">${html}</section>\n`
  }
  const input = inputOf(cell)
  // The headings of an output are no chapters of the report.
  const parts = cell.outputs.map((output) => outputToHtml(output, { image: () => undefined }))
  const outputs = parts.map(({ html }) => (html === '' ? '' : `<div class="output">${html}</div>`)).join('')
  if (input === '' && outputs === '') return ''
  return `<section class="code${wide(widest(parts))}" aria-label="Cell ${cell.number}">${input}${outputs}</section>\n`
}

function widest(parts: readonly Part[]): number {
  return Math.max(0, ...parts.map(({ columnCount }) => columnCount))
}

function wide(columnCount: number): string {
  if (columnCount <= mostUprightColumns) return ''
  return columnCount <= mostReadableColumns ? ' wide' : ' wide vast'
}

function inputOf({ source, kind }: ReportCell): string {
  if (source.trim() === '') return ''
  return `<div class="input"><pre><code>${kind === 'code' ? codeToHtml(source) : escapeHtml(source)}</code></pre></div>`
}

function imageOf(
  address: string,
  { attachments }: ReportCell,
  folder: string | undefined,
): string | undefined {
  const [, attached] = /^attachment:(.+)$/.exec(address) ?? []
  if (attached === undefined) return localImage(address, folder)
  const [[type, data] = []] = Object.entries(attachments[decoded(attached)] ?? {})
  if (type === undefined || data === undefined) return undefined
  return type === 'image/svg+xml' ? svgDataUrl(data) : `data:${type};base64,${data.replace(/\s/g, '')}`
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}
