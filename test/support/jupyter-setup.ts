import { installKernelSpec } from '../../kernel/install.js'
import { prepareVenv, runProgram, venvProgram } from '../../src/cli/python-env.js'

/** What the tests need beside JupyterLab, by the module that shows that it is there. */
const requirements = {
  jupyter_console: 'jupyter_console>=6.6,<7',
  jupyter_kernel_test: 'jupyter_kernel_test>=0.7,<0.8',
  notebook: 'notebook>=7.2,<8',
  papermill: 'papermill>=2.6,<3',
}

/** Once before the tests that need Jupyter: the lab's own environment, with this build's kernel in it. */
export async function setup(): Promise<void> {
  const venv = await prepareTestVenv()
  await installKernelSpec({ where: { kind: 'prefix', prefix: venv } })
}

/** The lab's own environment, with what the tests need beside JupyterLab. */
export async function prepareTestVenv(): Promise<string> {
  const { signal } = new AbortController()
  const venv = await prepareVenv(signal)
  const python = venvProgram(venv, 'python')
  const check = `import ${Object.keys(requirements).join(', ')}`
  if ((await runProgram(python, ['-c', check], { signal, shown: false })).status !== 0) {
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check']
    const { status } = await runProgram(python, [...pip, ...Object.values(requirements)], {
      signal,
      shown: true,
    })
    if (status !== 0) throw new Error(`pip could not install ${Object.values(requirements).join(', ')}`)
  }
  return venv
}
