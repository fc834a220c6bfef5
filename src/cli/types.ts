import { readFileSync, writeFileSync } from 'node:fs'
import { XdrError } from '../errors.js'
import { declarationsFile, type SourceProblem } from '../schema/document-types-file.js'
import { describePlace } from '../schema/place-text.js'
import { plain } from '../text.js'
import { findFiles } from './find-files.js'
import { readText } from './read-text.js'
import { documentsIn } from './source-documents.js'
import { openSchema, type SchemaOptions } from './types-schema.js'

interface TypesCommandOptions extends SchemaOptions {
  output: string
  check?: boolean
}

const extensions = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs', '.graphql', '.gql']

const partHint =
  'the schema that ships lacks much of the platform: name a region (--region us1) to ask the platform for its own, or give --schema'

/** `xdrlab types <files...>`; exit code 1 where a document is wrong, or with `--check` the file is out of date. */
export async function types(
  patterns: readonly string[],
  { output, check = false, ...where }: TypesCommandOptions,
): Promise<void> {
  const texts = new Map(findFiles(patterns, extensions).map((file) => [file, readText(file, file)]))
  const { schema, isPart } = await openSchema(where)
  const documents = [...texts].flatMap(([file, text]) => documentsIn(file, text))
  const { text, problems, nameless, count } = declarationsFile(schema, documents)
  const show = (problem: SourceProblem) => describeProblem(problem, texts.get(problem.file) ?? '')
  if (problems.length > 0) {
    const hint = isPart ? `\n${partHint}` : ''
    const many = counted(problems.length, 'problem')
    process.stderr.write(`${problems.map(show).join('\n')}\nnothing was written: ${many}${hint}\n`)
    process.exitCode = 1
    return
  }
  if (nameless.length > 0) process.stderr.write(`${nameless.map(show).join('\n')}\n`)
  const isNew = !isSame(output, text)
  if (check) {
    if (!isNew) return
    process.stderr.write(`${output} is out of date: run the same command without --check\n`)
    process.exitCode = 1
    return
  }
  // A file that is written anew wakes every watching compiler.
  if (isNew) write(output, text)
  process.stdout.write(`${output}: types of ${counted(count, 'document')}\n`)
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'
    throw new XdrError('XDR_FILE', `${plain(file, 200)} cannot be written (${code})`, {
      hint: 'check the path',
    })
  }
}

/** Whatever git has made of its line ends. */
function isSame(file: string, text: string): boolean {
  try {
    return readFileSync(file, 'utf8').replaceAll('\r\n', '\n') === text
  } catch {
    return false
  }
}

/** As compilers say it. */
function describeProblem({ file, message, ...range }: SourceProblem, text: string): string {
  const { line, column, excerpt } = describePlace(text, range)
  return `${plain(file, 200)}:${line}:${column}: ${plain(message, 600)}\n${excerpt}`
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
