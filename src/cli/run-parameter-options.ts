import { type Command, InvalidArgumentError } from 'commander'

interface GivenParameter {
  name: string
  text: string
  /** By `-r`: a text, whatever it looks like. */
  isRaw: boolean
}

/** The options of `xdrlab run` that set parameters. */
export interface ParameterOptions {
  parameter?: GivenParameter[]
  /** The same list as `parameter`: values of an array keep the order of the command line. */
  raw?: GivenParameter[]
  parametersFile?: string[]
}

/** Adds `-p`, `-r` and `-f`. */
export function addParameterOptions(command: Command): Command {
  const given: GivenParameter[] = []
  const collect = (isRaw: boolean) => (written: string) => {
    const at = written.indexOf('=')
    if (at < 1) throw new InvalidArgumentError('write name=value')
    given.push({ name: written.slice(0, at), text: written.slice(at + 1), isRaw })
    return given
  }
  return command
    .option(
      '-p, --parameter <name=value>',
      'set a parameter of the notebook; again for an array; JSON for objects',
      collect(false),
    )
    .option('-r, --raw <name=value>', 'the same, as text whatever it looks like', collect(true))
    .option(
      '-f, --parameters-file <file>',
      'set parameters from a YAML or JSON file; -p goes before it',
      (file, files: string[] = []) => [...files, file],
    )
}

/** Lists the parameters of the notebook in the help of the command that runs it. */
export function addParameterHelp(program: Command, run: Command): void {
  program.hook('preSubcommand', async (_program, command) => {
    const args = program.args.slice(1)
    const others = args.filter((arg) => arg !== '--help' && arg !== '-h')
    if (command !== run || others.length === args.length) return
    const [path] = run.parseOptions(others).operands
    if (path === undefined) return
    const { parametersHelp } = await import('./run-parameter-help.js')
    run.addHelpText('after', parametersHelp(path))
  })
}
