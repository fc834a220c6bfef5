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
import { parseNotebook } from '../../src/notebook/notebook-file.js'
import { packageRoot } from '../../src/package.js'
import { type CliHome, openHome } from '../support/cli.js'
import { githubToken, notebookOf, printedBy } from '../support/notebooks.js'

const hunt = (code = '', more: object = {}) => {
  const notebook = notebookOf(
    { cell_type: 'markdown', id: 'aaa', source: '# Hunt\n\nLooks for one indicator everywhere. And more.' },
    {
      id: 'bbb',
      metadata: { tags: ['parameters'], execution: { 'iopub.execute_input': '2026-01-01' } },
      source: [
        "const region: 'us1' | 'eu' = 'us1' // where\n",
        'const limit = 10 // how many rows\n',
        "const hosts: string[] = ['a'] // which hosts\n",
        "const earliest = '-7d' as string",
      ],
      execution_count: 4,
      outputs: [printedBy('stdout', 'of a run')],
    },
    { id: 'ccc', metadata: { tags: ['injected-parameters'] }, source: "const region = 'eu'" },
    { id: 'ddd', source: code },
  )
  return JSON.stringify({ ...notebook, metadata: { papermill: {}, kernelspec: { name: 'xdrlab' }, ...more } })
}

/** A home with a team's folder that `XDRLAB_TEMPLATES` names. */
function openTeam(): CliHome & { team: string } {
  const home = openHome()
  const team = join(home.folder, 'team')
  mkdirSync(team)
  writeFileSync(join(team, '07-wide-hunt.ipynb'), hunt())
  home.env.XDRLAB_TEMPLATES = team
  return Object.assign(home, { team })
}

const sourceOf = (path: string, at: number) => {
  const { source } = parseNotebook(readFileSync(path, 'utf8'), path).cells[at] ?? { source: '' }
  return typeof source === 'string' ? source : source.join('')
}

test('lists ours and the team’s, each with what it is about', async () => {
  await using home = openTeam()
  writeFileSync(join(home.team, 'broken.ipynb'), 'no')
  mkdirSync(join(home.team, 'notebooks', 'views'), { recursive: true })
  writeFileSync(join(home.team, 'notebooks', 'inner.ipynb'), hunt())
  const view = join(home.team, 'notebooks', 'views', 'inner-with-output.html')
  writeFileSync(view, '')
  const { status, stdout, stderr } = await home.run(['new', '--list'])
  expect(status).toBe(0)
  const own = readdirSync(join(packageRoot, 'notebooks')).filter((name) => name.endsWith('.ipynb'))
  for (const name of own) expect(stdout).toContain(`  ${name.replace('.ipynb', '')}\n      `)
  expect(stdout).toContain('  01-getting-started\n      Sign in with your own account')
  expect(stdout).toContain(`team · ${home.team}\n  07-wide-hunt\n      Looks for one indicator everywhere.\n`)
  expect(stdout).toContain(`  inner\n      Looks for one indicator everywhere.\n      to look at: ${view}\n`)
  expect(stderr).toContain('broken.ipynb is not a notebook')
  const json = await home.run(['new', '--json'])
  expect(JSON.parse(json.stdout)).toContainEqual({
    name: '07-wide-hunt',
    path: join(home.team, '07-wide-hunt.ipynb'),
    title: 'Hunt',
    description: 'Looks for one indicator everywhere.',
    source: 'team',
    from: home.team,
  })
})

test('makes a notebook with new ids, nothing of a run, and the defaults that were given', async () => {
  await using home = openTeam()
  // What would end a text, or begin something in it.
  const odd = `it's \`\${y}\``
  const args = ['-p', 'region=eu', '-p', 'hosts=x', '-p', `hosts=${odd}`, '-r', 'earliest=5']
  const { status, stdout } = await home.run(['new', 'wide', ...args])
  expect(status).toBe(0)
  expect(stdout).toContain('wide-hunt.ipynb is made from 07-wide-hunt (region = "eu", hosts = ["x", "it\'s')
  expect(stdout).toContain('xdrlab run wide-hunt.ipynb')
  const path = home.path('wide-hunt.ipynb')
  const text = readFileSync(path, 'utf8')
  const { cells, metadata } = parseNotebook(text, path)
  expect(sourceOf(path, 1)).toBe(
    [
      `const region: 'us1' | 'eu' = "eu" // where`,
      'const limit = 10 // how many rows',
      `const hosts: string[] = ["x", "${odd}"] // which hosts`,
      'const earliest = "5" as string',
    ].join('\n'),
  )
  expect(metadata).toEqual({ kernelspec: { name: 'xdrlab' } })
  expect(cells).toHaveLength(3)
  expect(cells[1]).toMatchObject({ outputs: [], execution_count: null, metadata: { tags: ['parameters'] } })
  expect(text).not.toMatch(/of a run|iopub|"(?:aaa|bbb|ccc|ddd)"/)
  expect(new Set(cells.map(({ id }) => id)).size).toBe(3)
  // The template stays as it came.
  expect(readFileSync(join(home.team, '07-wide-hunt.ipynb'), 'utf8')).toBe(hunt())
})

test.each<[string, string]>([
  ['07-wide-hunt', 'wide-hunt.ipynb'],
  ['WIDE', 'wide-hunt.ipynb'],
  ['07-wide-hunt.ipynb', 'wide-hunt.ipynb'],
  ['team/7', 'wide-hunt.ipynb'],
  ['team/07', 'wide-hunt.ipynb'],
  ['1', 'getting-started.ipynb'],
  ['xdrlab/started', 'getting-started.ipynb'],
])('%s means the template of %s', async (wanted, file) => {
  await using home = openTeam()
  const { status, stderr } = await home.run(['new', wanted, '--yes'])
  expect({ status, stderr }).toMatchObject({ status: 0 })
  expect(existsSync(home.path(file))).toBe(true)
})

test.each<[string[], number, string, string]>([
  [['new', 'nothing-like-it'], 2, 'there is no template "nothing-like-it"', '--list shows them all'],
  [['new', '07-wide-hnt'], 2, 'there is no template', 'did you mean 07-wide-hunt?'],
  [['new', 'team/'], 2, 'there is no template', '--list'],
  [['new', 't'], 2, 'means more than one template: xdrlab/01-getting-started', 'team/name'],
  [['new', 'wide', '-p', 'region=mars'], 2, 'region', 'the template’s parameters are region, limit'],
  [['new', 'wide', '-p', 'regoin=eu'], 2, 'the nearest is region', 'parameters are'],
  [['new', 'wide', '-p', 'limit=many'], 2, 'limit', 'parameters are'],
  [['new', 'wide', 'no/such/folder/x'], 1, 'cannot be written', ''],
  [['new', '--add', 'no-such-folder'], 2, 'no such folder', 'https://host/path'],
  [['new', '--add', 'http://git.example/x'], 2, 'http: is not taken', 'https://host/path'],
  [['new', '--add', 'file:///tmp'], 2, 'file: is not taken', ''],
  [['new', '--add', 'ext::sh -c touch% x'], 2, 'no address', ''],
  [['new', '--add=--upload-pack=touch x'], 2, 'no address', ''],
  [['new', '--add=-oProxyCommand=x:y'], 2, 'no address', ''],
  [['new', '--add', 'ssh://-oProxyCommand=x/y'], 2, 'names no host', ''],
  [['new', '--remove', 'https://git.example/soc/x.git'], 2, 'was not added', ''],
])('%j ends with %i: %s', async (args, code, why, hint) => {
  await using home = openTeam()
  const { status, stdout, stderr } = await home.run(args)
  expect({ status, stdout }).toEqual({ status: code, stdout: '' })
  expect(stderr).toContain(why)
  expect(stderr).toContain(hint)
  expect(readdirSync(home.folder)).toEqual(['team'])
})

test('an address with a secret in it is neither taken nor repeated', async () => {
  await using home = openTeam()
  const { status, stderr } = await home.run(['new', '--add', `https://me:${githubToken}@git.example/x.git`])
  expect(status).toBe(2)
  expect(stderr).toContain('there is a secret in the address')
  expect(stderr).not.toContain(githubToken)
})

test('never writes over a notebook without being told to', async () => {
  await using home = openTeam()
  home.write('wide-hunt.ipynb', 'mine')
  const refused = await home.run(['new', 'wide'])
  expect(refused.status).toBe(1)
  expect(refused.stderr).toContain('is there already')
  expect(readFileSync(home.path('wide-hunt.ipynb'), 'utf8')).toBe('mine')
  mkdirSync(home.path('cases'))
  for (const [file, made] of [
    ['other', 'other.ipynb'],
    ['cases', 'cases/wide-hunt.ipynb'],
  ] as const) {
    expect((await home.run(['new', 'wide', file])).status).toBe(0)
    expect(existsSync(home.path(made))).toBe(true)
  }
  expect((await home.run(['new', 'wide', '--force', '--json'])).stdout).toBe(
    `${JSON.stringify({ file: home.path('wide-hunt.ipynb'), template: '07-wide-hunt', path: join(home.team, '07-wide-hunt.ipynb') })}\n`,
  )
  expect(sourceOf(home.path('wide-hunt.ipynb'), 0)).toContain('# Hunt')
})

test('a template with a secret is refused, one that names people is told of', async () => {
  await using home = openTeam()
  writeFileSync(join(home.team, 'leaky.ipynb'), hunt(`const t = '${githubToken}'`))
  writeFileSync(join(home.team, 'personal.ipynb'), hunt("const who = 'jane.doe@acme.io'"))
  const leaky = await home.run(['new', 'leaky'])
  expect(leaky.status).toBe(1)
  expect(leaky.stderr).toContain('has secrets in it: GitHub token (cell 3, line 1)')
  expect(leaky.stderr).not.toContain(githubToken)
  expect(existsSync(home.path('leaky.ipynb'))).toBe(false)
  const personal = await home.run(['new', 'personal'])
  expect(personal.status).toBe(0)
  expect(personal.stderr).toContain('! the template names e-mail address')
})

test('opening a template runs nothing of it', async () => {
  await using home = openTeam()
  const trap = home.path('ran')
  writeFileSync(join(home.team, 'trap.ipynb'), hunt(`require('fs').writeFileSync('${trap}', '1')`))
  await home.run(['new', '--list'])
  expect((await home.run(['new', 'trap'])).status).toBe(0)
  expect(existsSync(trap)).toBe(false)
})

test('in a terminal it lists, asks which and with what, and asks again where an answer does not fit', async () => {
  await using home = openTeam()
  const cli = home.startInTerminal(['new'])
  await cli.until(/Template \(number or name\): /)
  cli.type('nonsense\r')
  await cli.until(/there is no template "nonsense"[\s\S]*Template \(number or name\): /)
  cli.type('wide\r')
  await cli.until(/region \("us1" \| "eu", Enter for 'us1'\) · where: /)
  cli.type('mars\r')
  await cli.until(/answer again\s+region [^\n]*· where: /)
  cli.type('eu\r')
  await cli.until(/limit \(number, Enter for 10\) · how many rows: /)
  cli.type('\r')
  await cli.until(/hosts[^\n]*which hosts: /)
  cli.type('web-1, web-2\r')
  await cli.until(/earliest[^\n]*: /)
  cli.type('\r')
  expect((await cli.exited).status).toBe(0)
  expect(sourceOf(home.path('wide-hunt.ipynb'), 1)).toBe(
    [
      `const region: 'us1' | 'eu' = "eu" // where`,
      'const limit = 10 // how many rows',
      'const hosts: string[] = ["web-1", "web-2"] // which hosts',
      "const earliest = '-7d' as string",
    ].join('\n'),
  )
})

test('Ctrl-C at a question makes nothing', async () => {
  await using home = openTeam()
  const cli = home.startInTerminal(['new', 'wide'])
  await cli.until(/region/)
  cli.type('\u0003')
  expect((await cli.exited).status).toBe(130)
  expect(readdirSync(home.folder)).toEqual(['team'])
})

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

test('a folder that is gone and a damaged list are told, and ours are there', async () => {
  await using home = openHome()
  const gone = join(home.home, 'gone')
  const missing = await home.run(['new', '--list'], { env: { XDRLAB_TEMPLATES: gone } })
  expect(missing.status).toBe(0)
  expect(missing.stdout).toContain('01-getting-started')
  expect(missing.stderr).toContain(`the templates in ${gone} cannot be read (ENOENT)`)
  writeFileSync(join(home.home, 'templates.json'), '{"sources": [1]}')
  const damaged = await home.run(['new', '--list'])
  expect(damaged.status).toBe(1)
  expect(damaged.stderr).toContain('templates.json, is damaged')
})
