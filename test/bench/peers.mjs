// The kernels that are compared, each started by what its kernelspec says. One that cannot be had is left out.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { python, typescript } from './cells.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const wanted = { tslab: '1.0.22', deno: '2.9.6' }
// tslab finds the types of Node in the notebook's folder, and refuses `console` without them.
const libraries = { undici: '7', graphql: '16', '@types/node': '20' }

/**
 * Installs what is to be compared into `folder`, and says what could not be.
 *
 * @param {string} folder
 */
export async function preparePeers(folder) {
  const notebooks = join(folder, 'notebooks')
  mkdirSync(notebooks, { recursive: true })
  install(notebooks, libraries)
  /** @type {{ name: string, version: string, cells: typeof typescript | typeof python, launch: object }[]} */
  const peers = []
  /** @type {string[]} */
  const leftOut = []
  for (const [name, prepare] of Object.entries({ xdrlab, Deno: deno, tslab, ipykernel })) {
    try {
      const { argv, env, version, cells = typescript } = await prepare(folder)
      peers.push({ name, version, cells, launch: { name, argv, env, cwd: notebooks } })
    } catch (error) {
      leftOut.push(`${name}: ${String(error).split('\n')[0]}`)
    }
  }
  return { peers, leftOut, libraries }
}

/** This build, by the kernelspec that it installs. */
async function xdrlab(folder) {
  const { installKernelSpec } = await import(
    pathToFileURL(join(root, 'dist', 'kernel', 'install.js')).href
  ).catch(() => {
    throw new Error('there is no dist/: run `npm run build` first')
  })
  const { dir } = await installKernelSpec({ where: { kind: 'prefix', prefix: join(folder, 'xdrlab') } })
  const { argv, env = {} } = JSON.parse(readFileSync(join(dir, 'kernel.json'), 'utf8'))
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return { argv, env: { ...env, XDRLAB_HOME: join(folder, 'xdrlab-home') }, version }
}

async function deno(folder) {
  const home = join(folder, 'deno')
  install(home, { deno: wanted.deno })
  // The package's own command is a Node program in front of the real one, which would be measured with it.
  const scope = join(home, 'node_modules', '@deno')
  const name = process.platform === 'win32' ? 'deno.exe' : 'deno'
  const program = readdirSync(scope)
    .map((platform) => join(scope, platform, name))
    .find((path) => existsSync(path))
  if (program === undefined) throw new Error('its package has no program for this platform')
  const env = { DENO_DIR: join(home, 'cache'), DENO_NO_UPDATE_CHECK: '1' }
  return { argv: [program, 'jupyter', '--kernel', '--conn', '{connection_file}'], env, version: wanted.deno }
}

async function tslab(folder) {
  const home = join(folder, 'tslab')
  install(home, { tslab: wanted.tslab })
  const program = join(home, 'node_modules', 'tslab', 'bin', 'tslab')
  const argv = [process.execPath, program, 'kernel', '--config-path', '{connection_file}']
  return { argv, env: {}, version: wanted.tslab }
}

async function ipykernel(folder) {
  const program = join(root, '.lab', 'venv', process.platform === 'win32' ? 'Scripts' : 'bin', 'python')
  if (!existsSync(program)) throw new Error('there is no Python environment: run `npx xdrlab lab` once')
  const ask = 'import ipykernel, sys; print(ipykernel.__version__, "on Python", sys.version.split()[0])'
  const version = execFileSync(program, ['-c', ask], { encoding: 'utf8' }).trim()
  const env = { IPYTHONDIR: join(folder, 'ipython') }
  const argv = [program, '-m', 'ipykernel_launcher', '-f', '{connection_file}']
  return { argv, env, version, cells: python }
}

/** npm packages into a folder of their own; without effect when they are there. */
function install(folder, packages) {
  if (Object.keys(packages).every((name) => existsSync(join(folder, 'node_modules', name)))) return
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  const names = Object.entries(packages).map(([name, version]) => `${name}@${version}`)
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  execFileSync(npm, ['install', '--no-audit', '--no-fund', '--silent', ...names], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: 180_000,
  })
}
