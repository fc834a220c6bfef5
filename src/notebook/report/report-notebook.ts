import type { Cell, Notebook } from '../notebook-file.js'
import { type HiddenSecret, type ReportCell, type ReportOptions, readReport } from './report-cells.js'

/** What a report shows of a notebook, as a notebook again: for other programs that write reports. */
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
  const base = { id: `cell-${number}`, metadata: {}, source }
  if (kind === 'code') {
    const isHidden = source === '' && outputs.length > 0
    const metadata = isHidden ? { tags: ['remove_input'] } : {}
    return { ...base, metadata, cell_type: kind, execution_count: null, outputs }
  }
  const cell = { ...base, cell_type: kind }
  return kind === 'markdown' && Object.keys(attachments).length > 0
    ? Object.assign(cell, { attachments })
    : cell
}
