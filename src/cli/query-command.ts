import type { Command } from 'commander'
import { newProgram, parseCommandLine, seconds, withPlace } from './command-line.js'

/** `xdrlab query`. `where` adds the options that say where to sign in. */
export function addQueryCommand(program: Command, where: (command: Command) => Command): void {
  where(program.command('query'))
    .description(
      'run a GraphQL document; prints a table in a terminal, JSON in a pipe, a line for each message of a subscription',
    )
    .argument('<files...>', 'a .graphql file, or - for standard input; with --check several')
    .option('-v, --variables <json>', 'variables as JSON, or @file')
    .option('-o, --operation <name>', 'which operation of the document runs')
    .option('--yes', 'answers the question before a mutation')
    .option('--dry-run', 'show what would be sent, and send nothing')
    .option('--check', 'hold the documents to the schema as it is known here, and send nothing')
    .option('--strict', 'fail when errors come beside the data')
    .option('--path <path>', 'for a subscription: what answers it, such as /events/query')
    .option('--timeout <seconds>', 'until the whole answer is there', seconds, 60)
    .option('--json', 'print JSON also in a terminal')
    .action(async (files, options) => (await import('./query.js')).query(files, options))
}

/** Runs a command line that begins with `query`, without making the other commands. */
export function runQueryProgram(): Promise<boolean> {
  const program = newProgram()
  addQueryCommand(program, withPlace)
  return parseCommandLine(program)
}
