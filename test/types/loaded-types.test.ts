import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseSync } from 'oxc-parser'
import { expect, test } from 'vitest'
import { packageRoot } from '../../src/package.js'

/** What declarations import, and all that those import: files of ours are followed. */
function packagesOf(entry: string): Set<string> {
  const files = [entry]
  const packages = new Set<string>()
  for (const file of files) {
    const { module } = parseSync(file, readFileSync(file, 'utf8'), { lang: 'dts', sourceType: 'module' })
    const exported = module.staticExports.flatMap(({ entries }) => entries.map((each) => each.moduleRequest))
    for (const request of [...module.staticImports.map((each) => each.moduleRequest), ...exported]) {
      if (request === null) continue
      if (!request.value.startsWith('.')) packages.add(request.value)
      else {
        const path = join(dirname(file), request.value.replace(/\.js$/, '.d.ts'))
        if (!files.includes(path)) files.push(path)
      }
    }
  }
  return packages
}

test('whose types are read with those of xdrlab: each costs every notebook its memory', () => {
  const packages = [...packagesOf(join(packageRoot, 'dist', 'src', 'index.d.ts'))]
  const own = packages.filter((name) => !name.startsWith('node:')).sort()
  // `chart.plot` hands out Plot itself, and a query takes documents of graphql's parser: not the whole of graphql.
  expect(own).toEqual(['@observablehq/plot', 'graphql/language/ast.js'])
})
