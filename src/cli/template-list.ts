import { describeError, XdrError } from '../errors.js'
import { parseGitUrl } from '../notebook/templates/git-url.js'
import {
  addedSources,
  addSource,
  readAddedSource,
  removeSource,
  templateSources,
} from '../notebook/templates/sources.js'
import { listTemplates, type Template } from '../notebook/templates/template.js'
import { plain } from '../text.js'
import { startProgress } from './progress.js'
import { fetchTemplates } from './template-git.js'

/** Every template of every source; a source or a notebook that cannot be read is told, and the others are there. */
export function allTemplates(): Template[] {
  const warn = (error: XdrError) => void process.stderr.write(`! ${plain(error.message)}\n`)
  return templateSources().flatMap((source) => {
    try {
      return listTemplates(source, warn)
    } catch (error) {
      if (!(error instanceof XdrError)) throw error
      process.stderr.write(`${describeError(error)}\n`)
      return []
    }
  })
}

/**
 * Adds, forgets and updates sources, as far as that is asked for.
 *
 * @returns whether it was
 */
export async function changeSources(
  { add, remove, update = false }: { add?: string; remove?: string; update?: boolean },
  signal: AbortSignal,
): Promise<boolean> {
  if (add !== undefined) await addGiven(add, signal)
  if (remove !== undefined) await removeGiven(remove)
  if (update) await updateAll(signal)
  return add !== undefined || remove !== undefined || update
}

async function addGiven(text: string, signal: AbortSignal): Promise<void> {
  const source = readAddedSource(text)
  if ('folder' in source) return addSource(source)
  await withProgress(source.git.url, () => fetchTemplates(source.git, signal))
  await addSource({ git: source.git.url })
}

async function removeGiven(text: string): Promise<void> {
  const source = readAddedSource(text)
  const added = 'folder' in source ? source : { git: source.git.url }
  if (await removeSource(added)) return
  throw new XdrError('XDR_BAD_OPTION', `${plain(text, 120)} was not added`, {
    hint: 'xdrlab new --list shows the sources; those of XDRLAB_TEMPLATES are taken out there',
  })
}

/** Each by itself: what fails is told at the end, and the others are new. */
async function updateAll(signal: AbortSignal): Promise<void> {
  const failures: XdrError[] = []
  for (const source of addedSources()) {
    if (!('git' in source)) continue
    try {
      await withProgress(source.git, () => fetchTemplates(parseGitUrl(source.git), signal))
    } catch (error) {
      if (!(error instanceof XdrError) || signal.aborted) throw error
      failures.push(error)
    }
  }
  const [first, ...others] = failures
  for (const other of others) process.stderr.write(`${describeError(other)}\n`)
  if (first !== undefined) throw first
}

async function withProgress(what: string, work: () => Promise<unknown>): Promise<void> {
  const stopProgress = startProgress(`fetching ${plain(what, 80)}`)
  try {
    await work()
  } finally {
    stopProgress()
  }
}

/** Prints the list; the sources one after another. */
export function listTemplatesTo(templates: readonly Template[], { json = false }: { json?: boolean }): void {
  if (json) {
    const rows = templates.map(({ source, ...template }) => ({
      ...template,
      source: source.name,
      from: source.title,
    }))
    process.stdout.write(`${JSON.stringify(rows)}\n`)
    return
  }
  const sources = [...new Set(templates.map(({ source }) => source))]
  const parts = sources.map((source) => {
    const own = templates.filter((template) => template.source === source)
    return [`${plain(source.name, 60)} · ${plain(source.title, 200)}`, ...own.map(linesOf)].join('\n')
  })
  process.stdout.write(`${parts.join('\n\n')}\n`)
}

function linesOf({ name, title, description, view }: Template): string {
  const about = description === '' ? title : description
  return [
    `  ${plain(name, 80)}`,
    `      ${about}`,
    ...(view === undefined ? [] : [`      to look at: ${view}`]),
  ].join('\n')
}
