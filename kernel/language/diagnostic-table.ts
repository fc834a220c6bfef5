import type { Diagnostic } from './answers.js'

/** As the protocol numbers them. */
const severities: Record<number, Diagnostic['severity']> = { 1: 'error', 2: 'warning', 3: 'hint', 4: 'hint' }

/**
 * What TypeScript says of our model of the notebook, or of what the kernel does otherwise than a compiler: none of it
 * is the analyst's business.
 */
const ofTheModel: Readonly<Record<number, string>> = {
  1108: 'return outside of a function: no cell runs with it, and V8 says so',
  1208: 'a file that is no module under isolatedModules',
  1375: 'top-level await in a file without imports',
  1378: 'top-level await under another module setting',
  1431: 'top-level for await in a file without imports',
  1432: 'top-level for await under another module setting',
  2300: 'duplicate identifier: a later declaration replaces an earlier one',
  2397: 'a declaration named like a global one',
  2440: 'an import named like a declaration',
  2451: 'a block-scoped variable declared again',
  2528: 'more than one default export',
  2567: 'an enum declared again',
  2632: 'an assignment to what another cell declares: V8 takes it',
  2649: 'a module that cannot be augmented',
  2669: 'augmentations of the global scope only in modules',
  2813: 'a class that is merged with a function',
  2814: 'a function that is merged with a class',
  5097: 'an import path with .ts: the kernel compiles it',
  6133: 'declared but never read: the next cell may',
  6138: 'a property that is never read',
  6192: 'no import of a statement is used',
  6196: 'declared but never used',
  6198: 'no destructured element is used',
  6199: 'no variable is used',
  7027: 'unreachable code',
  7028: 'an unused label',
  7043: 'a type that could be inferred from usage',
  7044: 'a type that could be inferred from usage',
  7045: 'a type that could be inferred from usage',
  7047: 'a type that could be inferred from usage',
  80001: 'a CommonJS module that could be converted',
  80002: 'a constructor that could be a class',
  80005: 'require that could be an import',
  80006: 'a function that could be async',
  80007: 'await without effect',
}

/** That something may be null or undefined. */
export const mayBeNothing: ReadonlySet<number> = new Set([2531, 2532, 2533, 18047, 18048, 18049])

/** Hints worth a line: what is deprecated. */
const worthyHints: ReadonlySet<number> = new Set([6385, 6387])

/** How a complaint is shown; `undefined` where it is not the analyst's. */
export function severityOf(code: number, severity: number): Diagnostic['severity'] | undefined {
  if (code in ofTheModel) return undefined
  const found = severities[severity] ?? 'error'
  return found === 'hint' && !worthyHints.has(code) ? undefined : found
}
