/**
 * Roles that Taegis client credentials can have, by the ids that its API takes. From the vendor's documents; a client
 * without a role becomes an analyst.
 */
export const taegisClientRoles = {
  administrator: 'ba0fdcbd-e87d-4bdd-ae7d-ca6118b25068',
  analyst: 'a4903f9f-465b-478f-a24e-82fa2e129d2e',
  responder: 'a72dace7-4536-4dbc-947d-015a8eb65f4d',
  auditor: 'ace1cae4-59fd-4fd1-9500-40077dc529a7',
} as const

/** A role by its name. */
export type ClientRole = keyof typeof taegisClientRoles
