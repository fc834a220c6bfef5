import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type CliHome, openHome } from '../support/cli.js'
import { hunt } from '../support/template-homes.js'

/** A repository that git reaches by "ssh": the program that it starts for that runs the other side here. */
function openRepository(home: CliHome, files: Record<string, string>) {
  const folder = join(home.home, 'repository')
  mkdirSync(folder)
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
      env: { ...home.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' },
      stdio: 'pipe',
      encoding: 'utf8',
    })
  git('init', '-q', '-b', 'main')
  const commit = (contents: Record<string, string>) => {
    for (const [name, text] of Object.entries(contents)) writeFileSync(join(folder, name), text)
    git('add', '-A')
    git('commit', '-q', '-m', 'change')
  }
  commit(files)
  const ssh = join(home.home, 'ssh')
  writeFileSync(ssh, `#!/bin/sh\nfor last; do :; done\nexec sh -c "$last"\n`)
  chmodSync(ssh, 0o755)
  Object.assign(home.env, { GIT_SSH_COMMAND: `'${ssh}'`, GIT_CONFIG_GLOBAL: '/dev/null' })
  return { folder, commit, git, url: `ssh://git@git.example${folder}` }
}

test('a git repository is fetched, listed, updated and forgotten, and its links lead nowhere', async () => {
  await using home = openHome()
  const repository = openRepository(home, { 'first.ipynb': hunt() })
  symlinkSync('/etc/passwd', join(repository.folder, 'link.ipynb'))
  repository.commit({ 'second.ipynb': hunt() })
  const added = await home.run(['new', '--add', repository.url])
  expect({ status: added.status, stderr: added.stderr }).toMatchObject({ status: 0 })
  expect(added.stdout).toContain(`repository · ${repository.url}\n  first\n`)
  // A link out of it came as a text, and a text is no notebook.
  expect(added.stderr).toMatch(/link\.ipynb is not a notebook/)
  expect(added.stdout + added.stderr).not.toContain('root:')
  expect(JSON.parse(readFileSync(join(home.home, 'templates.json'), 'utf8'))).toEqual({
    sources: [{ git: repository.url }],
  })
  const [clone = ''] = readdirSync(join(home.home, 'templates'))
  const cloned = join(home.home, 'templates', clone)
  expect(execFileSync('git', ['-C', cloned, 'rev-list', '--count', '--all'], { encoding: 'utf8' })).toBe(
    '1\n',
  )
  expect(existsSync(join(cloned, '.git', 'hooks'))).toBe(false)

  repository.commit({ 'third.ipynb': hunt() })
  expect((await home.run(['new', '--list'])).stdout).not.toContain('third')
  const updated = await home.run(['new', '--update'])
  expect(updated.stdout).toContain('  third\n')
  expect(readdirSync(join(home.home, 'templates'))).toEqual([clone])
  expect((await home.run(['new', 'repository/third'])).status).toBe(0)

  const removed = await home.run(['new', '--remove', repository.url])
  expect(removed.stdout).not.toContain('third')
})

test('no hook of the person’s git runs for what is fetched', async () => {
  await using home = openHome()
  const repository = openRepository(home, { 'first.ipynb': hunt() })
  const hooks = join(home.home, 'hooks')
  mkdirSync(hooks)
  const trap = join(home.home, 'ran')
  writeFileSync(join(hooks, 'post-checkout'), `#!/bin/sh\ntouch '${trap}'\n`)
  chmodSync(join(hooks, 'post-checkout'), 0o755)
  const config = join(home.home, 'gitconfig')
  writeFileSync(config, `[core]\n\thooksPath = ${hooks}\n`)
  const env = { GIT_CONFIG_GLOBAL: config }
  execFileSync('git', ['clone', '-q', repository.folder, join(home.home, 'proof')], {
    env: { ...home.env, ...env },
  })
  expect(existsSync(trap)).toBe(true)
  execFileSync('rm', [trap])
  expect((await home.run(['new', '--add', repository.url], { env })).status).toBe(0)
  expect(existsSync(trap)).toBe(false)
})

test('where git cannot fetch, what it said is told, and what was there stays', async () => {
  await using home = openHome()
  const repository = openRepository(home, { 'first.ipynb': hunt() })
  await home.run(['new', '--add', repository.url])
  const env = { GIT_SSH_COMMAND: 'echo no way today >&2; false' }
  const { status, stderr } = await home.run(['new', '--update'], { env })
  expect(status).toBe(1)
  expect(stderr).toContain(`git could not fetch ${repository.url}`)
  expect((await home.run(['new', '--list'])).stdout).toContain('  first\n')
  const other = await home.run(['new', '--add', 'ssh://git@git.example/nowhere'], { env })
  expect(other.status).toBe(1)
  expect(JSON.parse(readFileSync(join(home.home, 'templates.json'), 'utf8')).sources).toHaveLength(1)
  expect(readdirSync(join(home.home, 'templates'))).toHaveLength(1)
})
