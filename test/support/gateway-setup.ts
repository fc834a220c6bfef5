import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { labFolder, prepareVenv, runProgram, venvProgram } from '../../src/cli/python-env.js'

/** By the module that shows that each is there. */
const requirements = {
  kernel_gateway: 'jupyter_kernel_gateway>=3,<4',
  jupyterhub: 'jupyterhub>=6,<7',
  kubernetes_validate: 'kubernetes-validate>=1.37,<2',
}
/** What JupyterHub is reached through; it is a program of Node's. */
const proxyPackage = 'configurable-http-proxy@5.3.0'
const folder = join(labFolder(), 'servers')

/** A program of the environment with the kernel gateway and JupyterHub. */
export function serverProgram(name: string): string {
  return venvProgram(folder, name)
}

/** The folder of the programs that npm has installed for JupyterHub. */
export const nodePrograms = join(folder, 'node_modules', '.bin')

/**
 * Once before the tests of servers: an environment with them, apart from the lab's. What is in that is used from there:
 * JupyterHub brings an extension of JupyterLab with it, and the lab's is to be what people have.
 */
export async function setup(): Promise<void> {
  const { signal } = new AbortController()
  const lab = await prepareVenv(signal)
  const python = serverProgram('python')
  const mustRun = async (program: string, args: string[]) => {
    if ((await runProgram(program, args, { signal, shown: true })).status !== 0)
      throw new Error(`${program} ${args.join(' ')} failed`)
  }
  if (!existsSync(python)) await mustRun(venvProgram(lab, 'python'), ['-m', 'venv', folder])
  const check = `import ${Object.keys(requirements).join(', ')}`
  if ((await runProgram(python, ['-c', check], { signal, shown: false })).status !== 0) {
    const share = [
      'import sys, sysconfig, subprocess',
      'ask = "import sysconfig; print(sysconfig.get_path(\'purelib\'))"',
      'lab = subprocess.check_output([sys.argv[1], "-c", ask], text=True)',
      'open(sysconfig.get_path("purelib") + "/lab.pth", "w").write(lab)',
    ]
    await mustRun(python, ['-c', share.join('\n'), venvProgram(lab, 'python')])
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check']
    await mustRun(python, [...pip, ...Object.values(requirements)])
  }
  if (existsSync(join(nodePrograms, 'configurable-http-proxy'))) return
  // npm would install into the project above it.
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
  const npm = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error']
  await mustRun('npm', [...npm, '--prefix', folder, proxyPackage])
}
