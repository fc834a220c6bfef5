import type { FieldNode, OperationDefinitionNode, ValueNode } from 'graphql'
import { isRecord } from '../../record.js'
import type { GraphQLTools } from './tools.js'
import type { Variables } from './variables.js'

/** Where a value goes with each request: into a variable, or to a place inside one. */
export interface Slot {
  variable: string
  path: readonly string[]
  /** The variable's value where the request has none. */
  base: unknown
}

/** An argument as a person wrote it. */
export interface WrittenArgument {
  /** The argument that it is a member of. */
  input: string | undefined
  name: string
  /** `undefined` where it is a variable without a value. */
  value: unknown
}

/** What an operation is written with, as far as its arguments are concerned. */
export interface ArgumentContext {
  operation: OperationDefinitionNode
  variables: Variables
  tools: GraphQLTools
}

/** The arguments of a field, and the members of those that are objects. */
export function writtenArguments(field: FieldNode, context: ArgumentContext): WrittenArgument[] {
  return (field.arguments ?? []).flatMap((argument) => {
    const name = argument.name.value
    const value = literalOf(argument.value, context)
    const members = isRecord(value) ? Object.entries(value) : []
    return [
      { input: undefined, name, value },
      ...members.map(([member, inner]) => ({ input: name, name: member, value: inner })),
    ]
  })
}

/** Whether an argument holds an object, as far as the document and the variables tell. */
export function isInput(field: FieldNode, name: string, context: ArgumentContext): boolean {
  const argument = (field.arguments ?? []).find((each) => each.name.value === name)
  return argument !== undefined && isRecord(literalOf(argument.value, context))
}

/**
 * Makes place for a value among a field's arguments. Where a person gave a variable there, or the object around it as a
 * variable, that one is used; anything else becomes a variable of ours.
 *
 * @returns the field as it has to be, what was written there before, and the definition of our variable where one is needed
 */
export function placeArgument(
  field: FieldNode,
  wanted: { input?: string | undefined; name: string; variable: string; type: string },
  context: ArgumentContext,
): { field: FieldNode; slot: Slot; given: unknown; definition: string | undefined } {
  const { input, name, variable, type } = wanted
  const argument = (field.arguments ?? []).find((each) => each.name.value === (input ?? name))
  const value = argument?.value
  if (value?.kind === 'Variable') {
    const slot = slotOf(value.name.value, input === undefined ? [] : [name], context)
    return { field, slot, given: readSlot(slot, context.variables), definition: undefined }
  }
  const members = input !== undefined && value?.kind === 'ObjectValue' ? value.fields : []
  const member = members.find((each) => each.name.value === name)
  if (member?.value.kind === 'Variable') {
    const slot = slotOf(member.value.name.value, [], context)
    return { field, slot, given: readSlot(slot, context.variables), definition: undefined }
  }
  const literal = input === undefined ? value : member?.value
  const { tools } = context
  const made = tools.parseArgument(
    input === undefined ? `${name}: $${variable}` : `${input}: {${name}: $${variable}}`,
  )
  const merged =
    made.value.kind === 'ObjectValue'
      ? {
          ...made,
          value: {
            ...made.value,
            fields: [...members.filter((each) => each !== member), ...made.value.fields],
          },
        }
      : made
  const others = (field.arguments ?? []).filter((each) => each !== argument)
  return {
    field: { ...field, arguments: [...others, merged] },
    slot: { variable, path: [], base: undefined },
    given: literal === undefined ? undefined : literalOf(literal, context),
    definition: `$${variable}: ${type}`,
  }
}

/** Variables with a value in its place; what was given is not changed. */
export function fillSlot(variables: Variables, { variable, path, base }: Slot, value: unknown): Variables {
  const put = (at: unknown, [name, ...rest]: readonly string[]): unknown =>
    name === undefined ? value : { ...Object(at), [name]: put(Object(at)[name], rest) }
  return { ...variables, [variable]: put(variables[variable] ?? base, path) }
}

function readSlot({ variable, path, base }: Slot, variables: Variables): unknown {
  return path.reduce<unknown>(
    (at, name) => (isRecord(at) ? at[name] : undefined),
    variables[variable] === undefined ? base : variables[variable],
  )
}

function slotOf(variable: string, path: readonly string[], context: ArgumentContext): Slot {
  return { variable, path, base: defaultOf(variable, context) }
}

function defaultOf(variable: string, { operation, tools }: ArgumentContext): unknown {
  const definition = operation.variableDefinitions?.find((each) => each.variable.name.value === variable)
  return definition?.defaultValue === undefined ? undefined : tools.literalOf(definition.defaultValue, {})
}

function literalOf(node: ValueNode, context: ArgumentContext): unknown {
  if (node.kind !== 'Variable') return context.tools.literalOf(node, context.variables)
  return readSlot(slotOf(node.name.value, [], context), context.variables)
}
