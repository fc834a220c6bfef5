import type { Command } from 'commander'
import { plain } from '../../text.js'
import { findPlace, type Place } from './place.js'
import { type Proposal, valuesAt } from './values.js'

/** What stands beside a proposal has room for so much. */
const longestDescription = 100

/**
 * Answers a shell's completion script, see scripts.ts. Whoever types a line that makes no sense yet gets
 * nothing, and no message into the middle of it.
 *
 * @param words behind the program's name; the last is at the cursor
 */
export async function complete(program: Command, words: readonly string[]): Promise<void> {
  const lines = await linesFor(findPlace(program, words)).catch(() => [])
  process.stdout.write(lines.map((line) => `${line}\n`).join(''))
}

async function linesFor(place: Place): Promise<string[]> {
  const values = await valuesAt(place)
  if (values?.kind === 'files') return [[':files', ...values.endings].join(' ')]
  if (values?.kind === 'folders') return [':folders']
  const proposals = place.wanted === undefined ? partsOf(place) : (values?.proposals ?? [])
  return proposals
    .filter(({ value }) => value.startsWith(place.current))
    .map(({ value, description }) => {
      const text = plain(description ?? '', longestDescription)
      return `${place.prefix}${plain(value)}${text === '' ? '' : `\t${text}`}`
    })
}

/** The options of a command, its commands, or where it has none of these the options as well. */
function partsOf({ command, current, takesOptions }: Place): Proposal[] {
  const help = command.createHelp()
  const commands = help.visibleCommands(command)
  if (!current.startsWith('-') && commands.length > 0) {
    return commands.map((each) => ({ value: each.name(), description: help.subcommandDescription(each) }))
  }
  if (!takesOptions) return []
  return help.visibleOptions(command).map((option) => ({
    value: option.long ?? option.flags,
    description: help.optionDescription(option),
  }))
}
