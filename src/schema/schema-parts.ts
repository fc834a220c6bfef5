/** What a search has found, as a row of a table. */
export interface SchemaMatch {
  /** What `xdr.schema.show` takes: `AlertsResponse`, `Query.alertsServiceSearch`, `SearchRequestInput.limit`. */
  name: string
  /** `query`, `mutation`, `subscription`, `type`, `field`, `argument`, `input`, `input field`, `enum`, `value`, … */
  kind: string
  /** The type of its value. */
  type: string
  description: string
  /** Why it should not be used any more; empty where it may be. */
  deprecated: string
}

/** A part of a schema, as a person reads it. */
export interface SchemaPart {
  name: string
  /** Of its value: `[Alert2!]`. */
  type?: string
  /** The default of an argument or an input field. */
  defaultValue?: string
  description?: string
  deprecated?: string
  arguments?: readonly SchemaPart[]
  /** What its value holds, one level deep. */
  fields?: readonly SchemaPart[]
}

/** A type or a field, with all that belongs to it. */
export interface SchemaEntry extends SchemaPart {
  /** `type`, `input`, `enum`, `union`, `interface`, `scalar`, `field`, `argument`. */
  kind: string
  /** The type whose fields are listed: of a field, that of its value. */
  of: string
  fields: readonly SchemaPart[]
  /** Names of types that use it. */
  usedBy: readonly string[]
}
