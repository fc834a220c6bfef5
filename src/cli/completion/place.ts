import type { Argument, Command, Option } from 'commander'

/** What a line says about the word at its cursor. */
export interface Place {
  command: Command
  /** `clients list` */
  path: string
  /** What the word is the value of; `undefined` where an option or a command begins. */
  wanted: Option | Argument | undefined
  /** The word, without `--name=`. */
  current: string
  /** `--name=`, where the value stands in one word with its option. */
  prefix: string
  /** Values of options before it, by their names in code. */
  given: ReadonlyMap<string, string>
  /** Whether options may stand here: behind `--` there are none. */
  takesOptions: boolean
}

/**
 * Reads a line as commander would, as far as its cursor.
 *
 * @param words behind the program's name; the last is at the cursor
 */
export function findPlace(program: Command, words: readonly string[]): Place {
  const before = words.slice(0, -1)
  const last = words.at(-1) ?? ''
  const given = new Map<string, string>()
  let command = program
  let path = ''
  let awaiting: Option | undefined
  let takesOptions = true
  let position = 0
  for (const word of before) {
    if (awaiting !== undefined) {
      given.set(awaiting.attributeName(), word)
      awaiting = undefined
    } else if (takesOptions && word === '--') takesOptions = false
    else if (takesOptions && word.startsWith('-')) {
      const { option, value } = readOption(command, word)
      if (option !== undefined && takesValue(option) && value === undefined) awaiting = option
      else if (option !== undefined && value !== undefined) given.set(option.attributeName(), value)
    } else {
      const next = position === 0 ? command.commands.find((each) => each.name() === word) : undefined
      if (next !== undefined) {
        command = next
        path = path === '' ? word : `${path} ${word}`
      } else {
        const argument = argumentAt(command, position++)
        if (argument !== undefined) given.set(argument.name(), word)
      }
    }
  }
  const place = { command, path, given, takesOptions, current: last, prefix: '' }
  if (awaiting !== undefined) return { ...place, wanted: awaiting }
  if (takesOptions && last.startsWith('-')) {
    const { option, value } = readOption(command, last)
    if (option === undefined || value === undefined || !takesValue(option))
      return { ...place, wanted: undefined }
    return { ...place, wanted: option, current: value, prefix: last.slice(0, last.length - value.length) }
  }
  return { ...place, wanted: argumentAt(command, position) }
}

function readOption(
  command: Command,
  word: string,
): { option: Option | undefined; value: string | undefined } {
  const [flag = ''] = word.split('=', 1)
  const isLong = word.startsWith('--')
  const name = isLong ? flag : word
  return {
    option: command.options.find(({ long, short }) => name === long || name === short),
    value: isLong && flag.length < word.length ? word.slice(flag.length + 1) : undefined,
  }
}

function takesValue({ required, optional }: Option): boolean {
  return required || optional
}

/** The last argument of a command may be there several times. */
function argumentAt({ registeredArguments }: Command, position: number): Argument | undefined {
  const last = registeredArguments.at(-1)
  return registeredArguments[position] ?? (last?.variadic === true ? last : undefined)
}
