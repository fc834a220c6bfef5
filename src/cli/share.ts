import { readFileSync } from 'node:fs'
import { XdrError } from '../errors.js'
import { type Notebook, parseNotebook, readNotebook, writeNotebook } from '../notebook/notebook-file.js'
import { checkNotebook, type ShareFinding } from '../notebook/share-check.js'
import { cleanNotebook } from '../notebook/share-clean.js'
import { installHook, removeHook, stagedNotebooks } from '../notebook/share-git.js'
import { plain } from '../text.js'

const exitFindings = 1
const exitUnusable = 2
/** For a file name: the notebook comes on stdin. */
const fromStdin = '-'

interface Checked {
  file: string
  findings: ShareFinding[]
}

interface Unusable {
  file: string
  error: string
}

/** `xdrlab share check` */
export async function shareCheck(
  files: readonly string[],
  { staged = false, json = false }: { staged?: boolean; json?: boolean },
): Promise<void> {
  if (staged === files.length > 0) {
    throw new XdrError('XDR_BAD_OPTION', 'share check takes notebooks, or --staged', {
      hint: 'xdrlab share check hunt.ipynb',
    })
  }
  const checked: Checked[] = []
  const unusable: Unusable[] = []
  const sources = staged
    ? stagedNotebooks().map(({ file, text }) => ({ file, read: () => parseNotebook(text, file) }))
    : files.map((file) => ({ file, read: () => readGiven(file) }))
  for (const { file, read } of sources) {
    try {
      checked.push({ file, findings: checkNotebook(read()) })
    } catch (error) {
      if (!(error instanceof XdrError)) throw error
      unusable.push({ file, error: error.message })
    }
  }
  if (json) process.stdout.write(`${JSON.stringify({ files: checked, unusable })}\n`)
  else report(checked, unusable)
  if (unusable.length > 0) process.exitCode = exitUnusable
  else if (checked.some(({ findings }) => findings.length > 0)) process.exitCode = exitFindings
}

function report(checked: readonly Checked[], unusable: readonly Unusable[]): void {
  for (const { file, findings } of checked)
    for (const found of findings) process.stdout.write(`${lineOf(file, found)}\n`)
  for (const { error } of unusable) process.stderr.write(`${plain(error)}\n`)
  const count = checked.reduce((sum, { findings }) => sum + findings.length, 0)
  const notebooks = `${checked.length} ${checked.length === 1 ? 'notebook' : 'notebooks'}`
  process.stderr.write(`${notebooks} checked, ${count === 0 ? 'nothing' : count} found\n`)
}

function lineOf(file: string, { cell, place, line, kind, value, advice }: ShareFinding): string {
  const where = cell === null ? place : `cell ${cell}, ${plain(place, 80)}, line ${line}`
  return `${plain(file, 200)}: ${where}: ${kind}${value === undefined ? '' : ` ${plain(value, 80)}`}; ${advice}`
}

/** `xdrlab share clean` */
export async function shareClean(
  files: readonly string[],
  options: { output?: string; stdout?: boolean; pseudonymise?: boolean },
): Promise<void> {
  const [file] = files
  const isOne = files.length === 1 && file !== undefined
  if (!isOne && (options.output !== undefined || options.stdout === true || files.includes(fromStdin))) {
    throw new XdrError('XDR_BAD_OPTION', '--output, --stdout and - are for one notebook', {
      hint: 'several notebooks are cleaned in place',
    })
  }
  for (const each of files) {
    const clean = cleanNotebook(readGiven(each), options)
    if (options.stdout === true || (each === fromStdin && options.output === undefined)) {
      process.stdout.write(`${JSON.stringify(clean, null, 1)}\n`)
    } else {
      await writeNotebook(options.output ?? each, clean)
    }
  }
}

function readGiven(file: string): Notebook {
  return file === fromStdin
    ? parseNotebook(readFileSync(0, 'utf8'), 'the notebook on stdin')
    : readNotebook(file)
}

/** `xdrlab share install-hook` */
export async function shareInstallHook({ remove = false }: { remove?: boolean }): Promise<void> {
  const [, program = ''] = process.argv
  const lines = remove ? removeHook() : installHook([process.execPath, program])
  process.stdout.write(`${lines.join('\n')}\n`)
}
