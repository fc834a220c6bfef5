import { installKernelSpec } from '../../kernel/install.js'
import { prepareVenv } from '../../src/cli/python-env.js'

/** Once before the tests that need Jupyter: the lab's own environment, with this build's kernel in it. */
export async function setup(): Promise<void> {
  const venv = await prepareVenv(new AbortController().signal)
  await installKernelSpec({ where: { kind: 'prefix', prefix: venv } })
}
