import {
  type ASTNode,
  type DocumentNode,
  ExecutableDefinitionsRule,
  type GraphQLError,
  type GraphQLSchema,
  KnownFragmentNamesRule,
  LoneAnonymousOperationRule,
  NoDeprecatedCustomRule,
  NoFragmentCyclesRule,
  NoUndefinedVariablesRule,
  NoUnusedFragmentsRule,
  specifiedRules,
  UniqueArgumentNamesRule,
  UniqueFragmentNamesRule,
  UniqueInputFieldNamesRule,
  UniqueOperationNamesRule,
  UniqueVariableNamesRule,
  type ValidationRule,
  validate,
} from 'graphql'

/** What a rule says of a document. */
export interface DocumentProblem {
  /** The rule's name without its ending: `FieldsOnCorrectType`. */
  rule: string
  message: string
  /** Where to point at, the likeliest first: places of the document's text. */
  places: readonly { start: number; end: number }[]
}

/** Rules that look at the document alone: they hold whatever the server's schema is. */
const documentRules: readonly ValidationRule[] = [
  ExecutableDefinitionsRule,
  KnownFragmentNamesRule,
  LoneAnonymousOperationRule,
  NoFragmentCyclesRule,
  NoUndefinedVariablesRule,
  UniqueArgumentNamesRule,
  UniqueFragmentNamesRule,
  UniqueInputFieldNamesRule,
  UniqueOperationNamesRule,
  UniqueVariableNamesRule,
]

const documentRuleNames = new Set(documentRules.map(nameOf))

/** Whether what a rule found holds whatever the server's schema is. */
export function holdsForAnySchema(rule: string): boolean {
  return documentRuleNames.has(rule)
}

/**
 * Which rules: `all` of the specification; `deprecations` finds what is deprecated and nothing else; `document` are
 * those that need no schema; `parts` are those for a document whose fragments may be used by others.
 */
export type RuleChoice = 'all' | 'deprecations' | 'document' | 'parts'

const choices: Record<RuleChoice, readonly ValidationRule[]> = {
  all: specifiedRules,
  deprecations: [NoDeprecatedCustomRule],
  document: documentRules,
  parts: specifiedRules.filter((rule) => rule !== NoUnusedFragmentsRule),
}

/** More than anybody reads; the rest costs time. */
const mostProblems = 50

/** What is wrong with a document, in the order of the rules. */
export function findProblems(
  schema: GraphQLSchema,
  document: DocumentNode,
  choice: RuleChoice,
): DocumentProblem[] {
  const ruleOf = new Map<GraphQLError, string>()
  const rules = choices[choice].map((rule) => naming(rule, ruleOf))
  return validate(schema, document, rules, { maxErrors: mostProblems }).map((error) => ({
    rule: ruleOf.get(error) ?? 'TooMany',
    message: error.message,
    places: (error.nodes ?? []).flatMap(placeOf),
  }))
}

/** A rule that writes its name beside each error: graphql-js keeps no record of it. */
function naming(rule: ValidationRule, ruleOf: Map<GraphQLError, string>): ValidationRule {
  const name = nameOf(rule)
  return (context) =>
    rule(
      Object.create(context, {
        reportError: {
          value: (error: GraphQLError) => {
            ruleOf.set(error, name)
            context.reportError(error)
          },
        },
      }),
    )
}

function nameOf(rule: ValidationRule): string {
  return rule.name.replace(/(Custom)?Rule$/, '')
}

/** The part of a node that a person looks at: its name, else its first word. */
function placeOf(node: ASTNode): { start: number; end: number }[] {
  const named =
    node.kind === 'VariableDefinition'
      ? node.variable
      : node.kind !== 'Variable' && 'name' in node && node.name !== undefined
        ? node.name
        : node
  const { loc } = named
  if (loc === undefined) return []
  if (named.kind !== 'OperationDefinition') return [{ start: loc.start, end: loc.end }]
  return [{ start: loc.startToken.start, end: loc.startToken.end }]
}
