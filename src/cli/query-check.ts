import { type DocumentNode, GraphQLError, parse } from 'graphql'
import { XdrError } from '../errors.js'
import { resolveTarget, type Target } from '../providers/target.js'
import { type ChosenSchema, gatewaySchema, wholeSchema } from '../schema/choose.js'
import { knownSchema } from '../schema/known-schemas.js'
import { describePlace } from '../schema/place-text.js'
import { type DocumentProblem, findProblems } from '../schema/problems.js'
import { plain } from '../text.js'
import { providerOf, type WhereOptions } from './provider-option.js'
import { readText } from './read-text.js'

export interface CheckOptions extends WhereOptions {
  path?: string
  json?: boolean
}

/** What is wrong at a place of a file. */
interface FileProblem {
  severity: 'error' | 'hint'
  /** `Syntax`, or the name of a rule of the GraphQL specification. */
  rule: string
  message: string
  /** From 1. */
  line: number
  column: number
  /** The line, and a caret under what is meant. */
  excerpt: string
}

/**
 * `xdrlab query --check <file...>`: holds documents to the platform's schema as it is known on this machine, and sends
 * nothing. Exit code 1 where one is wrong.
 */
export function checkFiles(files: readonly string[], options: CheckOptions): void {
  const target = targetOf(options)
  const schema =
    options.path === undefined
      ? wholeSchema(target, Date.now())
      : gatewaySchema(target, options.path, Date.now())
  if (schema === undefined) {
    throw new XdrError('XDR_BAD_OPTION', `no schema of ${target.provider.title} is known on this machine`, {
      hint: 'sign in to it in a notebook and run await xdr.schema.refresh()',
    })
  }
  const checked = files.map((file) => ({
    file: file === '-' ? 'standard input' : file,
    problems: problemsOf(readText(file === '-' ? 0 : file, file), schema),
  }))
  const isWrong = checked.some(({ problems }) => problems.some(({ severity }) => severity === 'error'))
  if (options.json === true) writeJson(checked, schema, isWrong)
  else writeText(checked, target, schema)
  if (isWrong) process.exitCode = 1
}

/** The sandbox need not run: its schema ships. */
function targetOf(options: WhereOptions): Target {
  const provider = providerOf(options)
  const { region, url } = options
  try {
    return resolveTarget(provider, { region, url })
  } catch (error) {
    if (!(error instanceof XdrError) || error.code !== 'XDR_SANDBOX') throw error
    return { provider, region: 'sandbox', origin: 'http://127.0.0.1' }
  }
}

function problemsOf(source: string, { place }: ChosenSchema): FileProblem[] {
  let document: DocumentNode
  try {
    document = parse(source)
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error
    const start = error.positions?.[0] ?? 0
    const message = error.message.replace(/^Syntax Error: /, '')
    return [fileProblem(source, { rule: 'Syntax', message, places: [{ start, end: start + 1 }] }, 'error')]
  }
  const schema = knownSchema(place)
  return [
    ...findProblems(schema, document, 'all').map((problem) => fileProblem(source, problem, 'error')),
    ...findProblems(schema, document, 'deprecations').map((problem) => fileProblem(source, problem, 'hint')),
  ].sort((a, b) => a.line - b.line || a.column - b.column)
}

function fileProblem(source: string, problem: DocumentProblem, severity: 'error' | 'hint'): FileProblem {
  const { rule, message, places } = problem
  const { line, column, excerpt } = describePlace(source, places[0] ?? { start: 0, end: 0 })
  return { severity, rule, message: plain(message, 600), line, column, excerpt }
}

type Checked = readonly { file: string; problems: readonly FileProblem[] }[]

function writeText(checked: Checked, { provider, region }: Target, { kind, isWhole }: ChosenSchema): void {
  for (const { file, problems } of checked) {
    if (problems.length === 0) process.stdout.write(`${file}: nothing is wrong\n`)
    for (const { severity, rule, message, line, column, excerpt } of problems) {
      process.stdout.write(`${file}:${line}:${column}: ${severity}: ${message} [${rule}]\n${excerpt}\n`)
    }
  }
  if (isWhole) return
  const schema =
    kind === 'snapshot'
      ? 'the schema that ships, which lacks much of what the platform has'
      : 'a schema that is older than a day'
  process.stderr.write(
    `checked by ${schema}; in a notebook that is signed in to ${provider.title} ${region}, await xdr.schema.refresh() asks for the platform's own\n`,
  )
}

function writeJson(checked: Checked, { kind, place, fetchedAt }: ChosenSchema, isWrong: boolean): void {
  const files = checked.map(({ file, problems }) => ({
    file,
    problems: problems.map(({ excerpt: _, ...problem }) => problem),
  }))
  const fetched = fetchedAt === undefined ? {} : { fetchedAt: new Date(fetchedAt).toISOString() }
  const schema = { kind, hash: place.hash, ...fetched }
  process.stdout.write(`${JSON.stringify({ ok: !isWrong, schema, files })}\n`)
}
