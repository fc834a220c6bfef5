import type { ColumnsQuestion, DocumentColumn } from './document-columns.js'
import type { Parts, Told } from './keep.js'
import type { CheckKind } from './known-schemas.js'
import type { DocumentProblem } from './problems.js'
import type { SchemaRecord } from './schema-file.js'
import type { SchemaEntry, SchemaMatch } from './schema-parts.js'
import type { SchemaPlace } from './schema-place.js'

/** What the thread of schemas does: the name of a task, what it takes and what it gives. */
export interface Tasks {
  /** Builds a schema, so that the first check need not wait for it. */
  open: { takes: { place: SchemaPlace }; gives: true }
  check: { takes: { place: SchemaPlace; source: string; kind: CheckKind }; gives: readonly DocumentProblem[] }
  columns: { takes: ColumnsQuestion & { place: SchemaPlace }; gives: DocumentColumn[] | undefined }
  keep: { takes: Told; gives: SchemaRecord }
  merge: { takes: Parts; gives: SchemaRecord | undefined }
  search: { takes: { place: SchemaPlace; text: string; limit: number }; gives: readonly SchemaMatch[] }
  show: { takes: { place: SchemaPlace; name: string }; gives: SchemaEntry | { nearest: readonly string[] } }
}

export type TaskName = keyof Tasks

export interface TaskRequest {
  id: number
  name: TaskName
  /** As the task takes it. */
  input: unknown
}

export type TaskAnswer = { id: number; value: unknown } | { id: number; failure: string }
