// npm run build: the two commands that are to start at once, as CommonJS; see start.ts.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'rolldown'
import { importName } from '../../dist/src/cli/compiled.js'
import { compileQuery } from './compile.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '../..')

/** What every query needs. All other packages stay where they are, one copy for all. */
const needed = ['env-paths', 'graphql']
/** An ES module with a default export, which `require` would give as a part of the module. */
const withDefault = ['string-width', 'get-east-asian-width', 'strip-ansi', 'ansi-regex']
const bundled = [...needed, ...withDefault]
const inBundle = new RegExp(`[\\\\/]node_modules[\\\\/](${bundled.join('|')})[\\\\/]`)

/** Modules in place of which others do as well, and are there sooner. */
const globalProcess = '\0process'
const ownPackage = '\0package'
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const ownModules = {
  // As a module, its hundred properties are copied first.
  [globalProcess]: 'export default process',
  // Known by now.
  [ownPackage]: `import { join } from 'node:path'
    export const packageRoot = join(import.meta.dirname, '../..')
    export const version = ${JSON.stringify(version)}`,
}

const outside = {
  name: 'what stays outside',
  async resolveId(source, importer, options) {
    // The ES modules are reached at the place where tsc has put them.
    if (source === './main.js' || source === './query-check.js') {
      return { id: `../src/cli/${source.slice(2)}`, external: 'relative' }
    }
    // The build of graphql's parser that comes without what is not used.
    if (source === 'graphql/language/parser.js') {
      return this.resolve('graphql/language/parser.mjs', importer, options)
    }
    if (source === 'node:process' && importer.includes('env-paths')) return globalProcess
    if (importer === undefined || source.startsWith('node:')) return null
    const resolved = await this.resolve(source, importer, options)
    if (resolved?.id === join(root, 'src/package.ts')) return ownPackage
    return source.startsWith('.') || resolved === null || inBundle.test(resolved.id)
      ? resolved
      : { id: source, external: true }
  },
  load: (id) => ownModules[id] ?? null,
}

const licences = {
  name: 'the licences of what is bundled',
  generateBundle() {
    const texts = bundled.map((name) => {
      const folder = join(root, 'node_modules', name)
      const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each)) ?? ''
      return `${name}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`
    })
    this.emitFile({ type: 'asset', fileName: 'LICENSES.txt', source: texts.join(`\n${'-'.repeat(80)}\n\n`) })
  },
}

/** What every query loads when it first needs it: from the one file it is there sooner. */
const queryParts = [
  'src/cli/quick-query.ts',
  'src/connections.ts',
  'src/node-wire.ts',
  'src/json.ts',
  'language/parser.mjs',
]
const queryGroup = {
  name: 'query',
  test: (id) => queryParts.some((part) => id.replaceAll('\\', '/').endsWith(part)),
}

/**
 * Each further file takes a millisecond: the one that only hands on goes, and the helpers come into the one that uses
 * them. That one is run by compiled.ts.
 */
const oneFile = {
  name: 'one file',
  generateBundle(_options, bundle) {
    delete bundle['query-entry.cjs']
    const { code: helpers } = bundle['rolldown-runtime.cjs']
    const query = bundle['query.cjs']
    query.code = query.code
      .replace(
        'require("./rolldown-runtime.cjs")',
        () => `(() => { const exports = {}; ${helpers}; return exports })()`,
      )
      .replace(/\bimport\((?=")/g, `${importName}(`)
  },
}

await write({ xdrlab: 'start.ts' }, { cleanDir: true, codeSplitting: false })
await write(
  { 'query-entry': 'quick-query.ts' },
  {
    minifyInternalExports: false,
    codeSplitting: { includeDependenciesRecursively: true, groups: [queryGroup] },
  },
  [licences, oneFile],
)
await compileQuery()

function write(input, output, plugins = []) {
  return build({
    cwd: root,
    input: Object.fromEntries(Object.entries(input).map(([name, source]) => [name, join(here, source)])),
    platform: 'node',
    logLevel: 'warn',
    // What is loaded when first used may be in a file that is there already.
    checks: { ineffectiveDynamicImport: false },
    plugins: [outside, ...plugins],
    output: {
      dir: join(root, 'dist/bin'),
      format: 'cjs',
      // A text of bytes is read and compiled faster than one of wide characters, and comments are read as well.
      charset: 'ascii',
      comments: false,
      entryFileNames: '[name].cjs',
      chunkFileNames: '[name].cjs',
      ...output,
    },
  })
}
