import { stripVTControlCharacters } from 'node:util'
import { resourceMimeType } from '../../results/table-resource.js'
import type { MimeBundle, Notebook, Output } from '../notebook-file.js'
import { markdownTable } from './markdown-table.js'
import { escapedMarkdown, fenced, harmlessMarkdown } from './markdown-text.js'
import {
  type HiddenSecret,
  isImage,
  type ReportCell,
  type ReportOptions,
  readReport,
} from './report-cells.js'
import { safeSvg } from './safe-html.js'
import { svgLabel } from './svg-image.js'

/** A picture of a report, to be written beside it. */
export interface ReportFile {
  /** `cell-4-1.svg` */
  name: string
  content: Buffer
}

export interface MarkdownReport {
  markdown: string
  files: ReportFile[]
  hidden: HiddenSecret[]
}

const extensions: Record<string, string> = {
  'image/svg+xml': 'svg',
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
  'image/webp': 'webp',
}

/**
 * A notebook as GitHub's Markdown: tables as tables, pictures as files beside it. HTML of the notebook is not in it.
 *
 * @param options.filesFolder how the text names the folder of the pictures
 */
export function renderMarkdown(
  notebook: Notebook,
  { filesFolder, ...options }: ReportOptions & { filesFolder: string },
): MarkdownReport {
  const { title, facts, cells, hidden } = readReport(notebook, options)
  const files: ReportFile[] = []
  const keep = (name: string, type: string, data: string): string => {
    const file = `${name}.${extensions[type] ?? 'bin'}`
    // Opened by itself, a drawing would run what is in it.
    const content = type === 'image/svg+xml' ? Buffer.from(safeSvg(data)) : Buffer.from(data, 'base64')
    files.push({ name: file, content })
    return `${filesFolder}/${file}`.split('/').map(encodeURIComponent).join('/')
  }
  const lines = facts.map(
    ({ name, value }) => `- **${name}:** ${escapedMarkdown(value.replaceAll('\n', ', '))}`,
  )
  const parts = [
    `# ${escapedMarkdown(title)}`,
    ...(lines.length === 0 ? [] : [lines.join('\n')]),
    ...cells.flatMap((cell) => cellParts(cell, keep)),
  ]
  return { markdown: `${parts.join('\n\n')}\n`, files, hidden }
}

type Keep = (name: string, type: string, data: string) => string

function cellParts(cell: ReportCell, keep: Keep): string[] {
  const { kind, source, outputs, number } = cell
  if (kind === 'markdown') return source.trim() === '' ? [] : [withAttachments(cell, keep)]
  const input = source.trim() === '' ? [] : [fenced(source, kind === 'code' ? 'ts' : '')]
  return [
    ...input,
    ...outputs.flatMap((output, index) => outputPart(output, `cell-${number}-${index + 1}`, keep)),
  ]
}

function withAttachments({ source, attachments, number }: ReportCell, keep: Keep): string {
  const names = Object.keys(attachments)
  const places = new Map(
    names.flatMap((name, index) => {
      const [[type, data] = []] = Object.entries(attachments[name] ?? {})
      if (type === undefined || data === undefined || !Object.hasOwn(extensions, type)) return []
      return [[name, keep(`cell-${number}-attachment-${index + 1}`, type, data)] as const]
    }),
  )
  const linked = source.replace(/\]\(attachment:([^)\s]+)\)/g, (whole, name: string) => {
    const place = places.get(name)
    return place === undefined ? whole : `](${place})`
  })
  return harmlessMarkdown(linked).trim()
}

function outputPart(output: Output, name: string, keep: Keep): string[] {
  switch (output.output_type) {
    case 'stream':
      return text(output.text)
    case 'error': {
      const trace = output.traceback.join('\n').trim()
      return text(trace === '' ? `${output.ename}: ${output.evalue}` : trace)
    }
    default:
      return bundlePart(output.data, name, keep)
  }
}

function bundlePart(data: MimeBundle, name: string, keep: Keep): string[] {
  const table = markdownTable(data[resourceMimeType])
  if (table !== undefined) return [table]
  const picture = Object.keys(extensions).find((type) => typeof data[type] === 'string')
  if (picture !== undefined) {
    const content = String(data[picture])
    const label = isImage(picture) ? '' : svgLabel(content)
    return [`![${escapedMarkdown(label)}](${keep(name, picture, content)})`]
  }
  const { 'text/markdown': markdown, 'text/latex': latex, 'text/plain': plain } = data
  if (typeof markdown === 'string') return [harmlessMarkdown(markdown).trim()]
  if (typeof latex === 'string') return [fenced(latex, 'latex')]
  if (typeof plain === 'string') return text(plain)
  return data['application/json'] === undefined
    ? []
    : [fenced(JSON.stringify(data['application/json'], null, 2), 'json')]
}

function text(printed: string): string[] {
  const lines = stripVTControlCharacters(printed)
    .replace(/[^\n]*\r(?!\n)/g, '')
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '')
    .trimEnd()
  return lines.trim() === '' ? [] : [fenced(lines, 'text')]
}
