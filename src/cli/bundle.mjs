// npm run build: the two commands that are to start at once, as CommonJS files; see start.ts.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'rolldown'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '../..')

/** What every query needs. All other packages stay where they are, one copy for all. */
const needed = ['commander', 'env-paths', 'graphql']
/** An ES module with a default export, which `require` would give as a part of the module. */
const withDefault = ['string-width', 'get-east-asian-width', 'strip-ansi', 'ansi-regex']
const bundled = [...needed, ...withDefault]
const inBundle = new RegExp(`[\\\\/]node_modules[\\\\/](${bundled.join('|')})[\\\\/]`)

/** Parts of packages in place of which others do as well, and are there sooner. */
const nothing = '\0nothing'
const globalProcess = '\0process'
const ownModules = { [nothing]: 'export {}', [globalProcess]: 'export default process' }

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
    if (inBundle.test(importer ?? '')) {
      // Commander wants it for commands that are programs of their own, which ours are not.
      if (source === 'node:child_process') return nothing
      // As a module, its hundred properties are copied first.
      if (source === 'node:process' && importer.includes('env-paths')) return globalProcess
    }
    if (importer === undefined || source.startsWith('.') || source.startsWith('node:')) return null
    const resolved = await this.resolve(source, importer, options)
    return resolved === null || inBundle.test(resolved.id) ? resolved : { id: source, external: true }
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

/** Fewer files start sooner: one for what every query needs, and one for what of that `whoami` needs. */
const group = (name, priority, modules) => ({
  name,
  priority,
  test: (id) => modules.some((each) => id.replaceAll('\\', '/').endsWith(each)),
})
const groups = [
  group('whoami', 2, ['src/cli/whoami.ts']),
  group('query', 1, [
    'src/cli/query-command.ts',
    'src/cli/query.ts',
    'src/connections.ts',
    'src/node-wire.ts',
    'src/json.ts',
    'language/parser.mjs',
  ]),
]

await build({
  cwd: root,
  input: { xdrlab: join(here, 'start.ts') },
  platform: 'node',
  logLevel: 'warn',
  // What is loaded when first used may be in a file that is there already.
  checks: { ineffectiveDynamicImport: false },
  plugins: [outside, licences],
  output: {
    dir: join(root, 'dist/bin'),
    cleanDir: true,
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name].cjs',
    codeSplitting: { includeDependenciesRecursively: true, groups },
  },
})
