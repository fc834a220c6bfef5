import { readFileSync } from 'node:fs'
import { buildASTSchema, type GraphQLSchema, parse } from 'graphql'
import { sliceGateway } from './gateways.js'
import { type DocumentProblem, findProblems } from './problems.js'
import type { SchemaPlace } from './schema-place.js'

/** What a check of a document is for: `document` finds only what is wrong whatever the schema is. */
export type CheckKind = 'all' | 'document'

/** Schemas of a few platforms, and the documents of a session. */
const mostSchemas = 4
const mostVerdicts = 500

const schemas = new Map<string, GraphQLSchema>()
const verdicts = new Map<string, readonly DocumentProblem[]>()

/** The schema of a file, built once. @throws where the file is no schema */
export function knownSchema({ path, hash, gateway }: SchemaPlace): GraphQLSchema {
  const key = `${hash} ${gateway ?? ''} ${path}`
  const known = schemas.get(key)
  if (known !== undefined) return known
  const document = parse(readFileSync(path, 'utf8'), { noLocation: true })
  const schema = buildASTSchema(gateway === undefined ? document : sliceGateway(document, gateway), {
    assumeValidSDL: true,
    assumeValid: true,
  })
  const [oldest] = schemas.keys()
  if (schemas.size >= mostSchemas && oldest !== undefined) schemas.delete(oldest)
  schemas.set(key, schema)
  return schema
}

/** What is wrong with a document for an endpoint; nothing where it cannot be read. */
export function checkDocument(
  place: SchemaPlace,
  source: string,
  kind: CheckKind,
): readonly DocumentProblem[] {
  const key = `${kind} ${place.hash} ${place.gateway ?? ''} ${source}`
  const known = verdicts.get(key)
  if (known !== undefined) return known
  const problems = findProblems(knownSchema(place), parse(source), kind)
  if (verdicts.size >= mostVerdicts) verdicts.clear()
  verdicts.set(key, problems)
  return problems
}
