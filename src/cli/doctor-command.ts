import { Argument, type Command } from 'commander'
import { seconds } from './command-line.js'
import { checkIds } from './doctor/check-ids.js'

/** `xdrlab doctor`. */
export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('look whether everything here works, and say what to do where it does not')
    .addArgument(new Argument('[check...]', 'only these').choices(checkIds))
    .option('--online', 'also ask each platform’s host, without signing in')
    .option('--timeout <seconds>', 'how long each check may take; they run side by side', seconds, 5)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExit code 1 where something is broken. No secret is shown: the output may be passed on.',
    )
    .action(async (ids, options) => (await import('./doctor.js')).doctor(ids, options))
}
