import { Argument, type Command, Option } from 'commander'
import { seconds } from './command-line.js'

/** What the scripts of `xdrlab completion` ask, with the words of a line; the last is at the cursor. */
export const completeCommand = '__complete'

/** The shells that there is completion for. */
const shells = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof shells)[number]

/** The checks of `xdrlab doctor`, in the order in which they are shown. */
const checkIds = [
  ...(['node', 'jupyter', 'kernel', 'zeromq', 'duckdb', 'types', 'store', 'keyring'] as const),
  ...(['browser', 'proxy', 'certificates', 'platforms', 'schemas', 'clock'] as const),
] as const
export type CheckId = (typeof checkIds)[number]

/** What sets this machine up, and looks after it: `install`, `uninstall`, `doctor`, `completion`. */
export function addSetupCommands(program: Command): void {
  withPlaces(program.command('install'))
    .description('make the kernel known to Jupyter as “TypeScript (xdrlab)”')
    .option('--display-name <text>', 'how front ends call it, for versions side by side')
    .action(async (options) => (await import('./install.js')).install(options))

  withPlaces(program.command('uninstall'))
    .description('take the kernel out of Jupyter again, with all that install has made')
    .addOption(
      new Option('-a, --all', 'every kernel of ours on this machine').conflicts([
        ...places,
        'name',
        'papermill',
      ]),
    )
    .addHelpText('after', '\nSign-ins stay: "xdrlab logout --all" takes them away.')
    .action(async (options) => (await import('./install.js')).uninstall(options))

  program
    .command('doctor')
    .description('look whether everything here works, and say what to do where it does not')
    .addArgument(new Argument('[check...]', 'only these').choices(checkIds))
    .option('--online', 'also ask each platform’s host, without signing in')
    .option('--timeout <seconds>', 'how long each check may take; they run side by side', seconds, 5)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExit code 1 where something is broken. No secret is shown: the output may be passed on.',
    )
    .action(async (ids, options) => (await import('./doctor.js')).doctor(ids, options))

  program
    .command('completion')
    .description('print the script that completes commands, options and values in a shell')
    .addArgument(new Argument('<shell>', 'the shell that is to read it').choices(shells))
    .addHelpText(
      'after',
      `
For the shell that you are in:
    eval "$(xdrlab completion bash)"
    source <(xdrlab completion zsh)
    xdrlab completion fish | source

The script’s first lines say where it goes for every shell; it need not be written anew with a new version.`,
    )
    .action(async (shell: Shell) => {
      process.stdout.write((await import('./completion/scripts.js')).completionScript(shell, completeCommand))
    })
}

const places = ['user', 'sysPrefix', 'prefix', 'system']

function withPlaces(command: Command): Command {
  const place = (flags: string, text: string): Option => {
    const option = new Option(flags, text)
    return option.conflicts(places.filter((each) => each !== option.attributeName()))
  }
  return command
    .addOption(place('--user', 'for this person (the default)'))
    .addOption(place('--sys-prefix', 'into the active venv or conda environment'))
    .addOption(place('--prefix <dir>', 'into another environment’s folder, active or not'))
    .addOption(place('--system', 'for everybody on this machine; needs the right to write there'))
    .option('--name <name>', 'the kernel’s folder, by which notebooks remember it (default: xdrlab)')
    .addOption(
      new Option(
        '--papermill',
        'also its module in the papermill on the path; in an environment, that goes by itself',
      ).conflicts(['sysPrefix', 'prefix']),
    )
    .option('--json', 'print the result as JSON')
}
