import { readdirSync, statSync } from 'node:fs'
import { join, matchesGlob, sep } from 'node:path'
import { XdrError } from '../errors.js'
import { plain } from '../text.js'

/** Folders of what others have written, or of what was made. */
const leftOut = new Set(['node_modules', 'dist', 'build', 'coverage'])

/**
 * The files that names and patterns mean: a file, a folder with all below it, or a pattern such as
 * `src/**\/*.ts`, which a shell gives as it is where it stands in quotes.
 *
 * @param extensions with their dots: what is taken of folders and patterns; a file given by its name may have any
 * @returns paths as they were given, or from the working folder, sorted
 * @throws XdrError `XDR_BAD_OPTION` for what means no file
 */
export function findFiles(given: readonly string[], extensions: readonly string[]): string[] {
  const found = given.flatMap((pattern) => {
    const files = filesOf(pattern, extensions)
    if (files.length > 0) return files
    throw new XdrError('XDR_BAD_OPTION', `${plain(pattern, 120)} means no file`, {
      hint: `give files, folders or patterns such as "src/**/*.ts"; read are ${extensions.join(' ')}`,
    })
  })
  return [...new Set(found)].sort()
}

function filesOf(pattern: string, extensions: readonly string[]): string[] {
  const stats = statSync(pattern, { throwIfNoEntry: false })
  if (stats?.isFile() === true) return [pattern]
  const isTaken = (path: string) =>
    extensions.some((extension) => path.endsWith(extension)) && !/\.d\.[cm]?ts$/.test(path)
  if (stats?.isDirectory() === true) return filesBelow(pattern).filter(isTaken)
  const [fixed = ''] = /^(?:[^*?[{]*\/)?/.exec(pattern.replaceAll(sep, '/')) ?? []
  return quietly(() =>
    filesBelow(fixed === '' ? '.' : fixed).filter((path) => isTaken(path) && matchesGlob(path, pattern)),
  )
}

/** All files below a folder; their paths begin as the folder's does. */
function filesBelow(folder: string): string[] {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return []
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isFile()) return [path]
    const isOwn = entry.isDirectory() && !entry.name.startsWith('.') && !leftOut.has(entry.name)
    return isOwn ? filesBelow(path) : []
  })
}

/** Node 20 warns of `matchesGlob`, which later ones call stable. */
function quietly<T>(run: () => T): T {
  const { emitWarning } = process
  process.emitWarning = () => {}
  try {
    return run()
  } finally {
    process.emitWarning = emitWarning
  }
}
