import { Argument, type Command } from 'commander'
import { completionScript, type Shell, shells } from './completion/scripts.js'

/** `xdrlab completion`. */
export function addCompletionCommand(program: Command): void {
  program
    .command('completion')
    .description('print the script that completes commands, options and values in a shell')
    .addArgument(new Argument('<shell>', 'the shell that is to read it').choices(shells))
    .addHelpText(
      'after',
      `
For the shell that you are in:
    source <(xdrlab completion bash)
    source <(xdrlab completion zsh)
    xdrlab completion fish | source

The script’s first lines say where it goes for every shell; it need not be written anew with a new version.`,
    )
    .action((shell: Shell) => void process.stdout.write(completionScript(shell)))
}
