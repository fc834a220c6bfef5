import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync } from 'oxc-parser'
import { packageRoot } from '../../src/package.js'
import type { Proposal } from './answers.js'
import type { PackageNames } from './package-names.js'

/** Of a single letter, half of them would stand behind everything. */
const fewestLetters = 2
const mostFromPackages = 50

let names: readonly string[] | undefined

/** The values that xdrlab exports: types need no import to be looked at, and are written seldom. */
function exportedNames(): readonly string[] {
  if (names !== undefined) return names
  const text = readFileSync(join(packageRoot, 'dist', 'src', 'index.d.ts'), 'utf8')
  const { module } = parseSync('index.d.ts', text, { lang: 'dts', sourceType: 'module' })
  names = module.staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ exportName, isType }) =>
      isType || exportName.name === null ? [] : [exportName.name],
    ),
  )
  return names
}

/** The import that a name of xdrlab's needs; `undefined` for any other name. */
export function importLineOf(name: string): string | undefined {
  return exportedNames().includes(name) ? `import { ${name} } from 'xdrlab'` : undefined
}

/**
 * Names of xdrlab's that the cell could import. What a front end puts in replaces the name alone: none of them adds a
 * line elsewhere for a kernel, and a proposal that replaced the cell from its start would hide all others. So the
 * import is told beside the name, and once more by the check.
 */
export function importable(typed: string, known: ReadonlySet<string>): Proposal[] {
  if (typed.length < fewestLetters) return []
  return exportedNames()
    .filter((name) => name.startsWith(typed) && !known.has(name))
    .map((name) => proposalOf(name, 'function', `import { ${name} } from 'xdrlab'`))
}

/** Names of installed packages that the cell could import. */
export function importableFrom(
  packages: PackageNames,
  typed: string,
  known: ReadonlySet<string>,
): Proposal[] {
  if (typed.length < fewestLetters) return []
  return packages
    .startingWith(typed)
    .filter(({ name }) => !known.has(name))
    .slice(0, mostFromPackages)
    .map(({ name, kind, importLine }) => proposalOf(name, kind, importLine))
}

function proposalOf(text: string, kind: string, importLine: string): Proposal {
  return { text, kind, signature: importLine, documentation: `Needs \`${importLine}\`.`, importLine }
}
