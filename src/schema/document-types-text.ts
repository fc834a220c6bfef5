/** Names that a type of a schema may not take in TypeScript, or that the declarations themselves mean something by. */
const takenNames = new Set([
  ...['any', 'bigint', 'boolean', 'never', 'null', 'number', 'object', 'string', 'symbol', 'undefined'],
  ...['unknown', 'void', 'true', 'false', 'Array', 'Date', 'Record'],
])

/** What a type of the schema is called in TypeScript. */
export function typeName(name: string): string {
  return takenNames.has(name) ? `${name}_` : name
}

/** A member of an object type. */
export interface Member {
  name: string
  isOptional: boolean
  type: string
  description?: string | null | undefined
  deprecation?: string | null | undefined
}

/** An object type, a member a line. */
export function objectType(members: readonly Member[]): string {
  if (members.length === 0) return '{}'
  const lines = members.map(
    (member) => `${comment(member)}${member.name}${member.isOptional ? '?' : ''}: ${member.type}`,
  )
  return `{\n${indent(lines.join('\n'))}\n}`
}

export function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '  ')
}

export function listType(item: string): string {
  return /[\s|]/.test(item) ? `Array<${item}>` : `${item}[]`
}

/** A description of the schema as TSDoc: whatever it holds, it stays within the comment. */
export function comment({ description, deprecation }: Pick<Member, 'description' | 'deprecation'>): string {
  const deprecated = deprecation == null ? [] : [`@deprecated ${deprecation}`.trimEnd()]
  const described = description == null || description === '' ? [] : [description]
  const lines = [...described, ...deprecated]
    .flatMap((part) => part.split(/\r\n|[\n\r\u2028\u2029]/))
    .map((line) => line.replace(unsafe, '').replaceAll('*/', '*\\/').trimEnd())
  if (lines.length === 0) return ''
  if (lines.length === 1) return `/** ${lines[0]} */\n`
  return `/**\n${lines.map((line) => ` * ${line}`.trimEnd()).join('\n')}\n */\n`
}

/** What could rewrite an editor's or a terminal's line: control characters and marks of direction. */
const unsafe = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g
