import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** What the machine can run beside Node; CI has everything, so there nothing is asked and a lack is a failure. */
export interface LeftOut {
  /** The folder of the tests. */
  folder: string
  why: string
}

/** Debian's and other usual places; `CHROMIUM` names another. */
export function findChromium(): string | undefined {
  const places = [
    process.env.CHROMIUM,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
  ]
  return places.find((path) => path !== undefined && path !== '' && existsSync(path))
}

function hasPython(): boolean {
  const check = 'import sys, venv, ensurepip; sys.exit(0 if sys.version_info >= (3, 10) else 1)'
  return spawnSync('python3', ['-c', check], { stdio: 'ignore' }).status === 0
}

function hasSecretService(): boolean {
  return ['dbus-daemon', 'gnome-keyring-daemon'].every(
    (program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0,
  )
}

/** Whether templates are run by papermill too, beside our own command. */
export function canRunPapermill(): boolean {
  return process.env.CI === 'true' || hasPython()
}

function hasShells(): boolean {
  return ['zsh', 'fish'].every((shell) => spawnSync(shell, ['--version'], { stdio: 'ignore' }).status === 0)
}

/** The test folders that this machine cannot run, with the reason. */
export function findLeftOut(): LeftOut[] {
  if (process.env.CI === 'true') return []
  const leftOut: LeftOut[] = []
  const python = hasPython()
  if (!python) leftOut.push({ folder: 'test/python', why: 'no Python 3.10 or later with venv' })
  if (!python) leftOut.push({ folder: 'test/gateway', why: 'no Python 3.10 or later with venv' })
  if (!python)
    leftOut.push({ folder: 'test/browser', why: 'no Python 3.10 or later with venv (for JupyterLab)' })
  else if (findChromium() === undefined) {
    leftOut.push({ folder: 'test/browser', why: 'no Chromium (set CHROMIUM to its path, or install it)' })
  }
  if (!hasSecretService())
    leftOut.push({ folder: 'test/keyring', why: 'no dbus-daemon with gnome-keyring-daemon (Linux)' })
  if (!hasShells()) leftOut.push({ folder: 'test/shells', why: 'no zsh with fish' })
  return leftOut
}
