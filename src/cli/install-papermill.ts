import { resolve } from 'node:path'
import type { InstallPlace } from '../../kernel/jupyter-folders.js'
import { XdrError } from '../errors.js'
import {
  installTranslator,
  type Papermill,
  papermillIn,
  papermillOnPath,
  removeTranslator,
} from './papermill-translator.js'

/** Where a kernel is, and whether papermill's module was asked for. */
interface Wanted {
  place: InstallPlace
  /** The kernel's own folder. */
  dir: string
  isAsked: boolean
}

/** Adds our module to the papermill that belongs to the kernel; `undefined` where there is none. */
export async function addToPapermill(wanted: Wanted): Promise<Papermill | undefined> {
  const papermill = await papermillFor(wanted)
  if (papermill !== undefined) await installTranslator(papermill)
  return papermill
}

/** Takes it out again; `undefined` where it was not there. */
export async function removeFromPapermill(wanted: Wanted): Promise<Papermill | undefined> {
  const papermill = await papermillFor(wanted)
  return papermill !== undefined && (await removeTranslator(papermill)) ? papermill : undefined
}

/** Whether a papermill is at hand to which the module could be added. */
export async function isPapermillNear(place: InstallPlace): Promise<boolean> {
  return !isEnvironment(place) && (await papermillOnPath()) !== undefined
}

/**
 * The papermill that gets our module: that of the environment that the kernel goes to. What belongs to no environment
 * that the person has named is left alone until it is asked for.
 */
async function papermillFor({ place, dir, isAsked }: Wanted): Promise<Papermill | undefined> {
  if (isEnvironment(place)) return papermillIn(resolve(dir, '..', '..', '..', '..'))
  if (!isAsked) return undefined
  const found = await papermillOnPath()
  if (found !== undefined) return found
  throw new XdrError('XDR_KERNEL', 'no papermill ≥ 2.3 was found on the path', {
    hint: 'activate its environment, or name it with --prefix',
  })
}

function isEnvironment({ kind }: InstallPlace): boolean {
  return kind === 'prefix' || kind === 'sys-prefix'
}
