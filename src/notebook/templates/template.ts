import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { XdrError } from '../../errors.js'
import { plain } from '../../text.js'
import { type Notebook, readNotebook, sourceOf } from '../notebook-file.js'
import { firstParagraph, splitTitle } from '../report/markdown-html.js'

/** A place with templates. */
export interface TemplateSource {
  /** What it is called before a template's name: `team/hunt`. */
  name: string
  /** For people: the folder, or the repository. */
  title: string
  folder: string
}

/** A notebook that others are made from. */
export interface Template {
  /** Of its file, without `.ipynb`. */
  name: string
  source: TemplateSource
  path: string
  /** Its first heading, or its name. */
  title: string
  /** What it is about, in a line. */
  description: string
  /** Where its results can be looked at, where somebody has put them there. */
  view: string | undefined
}

/** A notebook larger than this is somebody's results, and no template. */
const mostBytes = 20_000_000
const longestDescription = 300

/** Where a repository usually keeps them, beside its root. */
const usualFolders = ['', 'notebooks', 'templates']

/**
 * The templates of a source: of its folder, and of `notebooks` and `templates` in it. Nothing in them is run.
 *
 * @param onUnreadable told of each notebook that is none
 * @throws XdrError `XDR_FILE` where the folder cannot be read
 */
export function listTemplates(source: TemplateSource, onUnreadable: (error: XdrError) => void): Template[] {
  const folders = usualFolders.map((name) => join(source.folder, name))
  return folders
    .filter((folder, at) => at === 0 || statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true)
    .flatMap((folder) =>
      notebooksIn(folder).map((file) => ({ folder, name: file.slice(0, -'.ipynb'.length) })),
    )
    .flatMap(({ folder, name }): Template[] => {
      const path = join(folder, `${name}.ipynb`)
      const view = join(folder, 'views', `${name}-with-output.html`)
      try {
        const words = wordsOf(readNotebook(path), name)
        return [{ name, source, path, ...words, view: existsSync(view) ? view : undefined }]
      } catch (error) {
        if (!(error instanceof XdrError)) throw error
        onUnreadable(error)
        return []
      }
    })
}

function notebooksIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile() && /^[^.].*\.ipynb$/.test(entry.name))
      .map(({ name }) => name)
      .filter((name) => !name.includes('.executed.') && statSync(join(folder, name)).size <= mostBytes)
      .sort()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'
    throw new XdrError('XDR_FILE', `the templates in ${folder} cannot be read (${code})`, {
      hint: 'check XDRLAB_TEMPLATES; what was added is forgotten by xdrlab new --remove, and fetched by --update',
    })
  }
}

function wordsOf({ cells }: Notebook, name: string): { title: string; description: string } {
  const text = cells.find(({ cell_type: type }) => type === 'markdown')
  const source = text === undefined ? '' : sourceOf(text)
  const split = splitTitle(source)
  return {
    title: plain(split?.title || name, longestDescription),
    description: plain(firstSentence(firstParagraph(split?.rest ?? source)), longestDescription),
  }
}

function firstSentence(text: string): string {
  return /^.{20,}?[.!?](?=\s|$)/.exec(text)?.[0] ?? text
}
