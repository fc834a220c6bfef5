import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { version } from '../package.js'

/** A timer of Node's takes no more milliseconds than 2^31. */
const mostSeconds = 2_147_483

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
  return command
    .option(
      '-p, --provider <name>',
      'taegis, cisco-xdr, secure-endpoint, threat-switch, or one of your own in providers.json (default: XDRLAB_PROVIDER, else taegis)',
    )
    .addOption(
      new Option('--method <way>', 'how to sign in, where a platform offers both').choices([
        'client',
        'device',
      ]),
    )
    .option('-r, --region <name>', 'region or alias (default: XDRLAB_REGION, else the platform’s first)')
    .option('--url <origin>', 'an origin in place of a region’s')
    .option('-u, --username <name>', 'your account (default: XDRLAB_USERNAME, else asked for)')
    .option('-t, --tenant <id>', 'tenant for every query (default: XDRLAB_TENANT)')
    .option('--issuer <url>', 'any OAuth server with device sign-in, in place of Taegis')
    .option('--client-id <id>', 'with --issuer or --provider: the registered client')
    .option('--scope <scopes>', 'with --issuer: scopes, separated by spaces')
    .option('--api <origin>', 'with --issuer: where the API is')
    .option('--trace', 'write every request to stderr, without secrets')
}

/** Reads an option that is a time. */
export function seconds(text: string): number {
  const value = Number(text)
  if (value > 0 && value <= mostSeconds) return value
  throw new InvalidArgumentError(`a number above 0, at most ${mostSeconds}, is needed`)
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
