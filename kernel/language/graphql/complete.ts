import { type GraphQLSchema, getNamedType, isEnumType } from 'graphql'
import {
  type CompletionItem,
  GraphQLDocumentMode,
  getAutocompleteSuggestions,
  getContextAtPosition,
  getFragmentDefinitions,
  offsetToPosition,
} from 'graphql-language-service'
import type { Completions, Proposal } from '../answers.js'
import { argumentsOf, type Described, documentationOf, fieldSignature, kindOfType } from './describe.js'

/** More than anybody reads; a list of all types is cut so. */
const mostProposals = 300

type TypeInfo = NonNullable<ReturnType<typeof getContextAtPosition>>['typeInfo']

/** A part of the schema that may stand at the cursor. */
interface Candidate extends Described {
  name: string
  kind: string
  signature: string
}

/**
 * What may stand at a place of a document.
 *
 * @param text the document, in any state of being typed
 * @param offset UTF-16 units from its start
 */
export function completeDocument(schema: GraphQLSchema, text: string, offset: number): Completions {
  const typed = /\$?\w*$/.exec(text.slice(0, offset))?.[0] ?? ''
  const behind = /^\w*/.exec(text.slice(offset))?.[0] ?? ''
  const place = { start: offset - typed.length, end: offset + behind.length }
  const position = offsetToPosition(text, offset)
  const fragments = getFragmentDefinitions(text)
  const options = { mode: GraphQLDocumentMode.EXECUTABLE, fragmentDefinitions: fragments }
  const context = getContextAtPosition(text, position, schema, undefined, options, 1)
  if (context === null) return { proposals: [], ...place }
  const { token, typeInfo, state } = context
  const suggest = (string: string) =>
    getAutocompleteSuggestions(schema, text, position, { ...token, string, type: null }, fragments, options)
  // Without the name's beginning the engine gives all: its own filter leaves out what is deprecated, and is slow.
  const candidates = candidatesOf(schema, state.kind ?? '', typeInfo, suggest(''))
  const matching = startingWith(candidates, typed)
  const found = matching.length > 0 || typed === '' ? matching : similar(candidates, suggest(token.string))
  return { proposals: found.slice(0, mostProposals).map(toProposal), ...place }
}

function candidatesOf(
  schema: GraphQLSchema,
  kind: string,
  typeInfo: TypeInfo,
  items: readonly CompletionItem[],
): Candidate[] {
  const { parentType, argDefs, objectFieldDefs, inputType } = typeInfo
  switch (kind) {
    case 'SelectionSet':
    case 'Field':
    case 'AliasedField': {
      const own = parentType && 'getFields' in parentType ? Object.values(parentType.getFields()) : []
      const fields = own.map((field) => ({
        ...describedBy(field),
        kind: 'field',
        signature: fieldSignature(field),
      }))
      const rest = items.filter(({ label }) => !own.some(({ name }) => name === label))
      return [...fields, ...rest.map((item) => fromItem(item, 'field'))]
    }
    case 'Arguments':
    case 'Argument':
      if (items.length > 0 && items.every(({ label }) => argDefs?.some(({ name }) => name === label)))
        return (argDefs ?? []).map((arg) => inputCandidate(arg, 'argument'))
      break
    case 'ObjectValue':
      return Object.values(objectFieldDefs ?? {}).map((field) => inputCandidate(field, 'input field'))
    case 'ObjectField':
      if (items.some(({ label }) => objectFieldDefs?.[label] !== undefined))
        return Object.values(objectFieldDefs ?? {}).map((field) => inputCandidate(field, 'input field'))
      break
    case 'FragmentSpread':
      return [
        ...items.map((item) => fromItem(item, 'fragment')),
        { name: 'on', kind: 'keyword', signature: 'on Type { … }' },
      ]
    case 'Directive':
      return schema
        .getDirectives()
        .filter(({ name }) => items.some(({ label }) => label === name))
        .map((directive) => ({
          ...describedBy(directive),
          kind: 'directive',
          signature: `@${directive.name}${argumentsOf(directive.args)}`,
        }))
    case 'Document':
      return items.filter(({ label }) => label !== '{').map((item) => fromItem(item, 'keyword'))
  }
  const type = inputType ? getNamedType(inputType) : undefined
  const values = isEnumType(type) && kind !== 'Variable' ? type.getValues() : []
  return [
    ...values.map((value) => ({ ...describedBy(value), kind: 'enum', signature: `${type}.${value.name}` })),
    ...items
      .filter(({ label }) => !values.some(({ name }) => name === label))
      .map((item) => fromType(schema, item)),
  ]
}

type Input = { name: string; type: unknown } & Described

function inputCandidate(input: Input, kind: string): Candidate {
  return { ...describedBy(input), kind, signature: `${input.name}: ${input.type}` }
}

function describedBy({ name, description, deprecationReason }: { name: string } & Described) {
  return { name, description, deprecationReason }
}

function fromItem({ label, detail, documentation }: CompletionItem, kind: string): Candidate {
  const signature = kind === 'fragment' ? String(documentation) : detail ? `${label}: ${detail}` : label
  const description = kind === 'fragment' ? undefined : documentation
  return { name: label, kind, signature, description }
}

/** A name of a type, a variable, or a value such as `true`. */
function fromType(schema: GraphQLSchema, item: CompletionItem): Candidate {
  if (item.label.startsWith('$')) return fromItem(item, 'variable')
  const type = schema.getType(item.label)
  if (type === undefined) return fromItem(item, 'value')
  const kind = kindOfType(type)
  return { ...describedBy(type), kind: 'type', signature: `${kind} ${type.name}` }
}

/** Those that begin so, in the schema's order; what is deprecated comes last. */
function startingWith(candidates: readonly Candidate[], typed: string): Candidate[] {
  const wanted = typed.toLowerCase()
  const found = candidates.filter(({ name }) => name.toLowerCase().startsWith(wanted))
  const rank = ({ name, deprecationReason }: Candidate) =>
    (deprecationReason ? 4 : 0) + (name.startsWith('__') ? 2 : 0) + (name.startsWith(typed) ? 0 : 1)
  return found.sort((a, b) => rank(a) - rank(b))
}

/** Where nothing begins so: what the engine finds alike. */
function similar(candidates: readonly Candidate[], items: readonly CompletionItem[]): Candidate[] {
  const byName = new Map(candidates.map((candidate) => [candidate.name, candidate]))
  return items.flatMap(({ label }) => byName.get(label) ?? [])
}

function toProposal(candidate: Candidate): Proposal {
  const { name, kind, signature } = candidate
  const documentation = documentationOf(candidate)
  return {
    text: name,
    kind,
    signature,
    ...(documentation === undefined ? {} : { documentation }),
    ...(candidate.deprecationReason ? { isDeprecated: true } : {}),
  }
}
