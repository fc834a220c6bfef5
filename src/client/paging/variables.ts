/** Values of an operation's variables. */
export type Variables = Readonly<Record<string, unknown>>
