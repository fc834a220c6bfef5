/** The checks' names, in the order in which they are shown. */
export const checkIds = [
  ...(['node', 'jupyter', 'kernel', 'zeromq', 'duckdb', 'types', 'store', 'keyring'] as const),
  ...(['browser', 'proxy', 'certificates', 'platforms', 'schemas', 'clock'] as const),
] as const

export type CheckId = (typeof checkIds)[number]
