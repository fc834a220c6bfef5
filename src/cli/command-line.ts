import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { version } from '../package.js'
import { type OptionLine, placeLines, time } from './option-lines.js'

/** The program, before it has commands. */
export function newProgram(): Command {
  return new Command('xdrlab')
    .description('Sign in to XDR platforms by device code, query them, and run TypeScript notebooks.')
    .version(version)
    .showHelpAfterError('(xdrlab --help shows what there is)')
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .hook('preAction', (_program, command) => traceIfAsked(command))
}

/** Adds the options that say where to sign in, and as whom. */
export function withPlace(command: Command): Command {
  return withOptions(command, placeLines)
}

/** Adds options that are written as data. */
export function withOptions(command: Command, lines: readonly OptionLine[]): Command {
  for (const line of lines) command.addOption(optionOf(line))
  return command
}

function optionOf({ flags, text, choices, read, wanted = '', initial }: OptionLine): Option {
  const option = new Option(flags, text)
  if (choices !== undefined) option.choices(choices)
  if (read !== undefined) option.argParser((value) => read(value) ?? refuse(wanted))
  return initial === undefined ? option : option.default(initial)
}

/** Reads an option that is a time. */
export function seconds(text: string): number {
  return time.read(text) ?? refuse(time.wanted)
}

function refuse(wanted: string): never {
  throw new InvalidArgumentError(wanted)
}

/** Runs the command of the command line; `true` where it was written as it should be. */
export async function parseCommandLine(program: Command): Promise<boolean> {
  try {
    await program.parseAsync()
    return true
  } catch (error) {
    // Commander has printed its own; 0 is --help and --version.
    if (error instanceof CommanderError) return error.exitCode === 0
    throw error
  }
}

/** Writes every request to stderr where `--trace` was given. */
async function traceIfAsked(command: Command): Promise<void> {
  if (command.opts().trace !== true) return
  const { traceEverything, traceToStderr } = await import('../trace.js')
  traceEverything(traceToStderr)
}
