import { escapeHtml } from '../../text.js'
import type { MimeBundle, Output } from '../notebook-file.js'
import { secretsIn, withoutSecrets } from '../share-secrets.js'
import { ansiToHtml } from './ansi-html.js'
import { markdownToHtml } from './markdown-html.js'
import { isImage } from './report-cells.js'
import { type SafeHtml, type SafeHtmlOptions, safeHtml } from './safe-html.js'
import { svgDataUrl, svgLabel } from './svg-image.js'

/** A part of a report: its markup, and how many columns its widest table has. */
export interface Part {
  html: string
  columnCount: number
}

/** What one output may take of a report; a run's log can be of any length. */
const mostLetters = 400_000
const nothing: Part = { html: '', columnCount: 0 }

/** An output of a cell, in the form of it that a page shows best. */
export function outputToHtml(output: Output, options: SafeHtmlOptions): Part {
  switch (output.output_type) {
    case 'stream':
      return part(
        `<pre class="stream ${output.name === 'stderr' ? 'stderr' : 'stdout'}">${terminal(output.text)}</pre>`,
      )
    case 'error': {
      const trace = output.traceback.join('\n').trim()
      return part(
        `<pre class="error">${terminal(trace === '' ? `${output.ename}: ${output.evalue}` : trace)}</pre>`,
      )
    }
    default:
      return bundleToHtml(output.data, output.metadata, options)
  }
}

/** The first form that leaves something to be seen. */
function bundleToHtml(data: MimeBundle, metadata: MimeBundle, options: SafeHtmlOptions): Part {
  for (const type of formsOf(data)) {
    const made = form(type, data, metadata, options)
    if (made.html !== '') return made
  }
  return nothing
}

const images = ['image/svg+xml', 'image/png', 'image/jpeg', 'image/gif', 'image/webp']
const forms = ['text/html', ...images, 'text/markdown', 'text/latex', 'text/plain', 'application/json']

function formsOf(data: MimeBundle): string[] {
  return forms.filter((type) => data[type] !== undefined)
}

function form(type: string, data: MimeBundle, metadata: MimeBundle, options: SafeHtmlOptions): Part {
  const content = data[type]
  const text = typeof content === 'string' ? content : JSON.stringify(content, null, 2)
  if (isImage(type))
    return part(imageTag(`data:${type};base64,${text.replace(/\s/g, '')}`, type, metadata, data))
  switch (type) {
    case 'text/html': {
      const safe = safeHtml(text, options)
      // What a program would have drawn is there as a picture too, more often than not.
      const hasPicture = images.some((image) => data[image] !== undefined)
      return safe.isEmpty || (safe.hadScript && hasPicture) ? nothing : markup(safe)
    }
    case 'text/markdown':
      return markup(markdownToHtml(text, options))
    case 'image/svg+xml':
      return part(imageTag(svgDataUrl(text), type, metadata, data, svgLabel(text)))
    case 'text/latex':
      return part(`<pre class="latex">${escapeHtml(cut(text))}</pre>`)
    default:
      return text === '' ? nothing : part(`<pre>${terminal(text)}</pre>`)
  }
}

/** A secret may be spread over elements: then its text alone is shown. */
export function markup({ html, text, columnCount }: SafeHtml): Part {
  return secretsIn(text).length === 0
    ? { html, columnCount }
    : part(`<pre>${escapeHtml(withoutSecrets(text))}</pre>`)
}

function imageTag(source: string, type: string, metadata: MimeBundle, data: MimeBundle, label = ''): string {
  const size = Object(metadata[type] ?? metadata)
  const sized = (['width', 'height'] as const)
    .filter((name) => Number.isInteger(size[name]) && size[name] > 0)
    .map((name) => ` ${name}="${size[name]}"`)
    .join('')
  const alt = label === '' ? String(data['text/plain'] ?? '').split('\n', 1)[0] : label
  return `<img src="${escapeHtml(source)}" alt="${escapeHtml(String(alt).slice(0, 300))}"${sized}>`
}

function terminal(text: string): string {
  return ansiToHtml(cut(text))
}

function cut(text: string): string {
  if (text.length <= mostLetters) return text
  const rest = (text.length - mostLetters).toLocaleString('en')
  return `${text.slice(0, mostLetters)}\n… ${rest} more characters stand in the notebook`
}

function part(html: string): Part {
  return { html, columnCount: 0 }
}
