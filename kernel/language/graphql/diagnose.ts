import { type DocumentNode, GraphQLError, type GraphQLSchema, parse } from 'graphql'
import { type DocumentProblem, findProblems, holdsForAnySchema } from '../../../src/schema/problems.js'
import type { CellContext, Diagnostic } from '../answers.js'
import type { GqlLiteral } from '../gql-literals.js'
import { type Composition, compose, declaredFragments } from './composition.js'
import { printable } from './describe.js'
import { literalsOf } from './literals.js'

export interface KnownSchema {
  schema: GraphQLSchema
  /** What it does not name may be there all the same. */
  isPartial: boolean
}

/** What is wrong with the GraphQL of a cell. */
export function diagnoseCell(known: KnownSchema, cell: CellContext): Diagnostic[] {
  return literalsOf(cell.code).flatMap((literal) => diagnoseLiteral(known, cell, literal))
}

function diagnoseLiteral(known: KnownSchema, cell: CellContext, literal: GqlLiteral): Diagnostic[] {
  const composition = compose(cell, literal)
  // Of a literal without an end TypeScript has said enough.
  if (!literal.isClosed || /^[\s,]*$/.test(composition.text.replace(/#.*/g, ''))) return []
  let document: DocumentNode
  try {
    document = parse(composition.text)
  } catch (error) {
    return isPutIn(cell, literal) ? [] : syntaxProblem(composition, error)
  }
  const { schema } = known
  const hasOperation = document.definitions.some(({ kind }) => kind === 'OperationDefinition')
  const problems = findProblems(schema, document, 'parts').filter(
    ({ rule }) => !isOpen(rule, hasOperation, composition),
  )
  const deprecations = findProblems(schema, document, 'deprecations')
  return [
    ...problems.flatMap((problem) => place(known, cell, composition, problem)),
    ...deprecations.flatMap((problem) => place(known, cell, composition, problem, 'hint')),
  ]
}

/** What another literal of the cell puts in need not be a document by itself. */
function isPutIn({ code }: CellContext, { name, tag }: GqlLiteral): boolean {
  return literalsOf(code).some(({ holes }) =>
    holes.some(({ expression, start, end }) => expression === name || (start < tag && tag < end)),
  )
}

/** Whether what nobody knows yet may put it right: other fragments, or the operation that a fragment is for. */
function isOpen(rule: string, hasOperation: boolean, { firstUnknown }: Composition): boolean {
  if (rule === 'KnownFragmentNames') return !hasOperation || firstUnknown !== undefined
  return rule === 'NoUnusedVariables' && firstUnknown !== undefined
}

function syntaxProblem(composition: Composition, error: unknown): Diagnostic[] {
  if (!(error instanceof GraphQLError)) return []
  const start = error.positions?.[0] ?? 0
  if (composition.firstUnknown !== undefined && start >= composition.firstUnknown) return []
  const length = /^(?:\w+|\.{3}|[^\s])/.exec(composition.text.slice(start))?.[0].length ?? 0
  const { start: from, end } = composition.toCell({ start, end: start + length })
  const message = error.message.replace(/^Syntax Error: /, '')
  return [
    { severity: 'error', message: printable(message), source: 'graphql', code: 'Syntax', start: from, end },
  ]
}

function place(
  { isPartial }: KnownSchema,
  cell: CellContext,
  composition: Composition,
  { rule, message, places }: DocumentProblem,
  severity: Diagnostic['severity'] = isPartial && !holdsForAnySchema(rule) ? 'warning' : 'error',
): Diagnostic[] {
  const own = places.map((each) => composition.toCell(each)).find(({ isOwn }) => isOwn)
  // What is wrong within a fragment of another literal is said there.
  if (own === undefined) return []
  const { start, end } = own
  const text = `${message}${advice(cell, rule, message)}`
  return [{ severity, message: printable(text), source: 'graphql', code: rule, start, end }]
}

function advice(cell: CellContext, rule: string, message: string): string {
  if (rule !== 'KnownFragmentNames') return ''
  const name = declaredFragments(cell).get(/"(\w+)"/.exec(message)?.[1] ?? '')
  return name === undefined ? '' : ` Put it into the document: \${${name}}`
}
