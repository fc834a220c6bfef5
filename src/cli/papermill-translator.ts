import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { XdrError } from '../errors.js'
import { packageRoot, version } from '../package.js'
import { findProgram } from './programs.js'

/** A papermill of some Python environment, and where modules go that it is to find. */
export interface Papermill {
  version: string
  folder: string
}

/** papermill's translators come to it by entry points only since then. */
const oldestVersion = [2, 3] as const
const isWindows = process.platform === 'win32'
const moduleName = 'xdrlab_papermill'
const asset = join(packageRoot, 'kernel', 'assets', `${moduleName}.py`)
const command = [process.execPath, join(packageRoot, 'dist', 'bin', 'xdrlab.cjs')]

const probe = `
import json, os, site, sysconfig
from importlib import metadata
folders = [sysconfig.get_path('purelib')]
if site.ENABLE_USER_SITE:
    folders.append(site.getusersitepackages())
try:
    version = metadata.version('papermill')
except metadata.PackageNotFoundError:
    version = None
print(json.dumps({
    'version': version,
    'folder': next((folder for folder in folders if os.access(folder, os.W_OK)), folders[-1]),
}))
`

/** The papermill of an environment; `undefined` where there is none, or one that is too old. */
export async function papermillIn(prefix: string): Promise<Papermill | undefined> {
  const programs = isWindows
    ? [join('Scripts', 'python.exe'), 'python.exe']
    : [join('bin', 'python'), join('bin', 'python3')]
  const python = programs.map((name) => join(prefix, name)).find((path) => existsSync(path))
  return python === undefined ? undefined : askPython(python)
}

/** The papermill that a shell would start. */
export async function papermillOnPath(env: NodeJS.ProcessEnv = process.env): Promise<Papermill | undefined> {
  const found = findProgram(['papermill'], { env })
  if (found === undefined) return undefined
  for (const python of await pythonsOf(found)) {
    const papermill = existsSync(python) ? await askPython(python) : undefined
    if (papermill !== undefined) return papermill
  }
  return undefined
}

/** What a program of a Python environment may be run by: the one that its first line names, or the one beside it. */
async function pythonsOf(program: string): Promise<string[]> {
  const folder = dirname(await realpath(program))
  const beside = isWindows
    ? [join(folder, 'python.exe'), join(dirname(folder), 'python.exe')]
    : [join(folder, 'python')]
  const [, named] =
    /^#!\s*(\/\S*python[\d.]*)\s*$/m.exec((await readFile(program, 'latin1')).slice(0, 500)) ?? []
  return named === undefined ? beside : [named, ...beside]
}

async function askPython(python: string): Promise<Papermill | undefined> {
  try {
    // In its own folder: modules of the folder we are in are none of its business.
    const options = { cwd: dirname(python), timeout: 20_000 }
    const { stdout } = await promisify(execFile)(python, ['-c', probe], options)
    const { version: found, folder } = { version: null, folder: null, ...JSON.parse(stdout) }
    if (typeof found !== 'string' || typeof folder !== 'string' || isTooOld(found)) return undefined
    return { version: found, folder }
  } catch {
    return undefined
  }
}

function isTooOld(found: string): boolean {
  const [major = 0, minor = 0] = found.split('.').map(Number)
  const [oldestMajor, oldestMinor] = oldestVersion
  return major < oldestMajor || (major === oldestMajor && minor < oldestMinor)
}

/**
 * Makes papermill write parameters of our notebooks in TypeScript: a small module with an entry point, as pip would
 * install it.
 *
 * @throws XdrError `XDR_KERNEL` where the folder cannot be written
 */
export async function installTranslator({ folder }: Pick<Papermill, 'folder'>): Promise<void> {
  const info = `${moduleName}-${version}.dist-info`
  const texts: Record<string, string> = {
    [join(moduleName, 'command.json')]: `${JSON.stringify(command)}\n`,
    [join(info, 'METADATA')]: [
      'Metadata-Version: 2.1',
      'Name: xdrlab-papermill',
      `Version: ${version}`,
      'Summary: Lets papermill set parameters of xdrlab notebooks',
      `Requires-Dist: papermill>=${oldestVersion.join('.')}`,
      '',
    ].join('\n'),
    [join(info, 'entry_points.txt')]: `[papermill.engine]\nxdrlab = ${moduleName}:XdrlabEngine\n`,
    [join(info, 'INSTALLER')]: 'xdrlab\n',
  }
  const module = join(moduleName, '__init__.py')
  const names = [module, ...Object.keys(texts), join(info, 'RECORD')]
  // Its list of files is what `pip uninstall` goes by.
  texts[join(info, 'RECORD')] = names.map((name) => `${name.replaceAll('\\', '/')},,\n`).join('')
  await removeTranslator({ folder })
  await orExplain(folder, async () => {
    for (const name of [moduleName, info]) await mkdir(join(folder, name), { recursive: true })
    await copyFile(asset, join(folder, module))
    for (const [name, text] of Object.entries(texts)) await writeFile(join(folder, name), text)
  })
}

/**
 * Takes it away again, whichever version of ours it is of.
 *
 * @returns whether it was there
 */
export async function removeTranslator({ folder }: Pick<Papermill, 'folder'>): Promise<boolean> {
  const names = existsSync(folder) ? await readdir(folder) : []
  const ours = names.filter((name) => name === moduleName || isOurInfo(name))
  await orExplain(folder, async () => {
    for (const name of ours) await rm(join(folder, name), { recursive: true })
  })
  return ours.length > 0
}

function isOurInfo(name: string): boolean {
  return name.startsWith(`${moduleName}-`) && name.endsWith('.dist-info')
}

async function orExplain(folder: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${error.code})` : ''
    throw new XdrError('XDR_KERNEL', `the module for papermill cannot be written to ${folder}${code}`, {
      hint: 'install into an environment that you may write: --prefix, or --sys-prefix when it is active',
    })
  }
}
