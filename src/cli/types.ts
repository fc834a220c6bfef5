import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildSchema, GraphQLError, type GraphQLSchema } from 'graphql'
import { XdrError } from '../errors.js'
import { packageRoot } from '../package.js'
import { buildSdl } from '../schema/build.js'
import { declarationsFile, type SourceProblem } from '../schema/document-types-file.js'
import { plain } from '../text.js'
import { findFiles } from './find-files.js'
import { documentsIn } from './source-documents.js'

interface TypesCommandOptions {
  output: string
  schema?: string
  check?: boolean
}

const extensions = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs', '.graphql', '.gql']

/** `xdrlab types <files...>`; exit code 1 where a document is wrong, or with `--check` the file is out of date. */
export async function types(patterns: readonly string[], options: TypesCommandOptions): Promise<void> {
  const texts = new Map(findFiles(patterns, extensions).map((file) => [file, readText(file)]))
  const schema =
    options.schema === undefined
      ? buildSdl(readText(join(packageRoot, 'src/sandbox/schema.graphql')))
      : readSchema(options.schema)
  const documents = [...texts].flatMap(([file, text]) => documentsIn(file, text))
  const { text, problems, nameless, count } = declarationsFile(schema, documents)
  const show = ({ file, offset, message }: SourceProblem) =>
    describePlace(file, texts.get(file) ?? '', offset, message)
  if (problems.length > 0) {
    process.stderr.write(
      `${problems.map(show).join('\n')}\nnothing was written: ${counted(problems.length, 'problem')}\n`,
    )
    process.exitCode = 1
    return
  }
  if (nameless.length > 0) process.stderr.write(`${nameless.map(show).join('\n')}\n`)
  const isNew = !isSame(options.output, text)
  if (options.check === true) {
    if (!isNew) return
    process.stderr.write(`${options.output} is out of date: run the same command without --check\n`)
    process.exitCode = 1
    return
  }
  // A file that is written anew wakes every watching compiler.
  if (isNew) write(options.output, text)
  process.stdout.write(`${options.output}: types of ${counted(count, 'document')}\n`)
}

function readSchema(file: string): GraphQLSchema {
  const text = readText(file)
  try {
    return buildSchema(text)
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const offset = error instanceof GraphQLError ? (error.positions?.[0] ?? 0) : 0
    const said = describePlace(file, text, offset, error.message.replace(/^Syntax Error: /, ''))
    throw new XdrError('XDR_FILE', `the schema cannot be read\n${said}`, {
      hint: 'give a file in the schema definition language: type Query { … }',
    })
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw fileError(file, 'read', error)
  }
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text)
  } catch (error) {
    throw fileError(file, 'written', error)
  }
}

function fileError(file: string, what: 'read' | 'written', error: unknown): XdrError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'
  return new XdrError('XDR_FILE', `${plain(file, 200)} cannot be ${what} (${code})`, {
    hint: 'check the path',
  })
}

/** Whatever git has made of its line ends. */
function isSame(file: string, text: string): boolean {
  try {
    return readFileSync(file, 'utf8').replaceAll('\r\n', '\n') === text
  } catch {
    return false
  }
}

/** As compilers say it: `file:line:column: message`, the line, and a caret below the place. */
function describePlace(file: string, text: string, offset: number, message: string): string {
  const before = text.slice(0, offset).split(/\r\n|[\n\r]/)
  const line = text.split(/\r\n|[\n\r]/)[before.length - 1] ?? ''
  const column = before.at(-1)?.length ?? 0
  const shown = `  ${line.replace(/\t/g, ' ')}\n  ${' '.repeat(column)}^`
  return `${file}:${before.length}:${column + 1}: ${plain(message)}\n${shown}`
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
