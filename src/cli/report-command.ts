import { type Command, Option } from 'commander'

/** `xdrlab report` */
export function addReportCommand(program: Command): void {
  program
    .command('report')
    .description(
      'write an executed notebook as one file to be read: HTML, Markdown or PDF; runs nothing, hides secrets',
    )
    .argument('<notebook>', 'an .ipynb file; tags remove_cell, remove_input and remove_output are followed')
    .addOption(
      new Option('--to <format>', 'what to write (default: by the name of --output, else html)').choices([
        'html',
        'md',
        'pdf',
      ]),
    )
    .option('-o, --output <file>', 'where it goes (default: beside the notebook); - for stdout')
    .addOption(
      new Option('--theme <name>', 'colours of HTML; auto follows the reader’s; paper is always light')
        .choices(['auto', 'light', 'dark'])
        .default('auto'),
    )
    .option('--no-input', 'leave the code out')
    .addOption(
      new Option('--via <program>', 'let Jupyter’s own nbconvert write it, where it is installed').choices([
        'nbconvert',
      ]),
    )
    .option('--json', 'print where it is, and what was hidden, as JSON')
    .action(async (notebook, options) => (await import('./report.js')).report(notebook, options))
}
