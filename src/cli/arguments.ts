import { type ParseArgsConfig, parseArgs } from 'node:util'
import type { OptionLine } from './option-lines.js'

interface Arguments {
  argument: string
  /** By their names in code: `dryRun`. */
  options: Record<string, string | number | boolean>
}

/**
 * Reads the arguments of a command that takes one, and options: commander takes longer to load than a query to be
 * answered. What is not plainly right (a mistake, a question for help) is left to commander, which has the words for it.
 *
 * @returns `undefined` where commander is to read them
 */
export function readArguments(args: readonly string[], lines: readonly OptionLine[]): Arguments | undefined {
  const described = lines.map((line) => ({ line, ...namesOf(line) }))
  const found = parse(args, Object.fromEntries(described.map(({ long, option }) => [long, option])))
  const [argument, ...more] = found?.positionals ?? []
  if (found === undefined || argument === undefined || more.length > 0) return undefined
  const options: Arguments['options'] = {}
  for (const { line, long } of described) {
    const given = found.values[long]
    const value = typeof given === 'string' ? readValue(line, given) : (given ?? line.initial)
    if (value === undefined && given !== undefined) return undefined
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      options[long.replace(/-(\w)/g, (_all, letter: string) => letter.toUpperCase())] = value
    }
  }
  return { argument, options }
}

type Options = NonNullable<ParseArgsConfig['options']>

function namesOf({ flags }: OptionLine): { long: string; option: Options[string] } {
  const [, short, long = '', value] = /^(?:-(\w), )?--([\w-]+)( <\w+>)?$/.exec(flags) ?? []
  const type = value === undefined ? 'boolean' : 'string'
  return { long, option: { type, ...(short === undefined ? {} : { short }) } }
}

function parse(args: readonly string[], options: Options) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true })
  } catch {
    return undefined
  }
}

function readValue({ read, choices }: OptionLine, text: string): string | number | undefined {
  if (choices !== undefined && !choices.includes(text)) return undefined
  return read === undefined ? text : read(text)
}
