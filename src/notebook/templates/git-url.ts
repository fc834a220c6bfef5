import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { XdrError } from '../../errors.js'
import { templateCacheFolder } from '../../paths.js'
import { plain } from '../../text.js'

/** An address that git may be given. */
export interface GitUrl {
  url: string
  /** The repository's: `templates` of `https://git.example/soc/templates.git`. */
  name: string
}

/**
 * An address of a git repository: `https://…`, `ssh://…` or `git@host:path`. Others of git's ways run programs, or are
 * read by anybody on the way.
 *
 * @throws XdrError `XDR_BAD_OPTION`
 */
export function parseGitUrl(text: string): GitUrl {
  const shown = plain(withoutPassword(text), 120)
  const refuse = (why: string, hint: string) =>
    new XdrError('XDR_BAD_OPTION', `${shown} is no source of templates: ${why}`, { hint })
  const usual = 'give a folder, or a git address: https://host/path, ssh://host/path or git@host:path'
  if (/[\u0000-\u0020\u007f]/.test(text)) throw refuse('no such folder, and no address', usual)
  // `git@host:path`, as ssh is written; neither user nor host may look like an option.
  const short = /^(?:[A-Za-z\d_][\w.-]*@)?[A-Za-z\d][\w.-]*:(?!\/\/)([^:-][^:]*)$/.exec(text)
  if (short !== null && !/^[A-Za-z]:[\\/]/.test(text)) return { url: text, name: nameOf(short[1] ?? '') }
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined) throw refuse('no such folder, and no address', usual)
  if (url.protocol !== 'https:' && url.protocol !== 'ssh:')
    throw refuse(`${url.protocol} is not taken`, usual)
  if (url.password !== '' || (url.protocol === 'https:' && url.username !== ''))
    throw refuse('there is a secret in the address', 'take it out; git asks its credential helper for it')
  if (url.hostname === '' || /^-|^%2d/i.test(url.hostname) || url.username.startsWith('-'))
    throw refuse('it names no host', usual)
  if (url.search !== '' || url.hash !== '') throw refuse('it has more than a path', usual)
  return { url: text, name: nameOf(url.pathname) }
}

/** Where the repository's files are kept. */
export function cloneFolder({ url, name }: GitUrl, env: NodeJS.ProcessEnv = process.env): string {
  // Two addresses may end alike, and no part of one is to become a path.
  const hash = createHash('sha256').update(url).digest('hex').slice(0, 12)
  return join(templateCacheFolder(env), `${name.replace(/[^\w-]+/g, '-').slice(0, 40)}-${hash}`)
}

function nameOf(path: string): string {
  const [name = ''] = /[^/]+$/.exec(path.replace(/\/+$/, '').replace(/\.git$/, '')) ?? []
  return name === '' ? 'templates' : name
}

function withoutPassword(text: string): string {
  return text.replace(/^([a-z+]+:\/\/)[^/@]*@/i, '$1')
}
