import type { KernelOutput } from '../notebook/outputs.js'
import type { RunSummary } from '../notebook/run-report.js'
import { describeRun, type RunReporter, SignInNotices } from './run-reporter.js'

/**
 * Prints nothing of a run that goes well, but for the one line of `--json`. What a person has to do, and what
 * went wrong, goes to stderr.
 */
export class RunSilence implements RunReporter {
  readonly #asJson: boolean
  readonly #signIns: SignInNotices | undefined

  /** @param confirms whether sign-ins are confirmed without a person */
  constructor({ asJson, confirms }: { asJson: boolean; confirms: boolean }) {
    this.#asJson = asJson
    this.#signIns = confirms ? undefined : new SignInNotices()
  }

  line(): void {}

  note(): void {}

  duringQuestion<T>(question: () => Promise<T>): Promise<T> {
    return question()
  }

  onOutput(output: KernelOutput): void {
    const notice = this.#signIns?.read(output)
    if (notice !== undefined) process.stderr.write(`${notice}\n`)
  }

  summary(summary: RunSummary): void {
    if (this.#asJson) process.stdout.write(`${JSON.stringify(summary)}\n`)
    else if (summary.status !== 'ok') process.stderr.write(`${describeRun(summary).join('\n')}\n`)
  }
}
