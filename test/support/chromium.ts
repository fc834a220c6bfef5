import { join } from 'node:path'
import { type Browser, chromium, errors, type Locator, type Page } from 'playwright-core'
import { findChromium } from './capabilities.js'

/** The machine's own Chromium; its background traffic is off, so that it talks to loopback only. */
export async function openChromium(): Promise<Browser> {
  const executablePath = findChromium()
  if (executablePath === undefined) throw new Error('there is no Chromium; set CHROMIUM to its path')
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

/** Keeps a picture for people to look at, when `XDRLAB_SCREENSHOTS` names a folder. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  const folder = process.env.XDRLAB_SCREENSHOTS
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`) })
}

const scrollAgainAfterMs = 1_000
const mostScrolls = 60

/**
 * Brings a cell's output onto the screen. JupyterLab lays out only what is near the window (`content-visibility`), and
 * where an output ends up is known when those above it have been drawn: until then it is in the page, yet not visible.
 */
export async function bringIntoView(output: Locator): Promise<void> {
  for (let scrolls = 1; ; scrolls++) {
    await output.evaluate((element) => element.scrollIntoView({ block: 'center' }))
    try {
      await output.waitFor({ timeout: scrollAgainAfterMs })
      return
    } catch (error) {
      if (!(error instanceof errors.TimeoutError) || scrolls === mostScrolls) throw error
    }
  }
}
