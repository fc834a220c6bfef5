import { ciscoXdr } from './cisco-xdr.js'
import type { Provider } from './provider.js'
import { secureEndpoint } from './secure-endpoint.js'
import { taegis } from './taegis.js'

/** The platforms whose addresses are the same for everybody. */
export const shipped: readonly Provider[] = [taegis, ciscoXdr, secureEndpoint]

/** Whether a provider is one of ours, which the compiler has checked. */
export function isShipped(value: unknown): boolean {
  return shipped.some((provider) => provider === value)
}
