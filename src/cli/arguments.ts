import type { OptionLine } from './option-lines.js'

interface Arguments {
  argument: string
  /** By their names in code: `dryRun`. */
  options: Record<string, string | number | boolean>
}

/**
 * Reads the arguments of a command that takes one, and options. Commander takes longer to load than a query to be
 * answered, and Node's own `parseArgs` as long as all else that comes before the query. What is not plainly right (a
 * mistake, a question for help, a rarer way to write it) is left to commander, which has the words for it.
 *
 * @returns `undefined` where commander is to read them
 */
export function readArguments(args: readonly string[], lines: readonly OptionLine[]): Arguments | undefined {
  const rest = [...args]
  const options: Arguments['options'] = {}
  for (const { flags, initial } of lines) if (initial !== undefined) options[nameOf(flags)] = initial
  let argument: string | undefined
  for (let next = rest.shift(); next !== undefined; next = rest.shift()) {
    if (next === '-' || !next.startsWith('-')) {
      if (argument !== undefined) return undefined
      argument = next
      continue
    }
    const [flag = '', ...parts] = next.split('=')
    const line = lines.find(({ flags }) => flags.split(/[, ]+/).includes(flag))
    const isLong = flag.startsWith('--')
    if (line === undefined || (parts.length > 0 && !isLong)) return undefined
    const value = takesValue(line)
      ? readValue(line, parts.length > 0 ? parts.join('=') : rest.shift())
      : parts.length === 0 || undefined
    if (value === undefined) return undefined
    options[nameOf(line.flags)] = value
  }
  return argument === undefined ? undefined : { argument, options }
}

/** `dryRun` of `--dry-run`. */
function nameOf(flags: string): string {
  const [, long = ''] = /--([\w-]+)/.exec(flags) ?? []
  return long.replace(/-(\w)/g, (_all, letter: string) => letter.toUpperCase())
}

function takesValue({ flags }: OptionLine): boolean {
  return flags.endsWith('>')
}

function readValue({ read, choices }: OptionLine, text: string | undefined): string | number | undefined {
  // One that looks like an option may be a value that was forgotten.
  if (text === undefined || text === '' || text.startsWith('-')) return undefined
  if (choices !== undefined && !choices.includes(text)) return undefined
  return read === undefined ? text : read(text)
}
