import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { canRunPapermill, findLeftOut } from './support/capabilities.js'

const withJupyter = ['test/python/**/*.test.ts', 'test/browser/**/*.test.ts']
const servers = ['test/gateway/**/*.test.ts']
const templates = ['test/templates/**/*.test.ts']
const leftOut = findLeftOut().map(({ folder }) => `${folder}/**`)

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  // Node takes graphql's CommonJS build, as mercurius does; Vite would take the other one beside it.
  resolve: { alias: [{ find: /^graphql$/, replacement: createRequire(import.meta.url).resolve('graphql') }] },
  test: {
    reporters: ['default', './test/support/closing-line.ts'],
    // Tests start servers, kernels and browsers of their own.
    maxWorkers: 2,
    // Never the keyring of the person who runs them, also in what tests start; those of the keyring name their own.
    env: { XDRLAB_STORE: 'file' },
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          include: ['test/**/*.test.ts'],
          exclude: [...withJupyter, ...servers, ...templates, ...leftOut],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'jupyter',
          include: withJupyter,
          exclude: leftOut,
          globalSetup: 'test/support/jupyter-setup.ts',
          testTimeout: 240_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'servers',
          include: servers,
          exclude: leftOut,
          globalSetup: 'test/support/gateway-setup.ts',
          testTimeout: 240_000,
          hookTimeout: 240_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'templates',
          include: templates,
          globalSetup: canRunPapermill() ? 'test/support/papermill-setup.ts' : [],
          testTimeout: 240_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
