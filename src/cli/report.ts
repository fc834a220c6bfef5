import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, extname, join, parse, resolve } from 'node:path'
import { XdrError } from '../errors.js'
import { type Notebook, readNotebook, writeNotebook } from '../notebook/notebook-file.js'
import { replaceFile } from '../notebook/replace-file.js'
import type { Theme } from '../notebook/report/page.js'
import type { HiddenSecret } from '../notebook/report/report-cells.js'
import { plain } from '../text.js'
import { interruptSignal } from './interrupt.js'
import { startProgress } from './progress.js'

type Format = 'html' | 'md' | 'pdf'

interface ReportCommandOptions {
  to?: Format
  output?: string
  theme: Theme
  input: boolean
  via?: 'nbconvert'
  json?: boolean
}

interface Job {
  notebook: Notebook
  format: Format
  /** The notebook's, which the report is called after where it has no title. */
  name: string
  /** The notebook's. */
  folder: string
  /** Absolute; `-` for stdout. */
  output: string
  options: ReportCommandOptions
}

const toStdout = '-'

/** `xdrlab report <notebook>` */
export async function report(path: string, options: ReportCommandOptions): Promise<void> {
  const notebook = readNotebook(path)
  const format = options.to ?? formatOf(options.output)
  const { dir, name } = parse(resolve(path))
  const given = options.output ?? join(dir, `${name}.${format}`)
  const output = given === toStdout ? given : resolve(given)
  if (output === resolve(path))
    throw new XdrError('XDR_BAD_OPTION', 'the report would be written over the notebook', {
      hint: 'name another file with --output',
    })
  if (output === toStdout && options.json === true)
    throw new XdrError('XDR_BAD_OPTION', '--json and the report cannot both go to stdout', {
      hint: 'give --output a file',
    })
  const job: Job = { notebook, format, name, folder: dir, output, options }
  const hidden = await writeReport(job)
  if (options.json === true) process.stdout.write(`${JSON.stringify({ output, format, hidden })}\n`)
  else tell(output, hidden)
}

function writeReport(job: Job): Promise<HiddenSecret[]> {
  if (job.options.via === 'nbconvert') return writeByNbconvert(job)
  switch (job.format) {
    case 'html':
      return writeHtml(job)
    case 'md':
      return writeMarkdown(job)
    case 'pdf':
      return writePdf(job)
  }
}

async function writeHtml({ notebook, name, folder, output, options }: Job): Promise<HiddenSecret[]> {
  const { renderPage } = await import('../notebook/report/page.js')
  const { html, hidden } = renderPage(notebook, { name, folder, theme: options.theme, input: options.input })
  await put(output, html)
  return hidden
}

async function writeMarkdown({ notebook, name, folder, output, options }: Job): Promise<HiddenSecret[]> {
  const { renderMarkdown } = await import('../notebook/report/markdown-report.js')
  const filesFolder = output === toStdout ? `${name}_files` : `${parse(output).name}_files`
  const { markdown, files, hidden } = renderMarkdown(notebook, {
    name,
    folder,
    input: options.input,
    filesFolder,
  })
  await put(output, markdown)
  if (output !== toStdout && files.length > 0) {
    const beside = join(dirname(output), filesFolder)
    mkdirSync(beside, { recursive: true })
    for (const file of files)
      await replaceFile(join(beside, file.name), file.content, { what: 'a picture of the report' })
  }
  return hidden
}

async function writePdf(job: Job): Promise<HiddenSecret[]> {
  const [{ findPrinter, printPdf }, { renderPage }] = await Promise.all([
    import('./pdf.js'),
    import('../notebook/report/page.js'),
  ])
  const printer = findPrinter()
  if (printer === undefined) return writePdfByNbconvert(job)
  const { notebook, name, folder, output, options } = job
  const { html, hidden } = renderPage(notebook, { name, folder, theme: 'light', input: options.input })
  const signal = interruptSignal()
  await inTempFolder(async (temp) => {
    const [page, pdf] = [join(temp, 'report.html'), join(temp, 'report.pdf')]
    writeFileSync(page, html)
    const stopProgress = startProgress('printing')
    try {
      await printPdf(printer, { page, pdf, folder: temp, signal })
    } finally {
      stopProgress()
    }
    await put(output, readFileSync(pdf))
  })
  return hidden
}

async function writePdfByNbconvert(job: Job): Promise<HiddenSecret[]> {
  const { findJupyter } = await import('./nbconvert.js')
  if (findJupyter() !== undefined) return writeByNbconvert(job)
  throw new XdrError('XDR_FILE', 'a PDF is printed by a browser, and none was found', {
    hint: 'install Chromium, Chrome or Edge (XDRLAB_CHROMIUM names its program), or write --to html and print that',
  })
}

/** nbconvert is given what the report would show, so that it hides the same. */
async function writeByNbconvert({ notebook, format, name, output, options }: Job): Promise<HiddenSecret[]> {
  const [{ findJupyter, runNbconvert }, { reportNotebook }] = await Promise.all([
    import('./nbconvert.js'),
    import('../notebook/report/report-notebook.js'),
  ])
  const jupyter = findJupyter()
  if (jupyter === undefined) {
    throw new XdrError('XDR_FILE', 'there is no jupyter on the path to run nbconvert with', {
      hint: 'pip install nbconvert, or leave --via out: xdrlab writes reports by itself',
    })
  }
  const { notebook: shown, hidden } = reportNotebook(notebook, { name })
  const signal = interruptSignal()
  await inTempFolder(async (temp) => {
    const base = output === toStdout ? name : parse(output).name
    const path = join(temp, 'report.ipynb')
    await writeNotebook(path, shown)
    const { input, theme } = options
    const written = await runNbconvert(jupyter, {
      notebook: path,
      name: base,
      format,
      folder: temp,
      input,
      theme,
      signal,
    })
    await put(output, readFileSync(written))
    const files = join(temp, `${base}_files`)
    if (output !== toStdout && existsSync(files))
      cpSync(files, join(dirname(output), `${base}_files`), { recursive: true })
  })
  return hidden
}

async function inTempFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'xdrlab-report-'))
  try {
    await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
  }
}

async function put(output: string, content: string | Buffer): Promise<void> {
  if (output === toStdout) process.stdout.write(content)
  else await replaceFile(output, content, { what: 'the report' })
}

function formatOf(output: string | undefined): Format {
  switch (extname(output ?? '').toLowerCase()) {
    case '.md':
    case '.markdown':
      return 'md'
    case '.pdf':
      return 'pdf'
    default:
      return 'html'
  }
}

function tell(output: string, hidden: readonly HiddenSecret[]): void {
  if (output !== toStdout) process.stderr.write(`The report is ${output}\n`)
  for (const { cell, kind } of hidden) {
    const where = cell === null ? 'above the cells' : `in cell ${cell}`
    process.stderr.write(
      `hidden ${where}: ${plain(kind, 60)}; it is still in the notebook (xdrlab share check)\n`,
    )
  }
}
