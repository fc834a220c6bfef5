import { spawnSync } from 'node:child_process'
import { afterAll, describe, expect, test } from 'vitest'
import { findLeaks, openHome } from '../support/cli.js'
import { testCompletion } from '../support/shell-completion.js'

afterAll(() => expect(findLeaks()).toEqual([]))

describe('bash', () => testCompletion('bash'))

test.each([['query'], ['clients create'], ['cache rm'], ['install'], ['run']])(
  '%s: every option of its help is proposed, with its words',
  async (name) => {
    await using home = openHome()
    const words = name.split(' ')
    const help = (await home.run([...words, '--help'])).stdout
    const options = [...help.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, option]) => option)
    const { status, stdout, stderr } = await home.run(['__complete', ...words, '--'])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const proposed = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t'))
    // --version is one of the program's, which help shows with each.
    expect(proposed.map(([option]) => option)).toEqual(options.filter((option) => option !== '--version'))
    for (const [, words] of proposed) expect(words).toMatch(/\w/)
  },
)

test.each([
  ['nothing at all', []],
  ['an option that there is not', ['login', '--nonsense', '']],
  ['a platform that there is not', ['login', 'nonsense', '--region', '']],
  ['more arguments than there are', ['sandbox', 'one', 'two', '']],
  ['an option with a value that it does not take', ['login', '--json=', '']],
  ['control characters', ['\u001b[2J', '']],
])('%s brings no error into the line', async (_name, words) => {
  await using home = openHome()
  expect(await home.run(['__complete', ...words])).toMatchObject({ status: 0, stderr: '' })
})

test('it is no command of the help', async () => {
  await using home = openHome()
  expect((await home.run(['--help'])).stdout).not.toContain('__complete')
  expect((await home.run(['completion', 'tcsh'])).status).toBe(2)
})

test('bash takes the script for one without mistakes', async () => {
  await using home = openHome()
  const { stdout } = await home.run(['completion', 'bash'])
  const { status, stderr } = spawnSync('bash', ['-n'], { input: stdout, encoding: 'utf8' })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
})
