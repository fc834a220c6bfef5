import type { Command } from 'commander'
import { withOptions } from './command-line.js'
import { queryLines } from './option-lines.js'

/** `xdrlab query`. `where` adds the options that say where to sign in. */
export function addQueryCommand(program: Command, where: (command: Command) => Command): void {
  withOptions(where(program.command('query')), queryLines)
    .description(
      'run a GraphQL document; prints a table in a terminal, JSON in a pipe, a line for each message of a subscription',
    )
    .argument('<file>', 'a .graphql file, or - for standard input')
    .action(async (file, options) => void (await (await import('./query.js')).query(file, options)))
}
