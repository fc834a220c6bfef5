/** Which schema is meant. */
export interface SchemaPlace {
  /** A file in the schema definition language. */
  path: string
  /** Names its text. */
  hash: string
  /** Only the root fields of this endpoint; all of them where it is absent. */
  gateway?: string | undefined
}
