/** `GET /assets/version` of Taegis: which version of the API answers. */
export interface AssetsVersion {
  tag: string
  /** Commit of the build. */
  revision: string
  /** RFC 3339. */
  timestamp: string
}

/** A row of `GET /v3/organizations` of Cisco Secure Endpoint. */
export interface Organization {
  name: string
  organizationIdentifier: string
}

/** A list that is paged by `start` and `size`. */
export interface RestPage<Row> {
  meta: { start: number; size: number; total: number }
  data: Row[]
}

/** `GET /iroh/profile/whoami` of Cisco XDR: the vendor documents the call, not its fields. */
export type IrohProfile = Record<string, unknown>

/** Calls whose answers are known, by path: an editor offers them inside `xdr.get('…')`. */
export interface KnownAnswers {
  '/assets/version': AssetsVersion
  '/v3/organizations': RestPage<Organization>
  '/iroh/profile/whoami': IrohProfile
}

/** Lists whose rows are known, by path. */
export interface KnownRows {
  '/v3/organizations': Organization
}
