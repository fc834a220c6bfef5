#!/usr/bin/env node
/**
 * What `xdrlab` starts: bundled as CommonJS (bundle.mjs), since Node 20 is sooner through one such file than through one
 * ES module, and ours are eighty. A process runs either from the bundle or from the ES modules, never from both: a class
 * or a flag of ours would be there twice. So nothing of ours is imported before it is known which.
 */
async function start(): Promise<unknown> {
  const [command, ...rest] = process.argv.slice(2)
  // Prompts of shells ask this again and again: it goes without the parser of the command line, which costs more.
  if (command === 'whoami' && (rest.length === 0 || (rest.length === 1 && rest[0] === '--json'))) {
    const { runToEnd } = await import('./outcome.js')
    return runToEnd(async () => {
      await (await import('./whoami.js')).whoami({ json: rest.length === 1 })
      return true
    })
  }
  // A check needs all of graphql-js, which the bundle does without.
  if (command === 'query' && !rest.includes('--check')) {
    const { guardOutputs, runToEnd } = await import('./outcome.js')
    guardOutputs()
    return runToEnd(async () => (await import('./query-command.js')).runQueryProgram())
  }
  return import('./main.js')
}

void start()
