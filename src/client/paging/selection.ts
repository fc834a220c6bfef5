import type {
  FieldNode,
  FragmentDefinitionNode,
  OperationDefinitionNode,
  SelectionNode,
  SelectionSetNode,
} from 'graphql'

export type Fragments = ReadonlyMap<string, FragmentDefinitionNode>

/** Fragments may name each other; nobody nests them deeper than this, and a ring of them is the server's to refuse. */
const deepestFragments = 20

/** The fields of a selection, those of its fragments among them. */
export function fieldsOf(
  selectionSet: SelectionSetNode | undefined,
  fragments: Fragments,
  depth = 0,
): FieldNode[] {
  if (selectionSet === undefined || depth > deepestFragments) return []
  return selectionSet.selections.flatMap((selection) => {
    if (selection.kind === 'Field') return [selection]
    const inner =
      selection.kind === 'InlineFragment'
        ? selection.selectionSet
        : fragments.get(selection.name.value)?.selectionSet
    return fieldsOf(inner, fragments, depth + 1)
  })
}

/** What a field is called in the answer. */
export function responseKey(field: FieldNode): string {
  return field.alias?.value ?? field.name.value
}

/**
 * Finds fields one in another, by their names.
 *
 * @returns what they are called in the answer, which aliases change; `undefined` where they are not selected for sure
 */
export function findPath(
  selectionSet: SelectionSetNode | undefined,
  names: readonly string[],
  fragments: Fragments,
): string[] | undefined {
  const [name, ...rest] = names
  if (name === undefined) return []
  for (const field of fieldsOf(selectionSet, fragments)) {
    // What is left out on a condition may be missing in the answer.
    if (field.name.value !== name || (field.directives ?? []).length > 0) continue
    const below = findPath(field.selectionSet, rest, fragments)
    if (below !== undefined) return [responseKey(field), ...below]
  }
  return undefined
}

/** A selection with one more path in it. Fields that are there already are merged by the server. */
export function withPath(
  selectionSet: SelectionSetNode,
  names: readonly string[],
  fragments: Fragments,
  parseSelection: (text: string) => readonly SelectionNode[],
): { selectionSet: SelectionSetNode; path: string[] } {
  const found = findPath(selectionSet, names, fragments)
  if (found !== undefined) return { selectionSet, path: found }
  const keys: string[] = []
  let level = fieldsOf(selectionSet, fragments)
  for (const name of names) {
    const isTaken = level.some((field) => responseKey(field) === name && field.name.value !== name)
    const key = isTaken ? `xdr_${name}` : name
    keys.push(key)
    level = level
      .filter((field) => responseKey(field) === key)
      .flatMap((field) => fieldsOf(field.selectionSet, fragments))
  }
  const text = names.reduceRight(
    (inner, name, i) =>
      `${keys[i] === name ? name : `${keys[i]}: ${name}`} ${inner === '' ? '' : `{ ${inner} }`}`,
    '',
  )
  const selections = [...selectionSet.selections, ...parseSelection(text)]
  return { selectionSet: { ...selectionSet, selections }, path: keys }
}

/** The names of the fragments that a selection needs, those that need each other included. */
export function usedFragments(selectionSet: SelectionSetNode, fragments: Fragments): Set<string> {
  const used = new Set<string>()
  const look = (node: SelectionNode) => {
    if (node.kind !== 'FragmentSpread' || used.has(node.name.value)) return
    used.add(node.name.value)
    const fragment = fragments.get(node.name.value)
    if (fragment !== undefined) visit(fragment.selectionSet, look)
  }
  visit(selectionSet, look)
  return used
}

function visit(selectionSet: SelectionSetNode, look: (node: SelectionNode) => void): void {
  for (const node of selectionSet.selections) {
    look(node)
    if (node.kind !== 'FragmentSpread' && node.selectionSet !== undefined) visit(node.selectionSet, look)
  }
}

/** The names of the variables that stand anywhere in a part of a document. */
export function usedVariables(part: unknown, found: Set<string> = new Set()): Set<string> {
  if (Array.isArray(part)) for (const item of part) usedVariables(item, found)
  else if (isNode(part)) {
    if (part.kind === 'Variable') found.add(Object(part).name.value)
    for (const [key, value] of Object.entries(part)) if (key !== 'loc') usedVariables(value, found)
  }
  return found
}

function isNode(value: unknown): value is { kind: string } {
  return typeof value === 'object' && value !== null && 'kind' in value
}

/** The fields of an operation's own selection; what stands in a fragment there is not changed. */
export function rootFields(operation: OperationDefinitionNode): FieldNode[] {
  return operation.selectionSet.selections.filter((selection) => selection.kind === 'Field')
}
