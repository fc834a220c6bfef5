import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type CliHome, openHome } from '../support/cli.js'

const token = `ghp_${'aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5'}`

function notebook(source: string, ...printed: string[]): string {
  const outputs = printed.map((text) => ({ output_type: 'stream', name: 'stdout', text: [text] }))
  const cells = [{ cell_type: 'code', execution_count: 5, id: 'a', metadata: {}, outputs, source: [source] }]
  return `${JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 }, null, 1)}\n`
}

test('check tells by its exit code what it has found', async () => {
  await using home = openHome()
  home.write('clean.ipynb', notebook('1 + 1'))
  home.write('leaky.ipynb', notebook(`const t = '${token}'`))
  home.write('broken.ipynb', 'nothing of the kind')
  const clean = await home.run(['share', 'check', 'clean.ipynb'])
  expect([clean.status, clean.stdout]).toEqual([0, ''])
  const leaky = await home.run(['share', 'check', 'clean.ipynb', 'leaky.ipynb'])
  expect(leaky.status).toBe(1)
  expect(leaky.stdout).toMatch(/^leaky\.ipynb: cell 1, code, line 1: GitHub token; .*revoke/)
  expect(leaky.stdout).not.toContain(token)
  const broken = await home.run(['share', 'check', 'broken.ipynb', 'leaky.ipynb', '--json'])
  expect(broken.status).toBe(2)
  expect(JSON.parse(broken.stdout)).toMatchObject({
    files: [{ file: 'leaky.ipynb', findings: [{ cell: 1, line: 1, kind: 'GitHub token' }] }],
    unusable: [{ file: 'broken.ipynb', error: expect.stringContaining('not JSON') }],
  })
  expect((await home.run(['share', 'check'])).status).toBe(2)
})

test('checking and cleaning run no code', async () => {
  await using home = openHome()
  const trap = home.path('ran')
  home.write('trap.ipynb', notebook(`require('fs').writeFileSync(${JSON.stringify(trap)}, 'ran')`))
  await home.run(['share', 'check', 'trap.ipynb'])
  await home.run(['share', 'clean', 'trap.ipynb'])
  expect(() => readFileSync(trap)).toThrow('ENOENT')
})

test('clean writes in place, elsewhere or to stdout', async () => {
  await using home = openHome()
  const given = notebook('1', 'printed')
  const path = home.write('n.ipynb', given)
  const cleaned = {
    ...JSON.parse(given),
    cells: [{ ...JSON.parse(given).cells[0], execution_count: null, outputs: [] }],
  }
  const shown = await home.run(['share', 'clean', '--stdout', 'n.ipynb'])
  expect(JSON.parse(shown.stdout)).toEqual(cleaned)
  const piped = await home.run(['share', 'clean', '-'], { input: given })
  expect(piped.stdout).toBe(shown.stdout)
  expect(readFileSync(path, 'utf8')).toBe(given)
  await home.run(['share', 'clean', 'n.ipynb', '-o', 'other.ipynb'])
  expect(JSON.parse(readFileSync(home.path('other.ipynb'), 'utf8'))).toEqual(cleaned)
  await home.run(['share', 'clean', 'n.ipynb'])
  expect(readFileSync(path, 'utf8')).toBe(shown.stdout)
})

function repository(home: CliHome): (...args: string[]) => string {
  const env = { ...home.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' }
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: home.folder, env, encoding: 'utf8', stdio: 'pipe' })
  git('init', '-q')
  git('config', 'user.name', 'test')
  git('config', 'user.email', 'test@example.com')
  return git
}

test('with the hook, git commits clean notebooks and no secret', async () => {
  await using home = openHome()
  const git = repository(home)
  expect((await home.run(['share', 'install-hook'])).status).toBe(0)
  expect((await home.run(['share', 'install-hook'])).status).toBe(0)
  home.write('n.ipynb', notebook('1', 'printed'))
  home.write('other.txt', 'not ours')
  git('add', '.')
  git('commit', '-q', '-m', 'clean')
  const committed = git('show', 'HEAD:n.ipynb')
  expect(JSON.parse(committed).cells[0]).toMatchObject({ outputs: [], execution_count: null })
  expect(readFileSync(home.path('n.ipynb'), 'utf8')).toContain('printed')
  expect(git('status', '--porcelain')).toBe('')
  home.write('n.ipynb', notebook(`const t = '${token}'`))
  git('add', '.')
  expect(() => git('commit', '-q', '-m', 'leaky')).toThrow('GitHub token')
  expect(git('log', '--format=%s')).toBe('clean\n')
  expect((await home.run(['share', 'install-hook', '--remove'])).status).toBe(0)
  git('commit', '-q', '-m', 'on their own risk')
  expect(git('config', '--local', '--list')).not.toContain('xdrlab')
})

test('the hook goes where core.hooksPath says', async () => {
  await using home = openHome()
  const git = repository(home)
  git('config', 'core.hooksPath', 'tools/hooks')
  await home.run(['share', 'install-hook'])
  expect(readFileSync(home.path('tools/hooks/pre-commit'), 'utf8')).toContain('share check --staged')
})

test('a hook of others is neither written over nor removed', async () => {
  await using home = openHome()
  repository(home)
  const hook = join(home.folder, '.git/hooks/pre-commit')
  mkdirSync(join(home.folder, '.git/hooks'), { recursive: true })
  writeFileSync(hook, '#!/bin/sh\nexit 0\n')
  const { status, stderr } = await home.run(['share', 'install-hook'])
  expect(status).toBe(1)
  expect(stderr).toContain('share check --staged')
  await home.run(['share', 'install-hook', '--remove'])
  expect(readFileSync(hook, 'utf8')).toBe('#!/bin/sh\nexit 0\n')
})

test('outside of a repository it says so', async () => {
  await using home = openHome()
  const { status, stderr } = await home.run(['share', 'install-hook'])
  expect(status).toBe(1)
  expect(stderr).toContain('within a git repository')
})
