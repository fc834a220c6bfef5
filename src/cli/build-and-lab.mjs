// npm run lab: builds, and makes JupyterLab's Python environment meanwhile where there is none yet: each takes its time,
// and neither needs the other. How it is made is said in TypeScript, which nobody has built by then: it is bundled here.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'rolldown'

const root = join(import.meta.dirname, '../..')
const { interruptSignal, prepareVenv, runToEnd } = await load()

const building = spawn('npm', ['run', '--silent', 'build'], {
  cwd: root,
  stdio: ['ignore', 'inherit', 'inherit'],
  shell: process.platform === 'win32',
})
const built = once(building, 'exit')
const failed = new AbortController()
built.then(([status]) => status !== 0 && failed.abort())
await runToEnd(async () => {
  try {
    await prepareVenv(AbortSignal.any([interruptSignal(), failed.signal]))
  } catch (error) {
    if (!failed.signal.aborted) throw error
  }
  return true
})
if (process.exitCode !== 0) building.kill()
const [status] = await built
process.exitCode ||= status ?? 1
if (process.exitCode === 0) {
  process.argv = [process.execPath, 'xdrlab', 'lab', ...process.argv.slice(2)]
  await import(pathToFileURL(join(root, 'dist/bin/xdrlab.cjs')).href)
}

/** Of the command's own sources, what makes the environment. */
async function load() {
  const entry = '\0environment'
  const source = ['python-env', 'outcome', 'interrupt']
    .map((name) => `export * from ${JSON.stringify(join(root, 'src/cli', `${name}.ts`))}`)
    .join('\n')
  const { output } = await build({
    input: { 'python-env': entry },
    platform: 'node',
    logLevel: 'warn',
    external: (id) => !/^[./\0]|^[A-Za-z]:[\\/]/.test(id),
    plugins: [
      {
        name: 'the parts',
        resolveId: (id) => (id === entry ? id : null),
        load: (id) => (id === entry ? source : null),
      },
    ],
    output: { dir: join(root, '.lab/build'), format: 'esm', codeSplitting: false },
  })
  return import(pathToFileURL(join(root, '.lab/build', output[0].fileName)).href)
}
