import type { Reporter, TestModule } from 'vitest/node'
import { canRunPapermill, findLeftOut } from './capabilities.js'

/** Ends a run with what was left out, loudly, and the line that CI reads. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    let passed = 0
    let failed = errors.length
    for (const module of modules) {
      // A file that cannot be loaded has no tests, only errors.
      failed += module.errors().length
      for (const test of module.children.allTests()) {
        if (test.result().state === 'passed') passed++
        else failed++
      }
    }
    // After the default reporter's own summary, which is printed when this hook runs.
    process.once('exit', () => {
      for (const { folder, why } of findLeftOut())
        process.stdout.write(`\nNOT RUN: ${folder}, because: ${why}\n`)
      if (!canRunPapermill())
        process.stdout.write(
          '\nNOT RUN: test/templates by papermill, because: no Python 3.10 or later with venv\n',
        )
      process.stdout.write(`\n${passed} passed, ${failed} failed\n`)
    })
  }
}
