export { type ChangeOptions, type DryRun, isDryRun } from './client/changes.js'
export type { XdrClient } from './client/client.js'
export type {
  ApiClient,
  ApiClientList,
  ClientAdministration,
  ListClientsOptions,
  NewApiClient,
  NewClientOptions,
  RotateOptions,
} from './client/clients-admin.js'
export { connect } from './client/connect.js'
export type { Count } from './client/counts.js'
export { type CqlValue, cql } from './client/cql.js'
export { type GraphQLDocument, gql, type QueryDocument } from './client/document.js'
export type { DocumentTypes, RowOf } from './client/document-types.js'
export { explainSignIn, type SignInOrder, type SignInStep } from './client/explain.js'
export type { TenantFailure } from './client/fan-out.js'
export { errorsOf } from './client/graphql-answer.js'
export { type FromJsonSchema, type JsonSchema, jsonSchema } from './client/json-schema.js'
export type { PageOptions } from './client/pages.js'
export type { QueryOptions } from './client/query.js'
export type { AssetFilter, ReadyRowsOptions, TenantsOptions } from './client/ready-rows.js'
export type { PostOptions, RestOptions, RestQuery } from './client/rest.js'
export type { AssetsVersion, IrohProfile, Organization, RestPage } from './client/rest-types.js'
export { IncompleteRows, type Rows, type RowsOptions } from './client/rows.js'
export type { StandardSchema } from './client/schema.js'
export type { SchemaAccess, SchemaSearchOptions, SchemaSource } from './client/schema-access.js'
export type { ConnectOptions } from './client/sign-in.js'
export type { EventOptions } from './client/subscriptions/events.js'
export type { SubscribeOptions } from './client/subscriptions/options.js'
export type {
  Alert,
  Asset,
  Investigation,
  Tenant,
} from './client/taegis-documents.js'
export type { ForTenantsOptions, TenantGroup, TenantRowsOptions } from './client/tenant-group.js'
export type { TenantResult, TenantResults } from './client/tenant-results.js'
export type { TenantRow, TenantRows } from './client/tenant-rows.js'
export type { TenantId, TenantList } from './client/tenants.js'
export type { Clock } from './clock.js'
export {
  type Comm,
  type CommExtras,
  type CommHandler,
  type CommMessage,
  openComm,
  registerTarget,
} from './comm.js'
export {
  clearOutput,
  type Display,
  type DisplayHandle,
  type DisplayMethods,
  type DisplayOptions,
  display,
  type ImageSource,
  input,
  type MimeBundle,
  newDisplay,
  password,
} from './display.js'
export {
  type GraphQLErrorEntry,
  GraphQLFailure,
  XdrError,
  type XdrErrorCode,
  type XdrErrorFields,
} from './errors.js'
export { ciscoXdr } from './providers/cisco-xdr.js'
export { type ApiOptions, apiKey, basic, bearer, tokenFrom } from './providers/general.js'
export { type OAuthOptions, oauth } from './providers/oauth.js'
export type { PagedField, PagingStyleName, SearchParts } from './providers/paged-field.js'
export type {
  BorrowedToken,
  ClientAuth,
  ClientCredentialsGrant,
  ExpirySource,
  Provider,
  Region,
  RegionName,
  RestApi,
  Rfc8628SignIn,
  StaticCredential,
  SubscriptionApi,
  TaegisSignIn,
} from './providers/provider.js'
export { secureEndpoint } from './providers/secure-endpoint.js'
export { taegis } from './providers/taegis.js'
export { threatSwitch } from './providers/threat-switch.js'
export { setRedaction } from './redaction/settings.js'
export { CachedRows, type CacheOptions, cache } from './results/cache.js'
export type { CachedResult } from './results/cache-store.js'
export { type ChartMaker, chart } from './results/charts/chart.js'
export type { Chart } from './results/charts/drawn.js'
export type {
  Aggregate,
  AlertTimelineOptions,
  BarOptions,
  Bin,
  ChartOptions,
  ChartRows,
  Field,
  HeatmapOptions,
  LineOptions,
  NetworkOptions,
  ProcessTreeOptions,
  TimelineOptions,
  TimeUnit,
} from './results/charts/options.js'
export {
  type Database,
  type DatabaseColumn,
  type DatabaseOptions,
  type DatabaseSession,
  openDatabase,
  type SqlBatch,
  type SqlRows,
} from './results/database.js'
export { type LoadOptions, load } from './results/database-load.js'
export type { DatabaseTable } from './results/database-table.js'
export type { FileFormat } from './results/file-format.js'
export type { ExportedFile, ExportOptions } from './results/files-export.js'
export { type ImportOptions, importFrom } from './results/files-import.js'
export type { Provenance, RowLines, RowSource } from './results/row-source.js'
export { type Sql, type SqlName, type SqlQuery, sql } from './results/sql.js'
export type { Row } from './results/table.js'
export type { ColumnChoice } from './results/table-choice.js'
export { type Table, type TableOptions, table } from './results/table-function.js'
export type { Live, Question, Screen, View } from './screen/screen.js'
export type { ClientPair, Profile, ProfileKey, ProfileStore, Session } from './store/profile.js'
