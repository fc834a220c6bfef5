export { errorsOf, type QueryOptions, type XdrClient } from './client/client.js'
export type {
  ApiClient,
  ApiClientList,
  ClientAdministration,
  ListClientsOptions,
  NewApiClient,
  NewClientOptions,
  RotateOptions,
} from './client/clients-admin.js'
export { type ConnectOptions, connect } from './client/connect.js'
export { type GraphQLDocument, gql, type QueryDocument } from './client/document.js'
export { explainSignIn, type SignInOrder, type SignInStep } from './client/explain.js'
export { type FromJsonSchema, type JsonSchema, jsonSchema } from './client/json-schema.js'
export type { PageOptions } from './client/pages.js'
export type { PostOptions, RestOptions, RestQuery } from './client/rest.js'
export type { AssetsVersion, IrohProfile, Organization, RestPage } from './client/rest-types.js'
export type { StandardSchema } from './client/schema.js'
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
  TaegisSignIn,
} from './providers/provider.js'
export { secureEndpoint } from './providers/secure-endpoint.js'
export { taegis } from './providers/taegis.js'
export { threatSwitch } from './providers/threat-switch.js'
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
export type { PlotDrawing, PlotSource } from './results/charts/plot.js'
export type { Live, Question, Screen, View } from './screen/screen.js'
export type { ClientPair, Profile, ProfileKey, ProfileStore, Session } from './store/profile.js'
