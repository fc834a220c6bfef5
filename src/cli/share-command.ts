import type { Command } from 'commander'

/** `xdrlab share …` */
export function addShareCommand(program: Command): void {
  const share = program
    .command('share')
    .description('make notebooks fit to be shared: check them, clean them, by hand or by git')

  share
    .command('check')
    .description(
      'find secrets, codes, tenants, people and machines; exit code 1 where there are, 2 for no notebook',
    )
    .argument('[notebook...]', '.ipynb files; - for stdin')
    .option('--staged', 'what git would commit now')
    .option('--json', 'print the findings as JSON')
    .action(async (files, options) => (await import('./share.js')).shareCheck(files, options))

  share
    .command('clean')
    .description(
      'take out outputs (but of cells tagged keep_output), execution counts and paths of this machine',
    )
    .argument('<notebook...>', '.ipynb files, cleaned in place; - for stdin')
    .option('-o, --output <file>', 'write there, and leave the notebook as it is')
    .option('--stdout', 'write to stdout, and leave the notebook as it is')
    .option(
      '--pseudonymise',
      'also replace e-mail addresses, host names and tenant ids, the same by the same',
    )
    .action(async (files, options) => (await import('./share.js')).shareClean(files, options))

  share
    .command('install-hook')
    .description('clean notebooks when git adds them, and check them before a commit, in this repository')
    .option('--remove', 'take both away again')
    .action(async (options) => (await import('./share.js')).shareInstallHook(options))
}
