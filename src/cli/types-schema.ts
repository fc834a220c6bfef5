import { buildSchema, GraphQLError, type GraphQLSchema } from 'graphql'
import { connect } from '../client/connect.js'
import { XdrError } from '../errors.js'
import { resolveTarget } from '../providers/target.js'
import { buildSdl } from '../schema/build.js'
import { type ChosenSchema, wholeSchema } from '../schema/choose.js'
import { describePlace } from '../schema/place-text.js'
import { usualSnapshot } from '../schema/snapshot.js'
import { plain } from '../text.js'
import { interruptSignal } from './interrupt.js'
import { startProgress } from './progress.js'
import { connectOptionsOf, providerOf, type WhereOptions } from './provider-option.js'
import { readText } from './read-text.js'

export interface SchemaOptions extends WhereOptions {
  schema?: string
}

/** A schema to write types by. */
export interface OpenSchema {
  schema: GraphQLSchema
  /** The platform has more than it names. */
  isPart: boolean
}

/** The schema of `--schema`, that of the platform which the options name, else the one that ships. */
export async function openSchema({
  schema: file,
  trace: _,
  ...where
}: SchemaOptions & { trace?: boolean }): Promise<OpenSchema> {
  const isPlatform = Object.keys(where).length > 0
  if (file !== undefined && isPlatform) {
    throw new XdrError('XDR_BAD_OPTION', '--schema names a file, and another option a platform', {
      hint: 'leave one of them out',
    })
  }
  if (file !== undefined) return { schema: readSchema(file), isPart: false }
  if (!isPlatform) return { schema: buildSdl(readText(usualSnapshot, usualSnapshot)), isPart: true }
  const { place, isWhole } = await platformSchema(where)
  return { schema: buildSdl(readText(place.path, place.path)), isPart: !isWhole }
}

/** What the platform has told within a day, else what it tells now. */
async function platformSchema(where: WhereOptions): Promise<ChosenSchema> {
  const provider = providerOf(where)
  const options = connectOptionsOf(where)
  const target = resolveTarget(provider, options)
  const known = wholeSchema(target, Date.now())
  if (known?.isWhole === true) return known
  const client = await connect(provider, { ...options, signal: interruptSignal() })
  const stopProgress = startProgress(`asking ${new URL(target.origin).host} for its schema`)
  try {
    await client.schema.refresh()
  } finally {
    stopProgress()
  }
  const told = wholeSchema(target, Date.now())
  if (told !== undefined) return told
  throw new XdrError('XDR_BAD_OPTION', `no schema of ${provider.title} is known`, {
    hint: 'give it as a file: --schema schema.graphql',
  })
}

function readSchema(file: string): GraphQLSchema {
  const text = readText(file, file)
  try {
    return buildSchema(text)
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const start = error instanceof GraphQLError ? (error.positions?.[0] ?? 0) : 0
    const { line, column, excerpt } = describePlace(text, { start, end: start + 1 })
    const said = plain(error.message.replace(/^Syntax Error: /, ''), 600)
    throw new XdrError(
      'XDR_FILE',
      `the schema cannot be read\n${file}:${line}:${column}: ${said}\n${excerpt}`,
      {
        hint: 'give a file in the schema definition language: type Query { … }',
      },
    )
  }
}
