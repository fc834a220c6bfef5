import { readFileSync, writeFileSync } from 'node:fs'
import { declarationsFile, type SourceProblem } from '../schema/document-types-file.js'
import { findFiles } from './find-files.js'
import { documentsIn } from './source-documents.js'
import { describePlace, fileError, readText } from './text-file.js'
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
  const texts = new Map(findFiles(patterns, extensions).map((file) => [file, readText(file)]))
  const { schema, isPart } = await openSchema(where)
  const documents = [...texts].flatMap(([file, text]) => documentsIn(file, text))
  const { text, problems, nameless, count } = declarationsFile(schema, documents)
  const show = ({ file, offset, message }: SourceProblem) =>
    describePlace(file, texts.get(file) ?? '', offset, message)
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
    throw fileError(file, 'written', error)
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

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
