// npm run build: the two commands that are to start at once, as CommonJS files; see start.ts.
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'rolldown'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '../..')
/** Packages that every query needs. All others stay where they are, for all ways in alike. */
const bundled = /[\\/]node_modules[\\/](commander|env-paths|graphql)[\\/]/

export default defineConfig({
  cwd: root,
  input: { xdrlab: join(here, 'start.ts') },
  platform: 'node',
  logLevel: 'warn',
  plugins: [
    {
      name: 'what stays outside',
      async resolveId(source, importer, options) {
        if (source === './main.js') return { id: '../src/cli/main.js', external: 'relative' }
        if (importer === undefined || source.startsWith('.') || source.startsWith('node:')) return null
        const resolved = await this.resolve(source, importer, options)
        return resolved === null || bundled.test(resolved.id) ? resolved : { id: source, external: true }
      },
    },
  ],
  output: {
    dir: join(root, 'dist/bin'),
    cleanDir: true,
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name].cjs',
  },
})
