import type { Cell, Notebook, Output } from '../notebook-file.js'
import { harmlessMarkdown } from './markdown-text.js'
import { markup } from './output-html.js'
import { type HiddenSecret, type ReportCell, type ReportOptions, readReport } from './report-cells.js'
import { safeHtml, safeSvg } from './safe-html.js'

/**
 * What a report shows of a notebook, as a notebook again, in which nothing runs: for other programs that
 * write reports.
 */
export function reportNotebook(
  notebook: Notebook,
  options: ReportOptions,
): { notebook: Notebook; hidden: HiddenSecret[] } {
  const { title, cells, hidden } = readReport(notebook, options)
  const { kernelspec, language_info: language } = notebook.metadata
  return {
    notebook: {
      nbformat: 4,
      nbformat_minor: 5,
      metadata: {
        title,
        ...(kernelspec === undefined ? {} : { kernelspec }),
        ...(language === undefined ? {} : { language_info: language }),
      },
      cells: [heading(title), ...cells.map(toCell)],
    },
    hidden,
  }
}

function heading(title: string): Cell {
  return { cell_type: 'markdown', id: 'title', metadata: {}, source: `# ${title}` }
}

function toCell({ number, kind, source, outputs, attachments }: ReportCell): Cell {
  const text = kind === 'markdown' ? harmlessMarkdown(source) : source
  const base = { id: `cell-${number}`, metadata: {}, source: text }
  if (kind === 'code') {
    const isHidden = source === '' && outputs.length > 0
    const metadata = isHidden ? { tags: ['remove_input'] } : {}
    return { ...base, metadata, cell_type: kind, execution_count: null, outputs: outputs.map(harmless) }
  }
  const cell = { ...base, cell_type: kind }
  return kind === 'markdown' && Object.keys(attachments).length > 0
    ? Object.assign(cell, { attachments })
    : cell
}

/** Of the forms of an output, those in which there are no programs. */
function harmless(output: Output): Output {
  if (!('data' in output)) return output
  const { 'text/html': html, 'text/markdown': markdown, 'image/svg+xml': svg, ...data } = output.data
  const kept = Object.entries(data).filter(([type]) => /^(?:image\/|text\/(?:plain|latex)$)/.test(type))
  const shown = typeof html === 'string' ? markup(safeHtml(html)).html : ''
  return {
    ...output,
    data: {
      ...Object.fromEntries(kept),
      ...(shown.trim() === '' ? {} : { 'text/html': shown }),
      ...(typeof svg === 'string' ? { 'image/svg+xml': safeSvg(svg) } : {}),
      ...(typeof markdown === 'string' ? { 'text/markdown': harmlessMarkdown(markdown) } : {}),
    },
  }
}
