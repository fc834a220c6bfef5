import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { labFolder, venvProgram } from '../../src/cli/python-env.js'
import { packageRoot } from '../../src/package.js'
import { approveDevice } from '../../src/sandbox/approve.js'
import { startSandbox } from '../../src/sandbox/index.js'
import { sandboxVariables } from '../../src/sandbox/platforms.js'
import { removeFolder } from '../support/temp-home.js'

test.each([
  // As many device sign-ins as its cells ask a person for.
  { name: '01-getting-started', signIns: 1 },
  { name: '02-every-platform', signIns: 2 },
])('nbclient runs $name through the real sign-ins and keeps no secret in it', async ({ name, signIns }) => {
  await using sandbox = await startSandbox()
  const notebook = join(packageRoot, 'notebooks', `${name}.ipynb`)
  const home = await mkdtemp(join(tmpdir(), 'xdrlab-nbclient-'))
  const output = join(home, 'executed.ipynb')
  const script = join(packageRoot, 'test', 'python', 'run_notebook.py')
  const child = spawn(venvProgram(join(labFolder(), 'venv'), 'python'), [script, notebook, output], {
    env: {
      ...process.env,
      JUPYTER_PREFER_ENV_PATH: '1',
      XDRLAB_HOME: home,
      ...sandboxVariables(sandbox),
      XDRLAB_USERNAME: sandbox.user.username,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  child.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString()
  })
  const codes: string[] = []
  createInterface({ input: child.stdout }).on('line', (line) => {
    const signIn = JSON.parse(line)
    codes.push(signIn.user_code)
    void approveDevice({
      userCode: signIn.user_code,
      verificationUriComplete: signIn.verification_uri_complete,
      user: sandbox.user,
    })
  })
  const [status] = await once(child, 'exit')
  expect(status, log).toBe(0)
  expect(codes).toHaveLength(signIns)

  const text = await readFile(output, 'utf8')
  expect(text).toContain(`Signed in as ${sandbox.user.username}`)
  expect(text).toContain('<table')
  for (const code of codes) expect(text).not.toContain(code)
  expect(text).not.toContain('sandbox-only-')
  expect(text).not.toContain('/device')
  expect(text).not.toMatch(/eyJ[\w-]+\.[\w-]+/)
  const cells = JSON.parse(text).cells.filter((cell: { cell_type: string }) => cell.cell_type === 'code')
  for (const cell of cells) {
    expect(cell.outputs.filter((o: { output_type: string }) => o.output_type === 'error')).toEqual([])
    // Parameters are only declared.
    if (!cell.metadata.tags?.includes('parameters')) expect(cell.outputs.length).toBeGreaterThan(0)
  }
  removeFolder(home)
})
