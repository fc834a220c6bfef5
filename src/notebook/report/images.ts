import { readFileSync, realpathSync, statSync } from 'node:fs'
import { isAbsolute, relative, resolve, sep } from 'node:path'
import { imageTypeOf } from '../../image-type.js'
import { withoutSecrets } from '../share-secrets.js'
import { svgDataUrl } from './svg-image.js'

/** A report with more in one picture is of no use to anybody. */
const mostBytes = 20_000_000

/**
 * The picture that Markdown names by a path, as a data URL. Only a picture, by its own bytes, and only one in the
 * notebook's folder or below: a notebook of others must not carry other files of this machine away.
 *
 * @param folder the notebook's; `undefined` takes nothing from the disk
 */
export function localImage(address: string, folder: string | undefined): string | undefined {
  if (folder === undefined || /^[a-z][a-z\d+.-]+:|^[\\/]|[?#]/i.test(address)) return undefined
  try {
    const path = realpathSync(resolve(folder, decodeURIComponent(address)))
    const way = relative(realpathSync(folder), path)
    if (way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way)) return undefined
    const stats = statSync(path)
    return stats.isFile() && stats.size <= mostBytes ? imageDataUrl(readFileSync(path)) : undefined
  } catch {
    // It is not there, or not for us: its description is shown in its place.
    return undefined
  }
}

/** An image's bytes as an address; `undefined` where they are no image. */
function imageDataUrl(bytes: Buffer): string | undefined {
  const type = imageTypeOf(bytes)
  if (type === undefined) return undefined
  return type === 'image/svg+xml'
    ? svgDataUrl(withoutSecrets(bytes.toString('utf8')))
    : `data:${type};base64,${bytes.toString('base64')}`
}
