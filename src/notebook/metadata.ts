import { isRecord } from '../record.js'
import type { Cell, Notebook } from './notebook-file.js'

/** Where the metadata of an executed notebook tell of its run. */
export const runKey = 'xdrlab_run'

/** Tags are how Jupyter's own runner is told about a cell. */
export function hasTag({ metadata: { tags } }: Pick<Cell, 'metadata'>, tag: string): boolean {
  return Array.isArray(tags) && tags.includes(tag)
}

/** The values that a notebook was given, as papermill and the injecting of parameters leave them. */
export function givenParameters({ metadata: { papermill } }: Notebook): Record<string, unknown> | undefined {
  const values = isRecord(papermill) ? papermill.parameters : undefined
  return isRecord(values) ? values : undefined
}
