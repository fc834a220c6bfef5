// Runs every notebook in notebooks/ on the sandbox and writes notebooks/views/<name>-with-output.html, for people to
// look at before they make one of their own: npm run views, after npm run build. An argument names another folder.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const notebooks = resolve(process.argv[2] ?? join(root, 'notebooks'))
const views = join(notebooks, 'views')
const temp = mkdtempSync(join(tmpdir(), 'xdrlab-views-'))

try {
  const names = readdirSync(notebooks)
    .filter((file) => file.endsWith('.ipynb') && !file.includes('.executed.'))
    .map((file) => file.slice(0, -'.ipynb'.length))
    .sort()
  // Those of notebooks that are gone go too.
  rmSync(views, { recursive: true, force: true })
  mkdirSync(views)
  const failed = names.filter((name) => !writeView(name))
  if (failed.length > 0) throw new Error(`no view of ${failed.join(', ')}`)
} catch (error) {
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
} finally {
  rmSync(temp, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
}

/** @returns whether it is there: a notebook that fails has none */
function writeView(name) {
  const executed = join(temp, `${name}.ipynb`)
  const view = join(views, `${name}-with-output.html`)
  return (
    xdrlab('run', join(notebooks, `${name}.ipynb`), '--sandbox', '--approve', '--json', '-o', executed) &&
    xdrlab('report', executed, '-o', view)
  )
}

function xdrlab(...args) {
  const { status } = spawnSync(process.execPath, [join(root, 'dist', 'bin', 'xdrlab.cjs'), ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
    // A sign-in and tables of its own, and none of the person's.
    env: { ...process.env, XDRLAB_HOME: join(temp, 'home'), XDRLAB_STORE: 'file', XDRLAB_BROWSER: 'none' },
  })
  return status === 0
}
