import type { CheckId } from '../setup-commands.js'

/** How a part of the installation is: `warning` works, but may surprise; `broken` does not work. */
export type FindingState = 'ok' | 'warning' | 'broken'

/** What was found of one part: a line of `xdrlab doctor`. */
export interface Finding {
  id: string
  title: string
  state: FindingState
  /** What is. */
  what: string
  /** What to do about it. */
  todo?: string
}

/** What a check looks with. */
export interface CheckContext {
  env: NodeJS.ProcessEnv
  /** Aborts at the check's own limit, and with the command. */
  signal: AbortSignal
  /** The check's own limit, milliseconds. */
  limitMs: number
  /** Whether platforms may be asked. */
  online: boolean
}

/** One check; it has a limit of its own and runs beside the others. */
export interface Check {
  id: CheckId
  title: string
  run(context: CheckContext): Promise<Finding[]>
}

/** Makes findings of one part. */
export function findingsOf(id: string, title: string) {
  const finding = (state: FindingState) => (what: string, todo?: string) => ({
    id,
    title,
    state,
    what,
    ...(todo === undefined ? {} : { todo }),
  })
  return { ok: finding('ok'), warning: finding('warning'), broken: finding('broken') }
}
