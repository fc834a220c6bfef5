import { type Command, InvalidArgumentError } from 'commander'
import { XdrError } from '../errors.js'
import { plain } from '../text.js'
import { addApiCommands } from './api-commands.js'
import { newProgram, parseCommandLine, withPlace } from './command-line.js'
import { addImportCommand } from './import-command.js'
import { addNewCommand } from './new-command.js'
import { addQueryCommand } from './query-command.js'
import { addReportCommand } from './report-command.js'
import { addRunCommand } from './run-command.js'
import { addSetupCommands, completeCommand } from './setup-commands.js'
import { addShareCommand } from './share-command.js'
import { addTypesCommand } from './types-command.js'

/** Every command's own code is loaded when it runs: `xdrlab --help` should not pay for a server. */
function buildProgram(): Command {
  const program = newProgram()

  // Eleven options for each of ten commands take longer to make than the one that runs.
  const where = (command: Command): Command =>
    process.argv.includes(command.name()) ? withPlace(command) : command

  where(program.command('login'))
    .description(
      'sign in with your own account or client credentials; keeps the token for notebooks and queries',
    )
    .argument('[provider]', 'the platform, as with --provider')
    .option('--no-browser', 'never open a browser; the address is shown in any case')
    .option('--json', 'print the result as JSON')
    .action(async (name, options) => (await import('./account.js')).login(named(name, options)))

  where(program.command('logout'))
    .description('forget stored sign-ins')
    .argument('[provider]', 'the platform, as with --provider')
    .option('-a, --all', 'every platform, region and account')
    .option('--json', 'print the result as JSON')
    .action(async (name, options) => (await import('./account.js')).logout(named(name, options)))

  where(program.command('whoami'))
    .description('show who is signed in where, and until when')
    .argument('[provider]', 'with --explain: the platform, as with --provider')
    .option('--explain', 'show how a platform would be signed in to, step by step; sends nothing')
    .option('--json', 'print the result as JSON')
    .action(async (name, { explain, ...options }) => {
      if (explain === true) return (await import('./explain.js')).explain(named(name, options))
      // Nothing is sent here, so there is nothing to trace.
      const { json, trace: _trace, ...rest } = named(name, options)
      if (Object.keys(rest).length > 0) {
        throw new XdrError('XDR_BAD_OPTION', 'whoami shows every sign-in; a platform goes with --explain', {
          hint: 'add --explain, or leave the platform and its options out',
        })
      }
      return (await import('./whoami.js')).whoami(json === true ? { json } : {})
    })

  addImportCommand(program)
  program.addHelpText(
    'after',
    `
Where sign-ins are kept (XDRLAB_STORE):
    auto     the OS keyring where one answers, else a file that only you can read; says which, once (the default)
    keyring  the OS keyring or an error
    file     the file, in XDRLAB_HOME or the usual folder for settings
    memory   nowhere: it ends with the process`,
  )

  addQueryCommand(program, where)
  addApiCommands(program, where)
  addTypesCommand(program, where)

  addRunCommand(program)
  addNewCommand(program)
  addReportCommand(program)
  addShareCommand(program)

  program
    .command('sandbox')
    .description('start the embedded platform on this machine: real sign-in, GraphQL, made data')
    .option('-p, --port <number>', 'port on 127.0.0.1', portNumber, 8787)
    .option('--seed <number>', 'same seed, same data', positiveInteger, 1)
    .option('--alerts <number>', 'how many alerts', positiveInteger, 100_000)
    .option('--all', 'print how to reach every platform it speaks as, with its sandbox-only credentials')
    .option('--json', 'print address and test user as JSON')
    .action(async (options) => (await import('./sandbox.js')).sandbox(options))

  program
    .command('lab')
    .description(
      'open JupyterLab with the kernel, the sandbox and the first notebook, all in a folder of its own',
    )
    .option('-p, --port <number>', 'JupyterLab’s port', portNumber, 8888)
    .option('--no-browser', 'only print the address')
    .action(async (options) => (await import('./lab.js')).lab(options))

  addSetupCommands(program)

  // What papermill's translator asks; people do not.
  program
    .command('papermill', { hidden: true })
    .action(async () => (await import('./papermill.js')).papermill())

  return program
}

/** The platform may stand alone, as the first argument. */
function named<T extends { provider?: string }>(name: string | undefined, options: T): T {
  if (name === undefined) return options
  if (options.provider !== undefined && options.provider !== name) {
    throw new XdrError('XDR_BAD_OPTION', `${plain(name, 40)} and --provider name two platforms`, {
      hint: 'leave one of them out',
    })
  }
  return { ...options, provider: name }
}

function positiveInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value <= 0) {
    throw new InvalidArgumentError('a whole number above 0 is needed')
  }
  return value
}

function portNumber(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0 || value > 65_535) {
    throw new InvalidArgumentError('a port from 0 to 65535 is needed')
  }
  return value
}

/** Runs the command of the command line; `true` where it was written as it should be. */
export async function runProgram(): Promise<boolean> {
  const [, , first, ...words] = process.argv
  if (first !== completeCommand) return parseCommandLine(buildProgram())
  await (await import('./completion/complete.js')).complete(buildProgram(), words)
  return true
}
