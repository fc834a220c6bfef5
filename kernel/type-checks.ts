import { XdrError } from '../src/errors.js'
import type { Cell } from './cell.js'
import type { ErrorContent } from './errors.js'
import type { Iopub } from './iopub.js'
import type { Diagnostic } from './language/answers.js'
import type { LanguageWorker, LaterRun } from './language/client.js'
import { blockingError, describeProblems } from './type-warnings.js'
import { untilAborted } from './until-aborted.js'

/** What is done with the type errors of a cell: nothing, shown beside it, or it does not run. */
export type CheckLevel = 'off' | 'warn' | 'strict'

/** A cell that is to be checked first waits no longer than this, milliseconds: types must never be what stops work. */
const longestStrictMs = 20_000
/** A cell that still runs after this is checked meanwhile, milliseconds. */
const beginAfterMs = 60
/** What is found out later than this is no longer shown: the person is elsewhere, milliseconds. */
const longestWarningMs = 60_000

/** The kernel's setting: `XDRLAB_TYPES`. */
function levelOfEnvironment(env: NodeJS.ProcessEnv = process.env): CheckLevel {
  const { XDRLAB_TYPES: level } = env
  return isLevel(level) ? level : 'warn'
}

/** The types of one cell that runs. */
export interface Check {
  /** Why it must not run; at once unless it is strict. */
  blocked(): Promise<ErrorContent | undefined>
  /** The cell has ended: what is known is shown now, what is not as soon as it is. */
  show(): void
}

/** Checks cells beside their execution, or before it. */
export class TypeChecks {
  readonly #worker: LanguageWorker | undefined
  readonly #iopub: Iopub
  #level: CheckLevel

  /** @param worker `undefined`: nothing is checked in this kernel */
  constructor(worker: LanguageWorker | undefined, iopub: Iopub, level = levelOfEnvironment()) {
    this.#worker = worker
    this.#iopub = iopub
    this.#level = level
  }

  /** Puts `checkTypes` where every cell sees it: the notebook's own setting. */
  installGlobal(): void {
    const checkTypes = (level: CheckLevel): void => {
      if (!isLevel(level)) {
        throw new XdrError('XDR_KERNEL', `checkTypes does not know the level ${JSON.stringify(level)}`, {
          hint: "pass 'off', 'warn' or 'strict'",
        })
      }
      this.#level = level
    }
    Object.defineProperty(globalThis, 'checkTypes', {
      value: checkTypes,
      writable: true,
      configurable: true,
      enumerable: false,
    })
  }

  /** A cell begins to run. */
  begin(cell: Cell, code: string): Check | undefined {
    if (this.#worker === undefined || cell.silent) return undefined
    const level = levelOfCell(code) ?? this.#level
    const worker = this.#worker
    if (level === 'strict') {
      worker.start()
      return this.#check(cell, code, level, { found: worker.run(code, true, longestStrictMs), begin() {} })
    }
    return this.#check(
      cell,
      code,
      level,
      begunInTime(worker.runLater(code, level === 'warn', longestWarningMs)),
    )
  }

  #check(cell: Cell, code: string, level: CheckLevel, { found, begin }: LaterRun): Check {
    let problems: Diagnostic[] | undefined
    let hasEnded = false
    let isBlocked = false
    const show = () => {
      if (problems === undefined || problems.length === 0 || isBlocked) return
      this.#iopub.publish(cell.request.header, 'display_data', {
        data: describeProblems(code, problems),
        metadata: {},
        transient: {},
      })
      problems = undefined
    }
    void found.then((all) => {
      problems = all
      if (hasEnded) show()
    })
    return {
      async blocked() {
        if (level !== 'strict') return undefined
        const all = await untilAborted(found, cell.interruption, () => undefined)
        const errors = (all ?? []).filter(({ severity }) => severity === 'error')
        isBlocked = errors.length > 0
        return isBlocked ? blockingError(code, errors, cell.label) : undefined
      },
      show() {
        hasEnded = true
        show()
        begin()
      },
    }
  }
}

/** Begun when its cell has ended, or runs for long: a short cell is not to share the processors with its own check. */
function begunInTime({ found, begin }: LaterRun): LaterRun {
  const timer = setTimeout(begin, beginAfterMs)
  return {
    found,
    begin() {
      clearTimeout(timer)
      // Once the end of the cell has been sent.
      setImmediate(begin)
    },
  }
}

/** What a comment in front of the cell says: `// @types strict`, or TypeScript's own `// @ts-nocheck`. */
function levelOfCell(code: string): CheckLevel | undefined {
  const [comments = ''] = /^(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/.exec(code) ?? []
  if (/^\s*(?:\/\/|\/\*)\s*@ts-nocheck\b/m.test(comments)) return 'off'
  const level = /^\s*(?:\/\/|\/\*|\*)\s*@types\s+(off|warn|strict)\b/m.exec(comments)?.[1]
  return isLevel(level) ? level : undefined
}

function isLevel(value: unknown): value is CheckLevel {
  return value === 'off' || value === 'warn' || value === 'strict'
}
