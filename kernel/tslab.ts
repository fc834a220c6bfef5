import { display, newDisplay } from '../src/display.js'

/**
 * What `import … from 'tslab'` gives in a cell, so that notebooks written for that kernel run as they are. Its methods
 * are those of our displays; its `raw(type, content)` too.
 */
export const tslab: Readonly<Record<string, unknown>> = Object.freeze({
  display,
  newDisplay,
  default: { display, newDisplay },
})
