import type { Command } from 'commander'

/** `xdrlab import …` */
export function addImportCommand(program: Command): void {
  program
    .command('import')
    .description('take over sign-ins that another tool keeps; only when you ask for it')
    .command('taegis-sdk')
    .description(
      'take over the live tokens of taegis-sdk-python (~/.taegis_sdk_python/config); its file stays as it is',
    )
    .option('--from <path>', 'another file of the same form')
    .option('--with-clients', 'also keep the client credentials in the variables that the file names')
    .option('--dry-run', 'only show what would be taken over')
    .option('-y, --yes', 'do not ask before the import')
    .option('--json', 'print the result as JSON; never a token')
    .action(async (options) => (await import('./import-sdk.js')).importTaegisSdk(options))
}
