/** A schema as large platforms have it, in the schema definition language; always the same for the same number. */
export declare function largeSchema(types: number): string
