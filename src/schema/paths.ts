/** The name of a platform's main GraphQL path, whatever its address. */
export const mainPath = '/graphql'
