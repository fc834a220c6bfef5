import { type Command, Option } from 'commander'

/** `xdrlab install` and `xdrlab uninstall`. */
export function addInstallCommands(program: Command): void {
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
