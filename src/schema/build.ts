import { buildASTSchema, type GraphQLSchema, parse } from 'graphql'

/** Stands in the head of a schema that is known to lack much of what the platform has. */
const partialMark = /^# xdrlab: snapshot$/m
const headLength = 2000

/**
 * Whether what a schema does not name may be there all the same: the snapshot that ships is a part of the
 * platform's.
 */
export function isPartialSdl(sdl: string): boolean {
  return partialMark.test(sdl.slice(0, headLength))
}

/**
 * The schema of a text in the schema definition language. What the text says of itself is believed: a schema of 10 MB
 * takes half of the time so.
 *
 * @throws GraphQLError where the text is none
 */
export function buildSdl(sdl: string): GraphQLSchema {
  return buildASTSchema(parse(sdl, { noLocation: true }), { assumeValidSDL: true, assumeValid: true })
}
