import { display, newDisplay } from '../src/display.js'
import { version } from '../src/package.js'
import { kernelInfo } from './kernel-info.js'

const shared = {
  display,
  newDisplay,
  /** As that package has them, and our own: `tslab` is the version whose interface this is. */
  versions: Object.freeze({
    tslab: '1.0.22',
    xdrlab: version,
    typescript: kernelInfo.language_info.version,
    node: process.version,
  }),
}

/**
 * What `import … from 'tslab'` and `require('tslab')` give in a cell, so that notebooks written for that kernel run as
 * they are. Its methods are those of our displays; its `raw(type, content)` too.
 */
export const tslab: Readonly<Record<string, unknown>> = Object.freeze({ ...shared, default: shared })
