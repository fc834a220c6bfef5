import type { Command } from 'commander'
import { addParameterOptions } from './run-parameter-options.js'

/** `xdrlab new` */
export function addNewCommand(program: Command): void {
  const command = program
    .command('new')
    .description('make a notebook from a template; asks for its parameters, runs nothing')
    .argument('[template]', 'its number, its name or a part of it (default: all are listed)')
    .argument('[file]', 'the new notebook (default: the template’s name, in this folder)')
    .option('-l, --list', 'list the templates: ours, and those of your team')
  addParameterOptions(command)
    .option('-y, --yes', 'ask nothing: what is not set keeps its default')
    .option('--force', 'write over a notebook that is there')
    .option(
      '--add <source>',
      'keep a folder or a git repository with templates of your own (XDRLAB_TEMPLATES names folders too)',
    )
    .option('--remove <source>', 'forget one again; its files stay')
    .option('--update', 'fetch the repositories anew')
    .option('--json', 'print the list, or what was made, as JSON')
    .action(async (template, file, options) =>
      (await import('./new.js')).newNotebook(template, file, options),
    )
}
