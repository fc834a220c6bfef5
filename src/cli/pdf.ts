import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { XdrError } from '../errors.js'
import { findProgram, isProgram } from './programs.js'
import { runQuietly } from './run-quietly.js'

/** As the makers and the systems call them; each prints by the same options. */
const names = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'microsoft-edge',
  'microsoft-edge-stable',
  'msedge',
  'brave-browser',
]
const macApps = ['Google Chrome', 'Chromium', 'Microsoft Edge', 'Brave Browser']
const windowsPlaces = ['Google\\Chrome\\Application\\chrome.exe', 'Microsoft\\Edge\\Application\\msedge.exe']
const longestPrintMs = 120_000

/**
 * A browser of this machine that prints: Chromium, Chrome, Edge or Brave. `XDRLAB_CHROMIUM` names another.
 *
 * @throws XdrError `XDR_BAD_OPTION` where the variable names no file
 */
export function findPrinter(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const named = env.XDRLAB_CHROMIUM
  if (named) {
    if (existsSync(named)) return named
    throw new XdrError('XDR_BAD_OPTION', `XDRLAB_CHROMIUM names no file: ${named}`, {
      hint: 'set it to the program of a Chromium, Chrome or Edge',
    })
  }
  switch (process.platform) {
    case 'darwin':
      return macApps.map((app) => `/Applications/${app}.app/Contents/MacOS/${app}`).find(isProgram)
    case 'win32': {
      const roots = [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA]
      return roots
        .flatMap((root) => (root ? windowsPlaces.map((place) => join(root, place)) : []))
        .find(isProgram)
    }
    default:
      return findProgram(names, { env })
  }
}

/**
 * Prints a page of this machine; the browser reaches no network.
 *
 * @param folder for what the browser keeps while it runs
 * @throws XdrError `XDR_FILE` where it wrote nothing
 */
export async function printPdf(
  printer: string,
  { page, pdf, folder, signal }: { page: string; pdf: string; folder: string; signal: AbortSignal },
): Promise<void> {
  const { said } = await runQuietly(
    printer,
    [
      '--headless',
      '--disable-gpu',
      '--no-first-run',
      '--disable-extensions',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-dev-shm-usage',
      // A wall more: the page has no addresses that anything would be fetched from.
      '--host-resolver-rules=MAP * ~NOTFOUND',
      '--no-pdf-header-footer',
      `--user-data-dir=${join(folder, 'browser')}`,
      `--print-to-pdf=${pdf}`,
      // As root, Chromium starts in no other way; what it opens is our own page.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      pathToFileURL(page).href,
    ],
    { signal, timeoutMs: longestPrintMs },
  )
  if (existsSync(pdf)) return
  throw new XdrError('XDR_FILE', `${printer} wrote no PDF${said === '' ? '' : `: ${said}`}`, {
    hint: 'name another browser by XDRLAB_CHROMIUM, or write HTML and print that',
  })
}
