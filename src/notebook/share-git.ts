import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { XdrError } from '../errors.js'
import { plain } from '../text.js'

/** By this a hook is known to be ours: nobody else's is ever written over or removed. */
const hookMark = '# Written by xdrlab share install-hook; --remove takes it away.'
const attributesLine = '*.ipynb filter=xdrlab'

/**
 * Makes git clean notebooks as they are added, and check them before they are committed, in the current repository.
 * Nothing that is committed is changed, and no hook of others.
 *
 * @param program the command and its first arguments
 * @returns what was done, in lines for a person
 * @throws XdrError `XDR_FILE` where this is no repository, or another pre-commit hook is there
 */
export function installHook(program: readonly string[]): string[] {
  const { hook, attributes } = placesOf()
  const command = program.map(quoted).join(' ')
  if (existsSync(hook) && !isOurs(hook)) {
    throw new XdrError('XDR_FILE', `there is a pre-commit hook already: ${hook}`, {
      hint: `nothing was changed; add this line to it, then run this again with the hook away or keep it so: ${command} share check --staged`,
    })
  }
  git('config', '--local', 'filter.xdrlab.clean', `${command} share clean --stdout -`)
  git('config', '--local', 'filter.xdrlab.smudge', 'cat')
  git('config', '--local', 'filter.xdrlab.required', 'true')
  const lines = linesOf(attributes)
  if (!lines.includes(attributesLine)) write(attributes, [...lines, attributesLine])
  write(hook, ['#!/bin/sh', hookMark, `exec ${command} share check --staged`])
  chmodSync(hook, 0o755)
  return [
    `notebooks are cleaned when they are added (${attributes})`,
    `and checked before a commit (${hook})`,
  ]
}

/**
 * Takes both away again.
 *
 * @throws XdrError `XDR_FILE` where this is no repository
 */
export function removeHook(): string[] {
  const { hook, attributes } = placesOf()
  try {
    git('config', '--local', '--remove-section', 'filter.xdrlab')
  } catch {
    // It was not there.
  }
  const lines = linesOf(attributes)
  if (lines.includes(attributesLine))
    write(
      attributes,
      lines.filter((line) => line !== attributesLine),
    )
  if (existsSync(hook) && isOurs(hook)) rmSync(hook)
  return ['notebooks are added as they are, and not checked']
}

/** Notebooks as they would be committed now: what is in git's index, which may be another state than the files. */
export function stagedNotebooks(): { file: string; text: string }[] {
  const names = git('diff', '--cached', '--name-only', '--diff-filter=ACMR', '-z', '--', ':(top)*.ipynb')
  return names
    .split('\0')
    .filter((name) => name !== '')
    .map((file) => ({ file, text: git('show', `:${file}`) }))
}

function placesOf(): { hook: string; attributes: string } {
  // The one that counts: with core.hooksPath it is elsewhere.
  return { hook: join(gitPath('hooks'), 'pre-commit'), attributes: gitPath('info/attributes') }
}

function gitPath(name: string): string {
  return git('rev-parse', '--path-format=absolute', '--git-path', name).replace(/\n$/, '')
}

function git(...args: string[]): string {
  try {
    return execFileSync('git', args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 1 << 30,
    })
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? plain(error.stderr) : ''
    throw new XdrError('XDR_FILE', `git ${args[0]} failed${said === '' ? '' : `: ${said}`}`, {
      hint: 'run this within a git repository, with git 2.31 or later',
    })
  }
}

function isOurs(hook: string): boolean {
  return readFileSync(hook, 'utf8').includes(hookMark)
}

function linesOf(path: string): string[] {
  return existsSync(path)
    ? readFileSync(path, 'utf8')
        .split('\n')
        .filter((line, at, all) => line !== '' || at < all.length - 1)
    : []
}

function write(path: string, lines: readonly string[]): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''))
}

/** Git gives both commands to a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
