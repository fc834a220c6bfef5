#!/usr/bin/env node
import { join } from 'node:path'
import { readArguments } from './arguments.js'
import { type Loader, requireCompiled } from './compiled.js'
import { placeLines, queryLines } from './option-lines.js'
import type { runQueryCommand } from './quick-query.js'

/**
 * What `xdrlab` starts: bundled as CommonJS (bundle.mjs), since Node 20 is sooner through one such file than
 * through one ES module, and ours are eighty. A process runs either from the bundle or from the ES modules,
 * never from both: a class or a flag of ours would be there twice. So nothing that keeps anything is imported
 * before it is known which.
 */
async function start(): Promise<unknown> {
  const [command, ...rest] = process.argv.slice(2)
  // Prompts of shells ask this again and again.
  if (command === 'whoami' && (rest.length === 0 || (rest.length === 1 && rest[0] === '--json'))) {
    return (await import('./quick-whoami.js')).runWhoami({ json: rest.length === 1 })
  }
  if (command === 'query') {
    const given = readArguments(rest, [...placeLines, ...queryLines])
    const isPlain = given?.options.trace === undefined && given?.options.check === undefined
    // Commander sets tracing up, and a check against the schema needs what the bundle does without.
    if (given !== undefined && isPlain) {
      const loader = { require, Module: module.constructor as Loader['Module'] }
      const bundle = requireCompiled(join(import.meta.dirname, 'query.cjs'), loader) as {
        runQueryCommand: typeof runQueryCommand
      }
      return bundle.runQueryCommand(given)
    }
  }
  return import('./main.js')
}

void start()
