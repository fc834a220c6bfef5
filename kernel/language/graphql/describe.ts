import {
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isScalarType,
  isUnionType,
} from 'graphql'

/** What the parts of a schema have in common for a person. */
export interface Described {
  description?: string | null | undefined
  deprecationReason?: string | null | undefined
}

interface Argument {
  name: string
  type: unknown
}

/** `alertsServiceSearch(in: SearchRequestInput): AlertsResponse` */
export function fieldSignature(field: { name: string; type: unknown; args?: readonly Argument[] }): string {
  return `${field.name}${argumentsOf(field.args ?? [])}: ${field.type}`
}

/** `(in: SearchRequestInput)`; nothing where there are none. */
export function argumentsOf(args: readonly Argument[]): string {
  return args.length === 0 ? '' : `(${args.map(({ name, type }) => `${name}: ${type}`).join(', ')})`
}

/** `enum`, `input`, … as the schema definition language names it. */
export function kindOfType(type: GraphQLNamedType): string {
  if (isObjectType(type)) return 'type'
  if (isInputObjectType(type)) return 'input'
  if (isEnumType(type)) return 'enum'
  if (isInterfaceType(type)) return 'interface'
  if (isUnionType(type)) return 'union'
  return isScalarType(type) ? 'scalar' : 'type'
}

/** Description and deprecation as Markdown; nothing where there is neither. */
export function documentationOf({ description, deprecationReason }: Described): string | undefined {
  const parts = [
    ...(description ? [safeMarkdown(description)] : []),
    ...(deprecationReason ? [`**Deprecated**: ${safeMarkdown(deprecationReason)}`] : []),
  ]
  return parts.length === 0 ? undefined : parts.join('\n\n')
}

/** A signature and what is known of it, as Markdown and as text. */
export function explained(
  signature: string,
  { description, deprecationReason }: Described,
): {
  markdown: string
  text: string
} {
  const documentation = documentationOf({ description, deprecationReason })
  const parts = [
    signature,
    ...(description ? [printable(description)] : []),
    ...(deprecationReason ? [`Deprecated: ${printable(deprecationReason)}`] : []),
  ]
  return {
    markdown: `\`\`\`graphql\n${signature}\n\`\`\`${documentation === undefined ? '' : `\n\n${documentation}`}`,
    text: parts.join('\n\n'),
  }
}

const longestText = 4000

/** A server's text with its lines, and without control characters. */
export function printable(text: string): string {
  return text.slice(0, longestText).replace(/[^\P{C}\n\t]/gu, '')
}

/** Emphasis and code of a server's description stay; links, images and HTML become text (contract 7). */
function safeMarkdown(text: string): string {
  const codeSpans = /((?<!`)`(?!`)[^`\n]+(?<!`)`(?!`))/
  return printable(text)
    .split(codeSpans)
    .map((part, i) => (i % 2 === 1 ? part : part.replace(/[<>[\]!|\\]/g, '\\$&').replaceAll('&', '&amp;')))
    .join('')
}
