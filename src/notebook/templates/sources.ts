import { mkdirSync, readFileSync, statSync } from 'node:fs'
import { basename, delimiter, dirname, join, resolve } from 'node:path'
import { XdrError } from '../../errors.js'
import { packageRoot } from '../../package.js'
import { templateSourcesFile } from '../../paths.js'
import { replaceFile } from '../replace-file.js'
import { cloneFolder, type GitUrl, parseGitUrl } from './git-url.js'
import type { TemplateSource } from './template.js'

/** A source that a person has added: a folder, or a git repository. */
export type AddedSource = { folder: string } | { git: string }

const ownName = 'xdrlab'

/** Every place with templates: ours, those of `XDRLAB_TEMPLATES`, those that were added. */
export function templateSources(env: NodeJS.ProcessEnv = process.env): TemplateSource[] {
  const folders = (env.XDRLAB_TEMPLATES ?? '').split(delimiter).filter((folder) => folder !== '')
  const given = [
    ...folders.map((folder) => sourceOfFolder(resolve(folder))),
    ...addedSources(env).map(sourceOf),
  ]
  const unlike = given.filter(({ folder }, at) => given.findIndex((other) => other.folder === folder) === at)
  const own = { name: ownName, title: 'xdrlab’s own', folder: join(packageRoot, 'notebooks') }
  return [own, ...unlike]
}

/** What `xdrlab new --add` keeps. */
export function addedSources(env: NodeJS.ProcessEnv = process.env): AddedSource[] {
  const file = templateSourcesFile(env)
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw damaged(file, 'it cannot be read')
  }
  try {
    const { sources }: { sources?: unknown } = Object(JSON.parse(text))
    if (!Array.isArray(sources)) throw damaged(file, 'it has no list of sources')
    return sources.map((source) => readSource(source, file))
  } catch (error) {
    throw error instanceof XdrError ? error : damaged(file, 'it is not JSON')
  }
}

function readSource(source: unknown, file: string): AddedSource {
  const { folder, git }: { folder?: unknown; git?: unknown } = Object(source)
  if (typeof folder === 'string') return { folder }
  if (typeof git === 'string') return { git: parseGitUrl(git).url }
  throw damaged(file, 'a source of it has neither folder nor git')
}

function damaged(file: string, why: string): XdrError {
  return new XdrError('XDR_FILE', `the list of template sources, ${file}, is damaged: ${why}`, {
    hint: 'correct it, or delete it and add the sources again: xdrlab new --add <folder or git url>',
  })
}

/** Keeps a source; one that is there already stays where it is. */
export async function addSource(source: AddedSource, env: NodeJS.ProcessEnv = process.env): Promise<void> {
  const others = addedSources(env)
  if (!others.some((other) => isSame(other, source))) await writeSources([...others, source], env)
}

/**
 * Forgets a source; its files stay where they are.
 *
 * @returns whether it was there
 */
export async function removeSource(
  source: AddedSource,
  env: NodeJS.ProcessEnv = process.env,
): Promise<boolean> {
  const all = addedSources(env)
  const rest = all.filter((other) => !isSame(other, source))
  if (rest.length < all.length) await writeSources(rest, env)
  return rest.length < all.length
}

function isSame(one: AddedSource, other: AddedSource): boolean {
  return placeOf(one) === placeOf(other)
}

function placeOf(source: AddedSource): string {
  return 'git' in source ? source.git : source.folder
}

async function writeSources(sources: readonly AddedSource[], env: NodeJS.ProcessEnv): Promise<void> {
  const file = templateSourcesFile(env)
  mkdirSync(dirname(file), { recursive: true })
  await replaceFile(file, `${JSON.stringify({ sources }, null, 2)}\n`, {
    what: 'the list of templates',
    elsewhere: 'set XDRLAB_HOME to a folder that you may write',
  })
}

/**
 * What a person names a source by.
 *
 * @throws XdrError `XDR_BAD_OPTION` for what is neither a folder nor an address that may be cloned
 */
export function readAddedSource(text: string): { folder: string } | { git: GitUrl } {
  const folder = resolve(text)
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return { folder }
  return { git: parseGitUrl(text) }
}

function sourceOf(added: AddedSource): TemplateSource {
  if ('folder' in added) return sourceOfFolder(added.folder)
  const url = parseGitUrl(added.git)
  return { name: url.name, title: url.url, folder: cloneFolder(url) }
}

function sourceOfFolder(folder: string): TemplateSource {
  return { name: basename(folder), title: folder, folder }
}
