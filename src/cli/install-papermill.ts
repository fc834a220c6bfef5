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

/** With `--papermill`, the one on the path: asked before anything is written, since there may be none. */
export async function askedPapermill(isAsked: boolean): Promise<Papermill | undefined> {
  if (!isAsked) return undefined
  const found = await papermillOnPath()
  if (found !== undefined) return found
  throw new XdrError('XDR_KERNEL', 'no papermill ≥ 2.3 was found on the path', {
    hint: 'activate its environment, or name it with --prefix',
  })
}

/** Of an environment that the person has named, its papermill; others are left alone until they are asked for. */
async function papermillBeside(place: InstallPlace, dir: string): Promise<Papermill | undefined> {
  return isEnvironment(place) ? await papermillOf(dir) : undefined
}

/** The kernel lies in share/jupyter/kernels/<name> of it. */
async function papermillOf(dir: string): Promise<Papermill | undefined> {
  return await papermillIn(resolve(dir, '..', '..', '..', '..'))
}

/**
 * Adds our module to the papermill that was asked for, or else belongs to the kernel; `undefined` where there
 * is none.
 */
export async function addToPapermill(
  asked: Papermill | undefined,
  place: InstallPlace,
  dir: string,
): Promise<Papermill | undefined> {
  const papermill = asked ?? (await papermillBeside(place, dir))
  if (papermill !== undefined) await installTranslator(papermill)
  return papermill
}

/** Takes it out again; `undefined` where it was not there. */
export async function removeFromPapermill(
  asked: Papermill | undefined,
  place: InstallPlace,
  dir: string,
): Promise<Papermill | undefined> {
  const papermill = asked ?? (await papermillBeside(place, dir))
  return papermill !== undefined && (await removeTranslator(papermill)) ? papermill : undefined
}

/** Takes it out of whatever environment a kernel is in. */
export async function removeBesideKernel(dir: string): Promise<void> {
  const papermill = await papermillOf(dir)
  if (papermill !== undefined) await removeTranslator(papermill)
}

/** Whether a papermill is at hand to which the module could be added. */
export async function isPapermillNear(place: InstallPlace): Promise<boolean> {
  return !isEnvironment(place) && (await papermillOnPath()) !== undefined
}

function isEnvironment({ kind }: InstallPlace): boolean {
  return kind === 'prefix' || kind === 'sys-prefix'
}
