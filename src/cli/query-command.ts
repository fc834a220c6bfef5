import type { Command } from 'commander'
import { XdrError } from '../errors.js'
import { withOptions } from './command-line.js'
import { queryLines } from './option-lines.js'

/** `xdrlab query`. `where` adds the options that say where to sign in. */
export function addQueryCommand(program: Command, where: (command: Command) => Command): void {
  withOptions(where(program.command('query')), queryLines)
    .description(
      'run a GraphQL document; prints a table in a terminal, JSON in a pipe, a line for each message of a subscription',
    )
    .argument('<files...>', 'a .graphql file, or - for standard input; with --check several')
    .action(async (files: string[], options) => {
      if (options.check === true) return (await import('./query-check.js')).checkFiles(files, options)
      const [file = '', another] = files
      if (another !== undefined) {
        throw new XdrError('XDR_BAD_OPTION', 'query runs one document', {
          hint: 'run them one by one; --check takes several',
        })
      }
      await (await import('./query.js')).query(file, options)
    })
}
