import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { XdrError } from '../errors.js'
import { cloneFolder, type GitUrl } from '../notebook/templates/git-url.js'
import { plain } from '../text.js'
import { runQuietly } from './run-quietly.js'

const longestCloneMs = 120_000

/**
 * Fetches a repository's newest files into the cache by the system's git, which runs nothing of the repository: no
 * hooks, no submodules, no links out of it. What was there before goes when the new files are there.
 *
 * @returns the folder
 * @throws XdrError `XDR_FILE` with what git said
 */
export async function fetchTemplates(url: GitUrl, signal: AbortSignal): Promise<string> {
  const folder = cloneFolder(url)
  const draft = `${folder}.${randomUUID().slice(0, 8)}`
  mkdirSync(dirname(folder), { recursive: true })
  try {
    const { status, said } = await runQuietly(
      'git',
      [
        ...['-c', 'core.hooksPath=/dev/null', '-c', 'core.symlinks=false', '-c', 'core.fsmonitor=false'],
        ...['clone', '--quiet', '--depth=1', '--single-branch', '--no-tags', '--no-recurse-submodules'],
        ...['--template=', '--', url.url, draft],
      ],
      {
        signal,
        timeoutMs: longestCloneMs,
        env: gitEnv(),
      },
    )
    if (status !== 0) throw failed(url, said)
    const before = `${draft}.old`
    if (existsSync(folder)) renameSync(folder, before)
    renameSync(draft, folder)
    remove(before)
    return folder
  } finally {
    remove(draft)
  }
}

/** A redirect or a rewritten address leads to no other way either; nobody could answer a question. */
function gitEnv(): NodeJS.ProcessEnv {
  // Within a hook of git's these would mean another repository.
  const { GIT_DIR, GIT_WORK_TREE, GIT_INDEX_FILE, ...env } = process.env
  return { ...env, GIT_ALLOW_PROTOCOL: 'https:ssh', GIT_TERMINAL_PROMPT: '0', GIT_LFS_SKIP_SMUDGE: '1' }
}

function failed({ url }: GitUrl, said: string): XdrError {
  return new XdrError('XDR_FILE', `git could not fetch ${plain(url, 120)}${said === '' ? '' : `: ${said}`}`, {
    hint: `see what "git ls-remote ${plain(url, 120)}" says; git asks its credential helper, or ssh’s agent`,
  })
}

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
}
