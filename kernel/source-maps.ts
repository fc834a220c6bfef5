import { createRequire, SourceMap } from 'node:module'
import type { DecodedSourceMap, EncodedSourceMap } from '@jridgewell/remapping'

/** The map of one step. */
export type MapLayer = Omit<EncodedSourceMap, 'version'> | Omit<DecodedSourceMap, 'version'>

/** By `require`, which is done when it returns: what combines maps is loaded when an error first needs it. */
const require = createRequire(import.meta.url)

/** The map of several steps, the last one first. */
export function combineMaps(layers: readonly MapLayer[]): SourceMap {
  const remapping: typeof import('@jridgewell/remapping').default = require('@jridgewell/remapping')
  const whole = remapping(
    layers.map((layer) => ({ ...layer, version: 3 })),
    () => null,
  )
  return new SourceMap(JSON.parse(whole.toString()))
}
