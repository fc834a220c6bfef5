export {
  type GraphQLErrorEntry,
  GraphQLFailure,
  XdrError,
  type XdrErrorCode,
  type XdrErrorFields,
} from './errors.js'
export type { Provider, Region, RegionName, Rfc8628SignIn, TaegisSignIn } from './providers/provider.js'
export { taegis } from './providers/taegis.js'
