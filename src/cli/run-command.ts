import { type Command, InvalidArgumentError, Option } from 'commander'
import { seconds } from './command-line.js'
import { exitCodeHelp } from './run-exit.js'
import { addParameterHelp, addParameterOptions } from './run-parameter-options.js'

/** `xdrlab run …` */
export function addRunCommand(program: Command): void {
  const run = program
    .command('run')
    .description('run a notebook in a fresh kernel, without Jupyter, and write the executed copy')
    .argument('<notebook>', 'an .ipynb file')
    .option('-o, --output <file>', 'where the executed copy goes (default: <name>.executed.ipynb beside it)')
  // Two dozen options that no other command has to wait for.
  if (process.argv.includes('run')) addOptions(program, run)
}

function addOptions(program: Command, run: Command): void {
  addParameterOptions(run)
    .option(
      '--provider <name>',
      'the platform of the sign-in for --tenants all (default: XDRLAB_PROVIDER, else taegis)',
    )
    .option(
      '--region <name>',
      'the region for cells that name none, and for --tenants all (default: XDRLAB_REGION)',
    )
    .addOption(
      new Option(
        '-t, --tenant <id>',
        'the tenant for cells that name none, and for a parameter "tenant"',
      ).conflicts(['tenants', 'tenantsFile']),
    )
    .option(
      '--tenants <ids>',
      'one run for each, separated by commas, or all; -o is then a folder (default: <name>.tenants)',
    )
    .option(
      '--tenants-file <file>',
      'the same from a file: a line for each, the id and, after a comma, a name',
    )
    .option(
      '--concurrency <number>',
      'how many tenants run at the same time, at most 32 (default: 2 to 4, as the machine has processors)',
      concurrency,
    )
    .option('--sandbox', 'start the embedded sandbox for this run')
    .addOption(
      new Option('--approve', 'confirm the sandbox’s sign-in by itself, as a browser would').implies({
        sandbox: true,
      }),
    )
    .option(
      '--unattended',
      'never wait for a person: a sign-in that needs one fails at once, with what to set (XDRLAB_UNATTENDED=1); so with --tenants and without a terminal',
    )
    .option('--timeout <seconds>', 'per cell; the cell is interrupted then', seconds)
    .option('--total-timeout <seconds>', 'for the whole run', seconds)
    .addOption(
      new Option(
        '--on-error <what>',
        'whether the cells after one that failed are run; the run has failed in any case',
      )
        .choices(['stop', 'continue'])
        .default('stop'),
    )
    .option('--stream', 'print cells and outputs as they come (the default)')
    .option('--no-stream', 'print a line for each cell')
    .option('-q, --quiet', 'print only what went wrong')
    .option('--json', 'print a summary as JSON in place of the cells')
    .addHelpText('after', exitCodeHelp)
    .action(async (notebook, options) => (await import('./run.js')).run(notebook, options))
  addParameterHelp(program, run)
}

const mostConcurrency = 32

function concurrency(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1 && value <= mostConcurrency) return value
  throw new InvalidArgumentError(`a whole number from 1 to ${mostConcurrency} is needed`)
}
