import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { packageRoot } from '../../src/package.js'
import { waitFor } from '../support/kernel-session.js'
import { copyPackage } from '../support/package-copy.js'
import { removeFolder } from '../support/temp-home.js'

/** A Python that goes as far as it is told: what the machine has is not what is tested. */
const python = `#!/bin/sh
[ "$1" = -c ] && [ "$HANGS" = check ] && { : > "$HOME/checks"; exec sleep 600; }
[ "$1" = -c ] && exit 0
[ "$2" = "$FAILS" ] && { echo "$2 cannot" >&2; exit 1; }
if [ "$2" = venv ]; then
  for folder; do :; done
  mkdir -p "$folder/bin" && cp "$0" "$folder/bin/python"
fi
if [ "$2" = pip ]; then
  echo $$ > "$(dirname "$0")/pip.pid"
  printf '#!/bin/sh\\necho JupyterLab runs\\n' > "$(dirname "$0")/jupyter-lab"
  chmod +x "$(dirname "$0")/jupyter-lab"
  [ "$HANGS" = pip ] && exec sleep 600
fi
exit 0
`

const folder = mkdtempSync(join(tmpdir(), 'xdrlab-lab-environment-'))
const programs = join(folder, 'programs')
const empty = join(folder, 'empty')
const main = copyPackage(join(folder, 'node_modules'))
for (const part of ['notebooks', join('src', 'sandbox', 'schema.graphql')]) {
  cpSync(join(packageRoot, part), join(folder, 'node_modules', 'xdrlab', part), { recursive: true })
}
for (const path of [programs, empty]) mkdirSync(path)
writeFileSync(join(programs, 'python3'), python)
chmodSync(join(programs, 'python3'), 0o755)
afterAll(() => removeFolder(folder))

let home: string
beforeEach(() => {
  home = mkdtempSync(join(folder, 'home-'))
})
const venvFile = (...path: string[]) => join(home, 'lab', 'venv', ...path)

function startLab(env: Record<string, string>) {
  const child = spawn(process.execPath, [main, 'lab', '--no-browser', '--port', '0'], {
    env: { PATH: `${programs}:/usr/bin:/bin`, HOME: home, XDRLAB_HOME: home, XDRLAB_STORE: 'file', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Ctrl-C reaches all that runs in a terminal.
    detached: true,
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
  const ended = once(child, 'close').then(([status]) => ({ status, said }))
  return { pid: child.pid ?? 0, ended }
}

const faults: { name: string; env: Record<string, string>; says: RegExp; hint: RegExp }[] = [
  {
    name: 'no Python',
    env: { PATH: empty },
    says: /needs Python 3\.10 or later, and none was found/,
    hint: /install Python/,
  },
  {
    name: 'a Python without venv',
    env: { FAILS: 'venv' },
    says: /venv cannot[\s\S]*-m venv .*failed \(1\)/,
    hint: /python3-venv/,
  },
  {
    name: 'no network',
    env: { FAILS: 'pip' },
    says: /pip cannot[\s\S]*-m pip install failed \(1\)/,
    hint: /check the network/,
  },
]
test.each(faults)('$name: what is wrong and what to do', async ({ env, says, hint }) => {
  const { status, said } = await startLab(env).ended
  expect(status).toBe(1)
  expect(said).toMatch(says)
  expect(said).toMatch(hint)
  expect(said).not.toMatch(/\n\s+at /)
})

test('an environment that was only begun is made anew, and one that is whole is kept', async () => {
  const stopped = startLab({ HANGS: 'pip' })
  // Its last file is there, and yet pip was not at its end.
  await waitFor(() => existsSync(venvFile('bin', 'jupyter-lab')) || undefined, 30_000)
  writeFileSync(venvFile('half'), '')
  process.kill(-stopped.pid, 'SIGINT')
  expect((await stopped.ended).status).toBe(130)

  const anew = await startLab({}).ended
  expect(anew).toMatchObject({ status: 0, said: expect.stringContaining('JupyterLab runs') })
  expect(existsSync(venvFile('half'))).toBe(false)
  expect(readFileSync(venvFile('share', 'jupyter', 'lab', 'settings', 'overrides.json'), 'utf8')).toContain(
    '"fetchNews":"false"',
  )

  const later = await startLab({ FAILS: 'venv' }).ended
  expect(later).toMatchObject({ status: 0, said: expect.stringContaining('JupyterLab runs') })
  expect(later.said).not.toContain('Making a Python environment')
})

test('Ctrl-C that reaches pip before it reaches us is no failure of pip', async () => {
  const stopped = startLab({ HANGS: 'pip' })
  await waitFor(() => existsSync(venvFile('bin', 'jupyter-lab')) || undefined, 30_000)
  process.kill(Number(readFileSync(venvFile('bin', 'pip.pid'), 'utf8')), 'SIGINT')
  const { status, said } = await stopped.ended
  expect({ status, said }).toMatchObject({ status: 130, said: expect.stringContaining('was cancelled') })
  expect(said).not.toContain('failed')
})

test('Ctrl-C while Python is looked for does not say that there is none', async () => {
  const stopped = startLab({ HANGS: 'check' })
  await waitFor(() => existsSync(join(home, 'checks')) || undefined, 30_000)
  process.kill(-stopped.pid, 'SIGINT')
  const { status, said } = await stopped.ended
  expect({ status, said }).toMatchObject({ status: 130, said: expect.stringContaining('was cancelled') })
  expect(said).not.toContain('none was found')
})
