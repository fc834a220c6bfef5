import { mkdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { homeFolder } from '../src/paths.js'
import { isRecord } from '../src/record.js'
import { knownDataFolders } from './jupyter-folders.js'
import { type InstalledKernel, listKernels, readKernel } from './kernel-spec.js'

/** Where installations are noted: one into a Python environment that is not active could not be found again. */
function noteFile(env: NodeJS.ProcessEnv): string {
  return join(homeFolder(env), 'kernels.json')
}

interface Notes {
  /** Folders of kernelspecs. */
  kernels: readonly string[]
  /** Whether the home was made for these notes. */
  madeHome: boolean
}

/** Every kernel of ours on this machine: those that were noted, and those that stand where Jupyter looks. */
export function findKernels(env: NodeJS.ProcessEnv = process.env): InstalledKernel[] {
  const noted = readNotes(env)
    .kernels.map((dir) => readKernel(dir))
    .filter((kernel) => typeof kernel === 'object')
  const found = knownDataFolders(env).flatMap((folder) => listKernels(folder))
  return [...new Map([...noted, ...found].map((kernel) => [kernel.dir, kernel])).values()]
}

/** Notes where a kernel was installed. A home that cannot be written is no reason to fail: most are found without. */
export function noteKernel(dir: string, env: NodeJS.ProcessEnv = process.env): void {
  const { kernels, madeHome } = readNotes(env)
  if (!kernels.includes(dir)) tryToWrite({ kernels: [...kernels, dir], madeHome }, env)
}

/** Forgets the notes of kernels that are gone, and with the last one the file. */
export function tidyNotes(env: NodeJS.ProcessEnv = process.env): void {
  const { kernels, madeHome } = readNotes(env)
  const left = kernels.filter((dir) => readKernel(dir) !== undefined)
  if (left.length < kernels.length) tryToWrite({ kernels: left, madeHome }, env)
}

function readNotes(env: NodeJS.ProcessEnv): Notes {
  try {
    const notes: unknown = JSON.parse(readFileSync(noteFile(env), 'utf8'))
    if (!isRecord(notes) || !Array.isArray(notes.kernels)) return { kernels: [], madeHome: false }
    const kernels = notes.kernels.filter((dir) => typeof dir === 'string')
    return { kernels, madeHome: notes.madeHome === true }
  } catch {
    return { kernels: [], madeHome: false }
  }
}

function tryToWrite({ kernels, madeHome }: Notes, env: NodeJS.ProcessEnv): void {
  const file = noteFile(env)
  const home = dirname(file)
  try {
    if (kernels.length === 0) {
      rmSync(file, { force: true })
      // Stays where something else has been put there since.
      if (madeHome) rmdirSync(home)
      return
    }
    const made = mkdirSync(home, { recursive: true, mode: 0o700 }) !== undefined
    const aside = `${file}.${process.pid}.part`
    const notes = { version: 1, kernels, madeHome: madeHome || made }
    writeFileSync(aside, `${JSON.stringify(notes)}\n`, { mode: 0o600 })
    renameSync(aside, file)
  } catch {
    // Said nowhere: what is not noted is looked for where Jupyter looks.
  }
}
