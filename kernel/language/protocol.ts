import type { Completions, Diagnostic, Hover } from './answers.js'

/** What the kernel asks of the language worker; each but `run` without `check` and `schema` is answered. */
export type Request =
  | { type: 'complete'; code: string; cursor: number }
  | { type: 'inspect'; code: string; cursor: number; isDetailed: boolean }
  /** A cell begins to run: its problems are asked for, and from now on the next cells see its names. */
  | { type: 'run'; code: string; check: boolean }
  /** The schema for `gql` literals, by the path of its SDL text. */
  | { type: 'schema'; file: string }

/** Proposals, and what is to be known to add the names that live values have. */
export interface Completed extends Completions {
  /** Any other name could stand there as well. */
  takesNames: boolean
  /** What this cell declares anew: of these the values are those of before. */
  declared: readonly string[]
}

/** What is answered to each. */
export interface Answers {
  complete: Completed
  inspect: Inspection | null
  run: Diagnostic[]
  schema: undefined
}

/** What is known of the name at the cursor. */
export interface Inspection extends Hover {
  /** The text that declares it, asked for by `isDetailed`. */
  source?: string
}

export type ToWorker = Request & { id: number }

export type FromWorker =
  | { id: number; answer?: unknown }
  /** This one request has failed. */
  | { id: number; failure: string }
  /** TypeScript is up. */
  | { state: 'ready'; pid: number | undefined }
  /** It cannot be started here, or has ended. */
  | { state: 'failed'; reason: string }
