import { readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, extname, isAbsolute, join, relative, sep } from 'node:path'
import { Marked, type Token } from 'marked'
import { type Notebook, sourceOf } from '../notebook-file.js'

/** A file beside a template that the template shows, or that its code reads. */
export interface ReferredFile {
  /** From the template's folder, with `/`: `images/flow.png`. */
  name: string
  content: Buffer
}

export interface ReferredFiles {
  files: ReferredFile[]
  /** What is referred to and not taken, each with why. */
  refused: { name: string; why: string }[]
}

/** A template with more than this carries somebody's results. */
const mostFileBytes = 20_000_000
const mostFiles = 200

const marked = new Marked({ gfm: true })
const codeEndings = /^\.[mc]?[jt]sx?$/
/** What an import without an ending may mean, or one that names what the file is compiled to. */
const triedEndings = ['', '.ts', '.mts', '.cts', '.tsx', '/index.ts', '.js', '.mjs', '.cjs']

/**
 * The files that a template's texts and code name by a relative path (`![](images/a.png)`, `import './helper.ts'`), with
 * those that such code names in turn. Only files of its folder or below: nothing outside, nothing through a link, nothing
 * hidden, no other notebook. Nothing is run.
 */
export function referredFiles(notebook: Notebook, folder: string): ReferredFiles {
  const root = realpathSync(folder)
  const files = new Map<string, ReferredFile>()
  const refused = new Map<string, string>()
  const waiting = notebook.cells.flatMap((cell) => {
    const texts = cell.cell_type === 'code' ? namesInCode(sourceOf(cell)) : namesInMarkdown(sourceOf(cell))
    return texts.map((name) => ({ name, from: root }))
  })
  for (const { name, from } of waiting) {
    const path = existingPath(join(from, name))
    if (path === undefined) continue
    const inFolder = relative(root, path).split(sep).join('/')
    if (files.has(inFolder) || refused.has(inFolder) || inFolder.endsWith('.ipynb')) continue
    const why = files.size >= mostFiles ? `it is one of more than ${mostFiles}` : whyRefused(path, inFolder)
    if (why !== undefined) {
      refused.set(inFolder, why)
      continue
    }
    const content = readFileSync(path)
    files.set(inFolder, { name: inFolder, content })
    if (!codeEndings.test(extname(path))) continue
    waiting.push(
      ...namesInCode(content.toString('utf8')).map((each) => ({ name: each, from: dirname(path) })),
    )
  }
  return { files: [...files.values()], refused: [...refused].map(([name, why]) => ({ name, why })) }
}

/** Paths that begin with `./` or `../`, wherever code has one as a text: imported, opened, or loaded as rows. */
function namesInCode(code: string): string[] {
  return [...code.matchAll(/(['"`])(\.\.?\/[^'"`\n\r$]{1,500})\1/g)].map(([, , name = '']) => name)
}

/** The addresses of links and pictures that lead to a file beside. */
function namesInMarkdown(markdown: string): string[] {
  const names: string[] = []
  const take = (address: string) => {
    const [path = ''] = address.split(/[?#]/)
    if (path === '' || /^[a-z][a-z\d+.-]*:|^[\\/]/i.test(path)) return
    try {
      names.push(decodeURIComponent(path))
    } catch {
      names.push(path)
    }
  }
  const look = (token: Token) => {
    if (token.type === 'image' || token.type === 'link') take(String(token.href))
    if (token.type !== 'html') return
    for (const [, , address = ''] of token.raw.matchAll(/\b(?:src|href)\s*=\s*(["'])([^"'<>]{1,500})\1/gi))
      take(address)
  }
  try {
    marked.walkTokens(marked.lexer(markdown), look)
  } catch {
    // What no parser gets through has no pictures either.
  }
  return names
}

function existingPath(path: string): string | undefined {
  const stem = path.replace(/\.([mc]?)js$/, '')
  const tried = [
    ...triedEndings.map((ending) => path + ending),
    ...triedEndings.map((ending) => stem + ending),
  ]
  return tried.find((each) => statSync(each, { throwIfNoEntry: false })?.isFile() === true)
}

/** A template of others must not carry other files of this machine along. */
function whyRefused(path: string, inFolder: string): string | undefined {
  if (inFolder.startsWith('../') || isAbsolute(inFolder)) return 'it is outside the template’s folder'
  if (realpathSync(path) !== path) return 'it is a link'
  if (inFolder.split('/').some((part) => part.startsWith('.'))) return 'it is hidden'
  return statSync(path).size > mostFileBytes ? `it has more than ${mostFileBytes / 1e6} MB` : undefined
}
