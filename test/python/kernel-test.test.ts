import { execFile } from 'node:child_process'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { labFolder, venvProgram } from '../../src/cli/python-env.js'
import { packageRoot } from '../../src/package.js'
import { removeFolder } from '../support/temp-home.js'

/** All that jupyter_kernel_test 0.7 has. */
const known = 13

test('every test of jupyter_kernel_test passes, and none is skipped', async () => {
  const home = await mkdtemp(join(tmpdir(), 'xdrlab-kernel-test-'))
  const { stdout } = await promisify(execFile)(
    venvProgram(join(labFolder(), 'venv'), 'python'),
    [join(packageRoot, 'test', 'python', 'kernel_test.py')],
    { env: { ...process.env, JUPYTER_PREFER_ENV_PATH: '1', XDRLAB_HOME: home }, timeout: 200_000 },
  )
  const { ran, failed, skipped } = JSON.parse(stdout)
  expect(failed).toEqual([])
  expect(skipped).toEqual([])
  expect(ran).toBeGreaterThanOrEqual(known)
  removeFolder(home)
})
