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
  /** Made for those that are shown only. */
  signature: () => string
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
      const fields = own.map((field) => candidate(field, 'field', () => fieldSignature(field)))
      return [...fields, ...others(items, own).map((item) => fromItem(item, 'field'))]
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
        { name: 'on', kind: 'keyword', signature: () => 'on Type { … }' },
      ]
    case 'Directive':
      return schema
        .getDirectives()
        .filter(({ name }) => items.some(({ label }) => label === name))
        .map((directive) =>
          candidate(directive, 'directive', () => `@${directive.name}${argumentsOf(directive.args)}`),
        )
    case 'Document':
      return items.filter(({ label }) => label !== '{').map((item) => fromItem(item, 'keyword'))
  }
  const type = inputType ? getNamedType(inputType) : undefined
  const values = isEnumType(type) && kind !== 'Variable' ? type.getValues() : []
  return [
    ...values.map((value) => candidate(value, 'enum', () => `${type}.${value.name}`)),
    ...others(items, values).map((item) => fromType(schema, item)),
  ]
}

type Part = { name: string } & Described

function candidate(
  { name, description, deprecationReason }: Part,
  kind: string,
  signature: () => string,
): Candidate {
  return { name, description, deprecationReason, kind, signature }
}

function inputCandidate(input: Part & { type: unknown }, kind: string): Candidate {
  return candidate(input, kind, () => `${input.name}: ${input.type}`)
}

/** What the engine proposes beside the parts of the schema that are known already. */
function others(items: readonly CompletionItem[], known: readonly Part[]): CompletionItem[] {
  const names = new Set(known.map(({ name }) => name))
  return items.filter(({ label }) => !names.has(label))
}

function fromItem({ label, detail, documentation }: CompletionItem, kind: string): Candidate {
  const isFragment = kind === 'fragment'
  const signature = isFragment ? String(documentation) : detail ? `${label}: ${detail}` : label
  return {
    name: label,
    kind,
    signature: () => signature,
    description: isFragment ? undefined : documentation,
  }
}

/** A name of a type, a variable, or a value such as `true`. */
function fromType(schema: GraphQLSchema, item: CompletionItem): Candidate {
  if (item.label.startsWith('$')) return fromItem(item, 'variable')
  const type = schema.getType(item.label)
  if (type === undefined) return fromItem(item, 'value')
  return candidate(type, 'type', () => `${kindOfType(type)} ${type.name}`)
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
  const byName = new Map(candidates.map((each) => [each.name, each]))
  return items.flatMap(({ label }) => byName.get(label) ?? [])
}

function toProposal(found: Candidate): Proposal {
  const documentation = documentationOf(found)
  return {
    text: found.name,
    kind: found.kind,
    signature: found.signature(),
    ...(documentation === undefined ? {} : { documentation }),
    ...(found.deprecationReason ? { isDeprecated: true } : {}),
  }
}
