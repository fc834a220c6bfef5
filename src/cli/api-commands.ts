import { type Command, InvalidArgumentError, Option } from 'commander'
import { seconds } from './command-line.js'

/** `xdrlab get`, `xdrlab clients …` and `xdrlab cache …`. `where` adds the options that say where to sign in. */
export function addApiCommands(program: Command, where: (command: Command) => Command): void {
  where(program.command('get'))
    .description('ask the REST interface; prints a table in a terminal, JSON in a pipe')
    .argument('<path>', 'such as /assets/version')
    .option('-q, --query <pair>', 'name=value after the ?; may be given again', collect)
    .option('--pages', 'read a list paged by start and size to its end, one JSON row a line')
    .option('--size <rows>', 'with --pages: rows a request', wholeNumber(1))
    .option('--limit <rows>', 'with --pages: end after so many', wholeNumber(0))
    .option('--timeout <seconds>', 'until the whole answer is there', seconds, 60)
    .option('--json', 'print JSON also in a terminal')
    .action(async (path, options) => (await import('./get.js')).get(path, options))

  const clients = program
    .command('clients')
    .description('client credentials for programs (Taegis): list, create, rotate, delete')

  where(clients.command('list'))
    .description('list client credentials; secrets are never among it')
    .option('--name <name>', 'only with this name')
    .option('--id <id>', 'only this UUID or client id; may be given again', collect)
    .option('--role <name>', 'only with this role; may be given again', collect)
    .option('--page <number>', 'the first is 0', wholeNumber(0))
    .option('--per-page <number>', 'how many a page', wholeNumber(1))
    .option('--json', 'print JSON also in a terminal')
    .action(async (options) => (await import('./clients.js')).listClients(options))

  const secret = (command: Command): Command =>
    where(command)
      .addOption(
        new Option('--keep <place>', 'where the secret goes (default: store)').choices([
          'store',
          'file',
          'screen',
        ]),
      )
      .option('--file <path>', 'a new file for the secret, for you alone (0600)')
      .option('-y, --yes', 'do not ask before the change')
      .option('--json', 'print the result as JSON, without the secret')

  secret(clients.command('create'))
    .description('make client credentials (at most 10 an hour in a tenant)')
    .argument('<name>', 'unique in the tenant')
    .option(
      '--role <name>',
      'analyst (default), responder, auditor, administrator; may be given again',
      collect,
    )
    .action(async (name, options) => (await import('./clients.js')).createClient(name, options))

  secret(clients.command('rotate'))
    .description('give a client a new secret; the old one ends at once')
    .argument('<id>', 'UUID or client id')
    .option('--force', 'without the old secret; for administrators of the tenant')
    .action(async (id, options) => (await import('./clients.js')).rotateClient(id, options))

  where(clients.command('delete'))
    .description('end client credentials for good')
    .argument('<id>', 'UUID or client id')
    .option('-y, --yes', 'do not ask before the change')
    .option('--json', 'print the result as JSON')
    .action(async (id, options) => (await import('./clients.js')).deleteClient(id, options))

  addCacheCommands(program)
}

function addCacheCommands(program: Command): void {
  const cache = program
    .command('cache')
    .description('rows that queries with { cache } have kept on this machine')

  cache
    .command('ls')
    .description('list what is kept: age, rows, size, platform, tenant, query')
    .option('--json', 'print JSON')
    .action(async (options) => (await import('./cache.js')).listCache(options))

  cache
    .command('rm')
    .description('take kept rows away')
    .argument('[id...]', 'as cache ls shows them')
    .option('-a, --all', 'everything')
    .option('--stale', 'what is older than it was to be kept, and what is damaged')
    .option('--json', 'print the result as JSON')
    .action(async (ids, options) => (await import('./cache.js')).removeFromCache(ids, options))
}

function collect(value: string, before: string[] = []): string[] {
  return [...before, value]
}

function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (Number.isSafeInteger(value) && value >= least) return value
    throw new InvalidArgumentError(`a whole number of at least ${least} is needed`)
  }
}
