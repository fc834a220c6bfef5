/** The schema of the platform that was signed in to last. */
export interface ActiveSchema {
  /** A file in the schema definition language. */
  path: string
  /** Names its text: another text has another. */
  hash: string
}

/** Who wants to know of schemas: a kernel, for what it proposes in cells. */
export interface SchemaHost {
  useSchema(schema: ActiveSchema): void
}

let host: SchemaHost | undefined

/** Makes `schemaHost` the one that learns of schemas. The kernel calls it once at its start. */
export function useSchemaHost(schemaHost: SchemaHost): void {
  host = schemaHost
}

/** Whether anybody wants to know: without one nothing is fetched that was not asked for. */
export function hasSchemaHost(): boolean {
  return host !== undefined
}

/** Tells the host which schema holds from now on. */
export function announceSchema(schema: ActiveSchema): void {
  host?.useSchema(schema)
}
