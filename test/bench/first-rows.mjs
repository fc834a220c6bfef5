import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'

// From `npm ci` done to the first rows on screen: a fresh clone, `npm run lab`, and a person who does not hesitate.

const limitS = 60
const giveUpMs = 600_000
const root = join(import.meta.dirname, '..', '..')
const { values } = parseArgs({ options: { screenshot: { type: 'string' } } })

const folder = mkdtempSync(join(tmpdir(), 'xdrlab-first-rows-'))
const clone = join(folder, 'xdrlab')
try {
  clonePackage()
  await measure()
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
}

/** The commit as it is checked out anew, with what `npm ci` puts there. */
function clonePackage() {
  must('git', ['clone', '--quiet', '--no-hardlinks', root, clone])
  cpSync(join(root, 'node_modules'), join(clone, 'node_modules'), { recursive: true, verbatimSymlinks: true })
}

async function measure() {
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: ['--no-sandbox', '--disable-gpu'],
  })
  const startedAt = performance.now()
  const lap = (what) => {
    const seconds = (performance.now() - startedAt) / 1000
    process.stdout.write(`${seconds.toFixed(1).padStart(6)} s  ${what}\n`)
  }
  const lab = spawn('npm', ['run', '--silent', 'lab', '--', '--no-browser', '--port', '0'], {
    cwd: clone,
    // Nothing of this person's: neither sign-ins nor what JupyterLab had open last.
    env: {
      ...process.env,
      XDRLAB_HOME: join(folder, 'home'),
      XDRLAB_STORE: 'file',
      JUPYTER_CONFIG_DIR: join(folder, 'jupyter'),
      JUPYTERLAB_SETTINGS_DIR: join(folder, 'jupyter', 'settings'),
      JUPYTERLAB_WORKSPACES_DIR: join(folder, 'jupyter', 'workspaces'),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const exited = once(lab, 'exit')
  try {
    const print = (pattern) => printed(lab, pattern)
    const [, [address]] = await Promise.all([
      // The first that is said when there is something to start.
      print(/sandbox/i).then(() => lap('built, and Python’s environment made')),
      print(/http:\/\/127\.0\.0\.1:\d+\/lab\S*\?token=\w+/),
    ])
    lap('JupyterLab answers')
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
    context.setDefaultTimeout(giveUpMs)
    const page = await context.newPage()
    await page.goto(address)
    await page.locator('.jp-Notebook').waitFor()
    await page.getByText('TypeScript (xdrlab) | Idle').waitFor()
    lap('the notebook is open, its kernel ready')
    await page.locator('.lm-MenuBar-itemLabel', { hasText: /^Run$/ }).click()
    await page.locator('.lm-Menu-itemLabel', { hasText: /^Run All Cells$/ }).click()
    await signIn(page, context)
    lap('signed in')
    const table = page.locator('.jp-OutputArea-output table td').first()
    await scrollTo(table)
    lap(`first rows on screen (limit ${limitS} s)`)
    if (values.screenshot !== undefined) await page.screenshot({ path: values.screenshot })
  } finally {
    await browser.close()
    // npm, xdrlab and JupyterLab are one group.
    process.kill(-lab.pid, 'SIGINT')
    await exited
  }
}

/** Waits for what `npm run lab` prints. */
function printed(lab, pattern) {
  return new Promise((resolve, reject) => {
    let log = ''
    const look = (chunk) => {
      log += chunk
      const found = pattern.exec(log)
      if (found !== null) resolve(found)
    }
    for (const stream of [lab.stdout, lab.stderr]) stream.setEncoding('utf8').on('data', look)
    lab.once('exit', (code) => reject(new Error(`npm run lab ended with ${code}:\n${log}`)))
  })
}

/** As a person would: the account proposed, the code confirmed, and what the sandbox's own page tells of its test user. */
async function signIn(page, context) {
  const input = page.locator('.jp-Stdin-input')
  await input.waitFor()
  await input.press('Enter')
  const link = page.locator('.jp-OutputArea-output a[href*="user_code="]')
  await link.waitFor()
  const [tab] = await Promise.all([context.waitForEvent('page'), link.click()])
  await tab.getByRole('button', { name: 'Confirm' }).click()
  const told = async (name) => tab.locator('.help dt', { hasText: name }).locator('+ dd').textContent()
  for (const name of ['Username', 'Password', 'One-time code']) {
    await tab.getByLabel(name).fill((await told(name)) ?? '')
  }
  await tab.getByRole('button', { name: 'Sign in' }).click()
  await tab.getByRole('button', { name: 'Allow' }).click()
  await scrollTo(page.locator('.jp-OutputArea-output', { hasText: 'Signed in as' }).first())
}

/** JupyterLab lays out only what is near the window: a cell's output is there before it is drawn. */
async function scrollTo(output) {
  await output.waitFor({ state: 'attached' })
  for (;;) {
    await output.evaluate((element) => element.scrollIntoView({ block: 'center' }))
    if (await output.isVisible()) return
    await output.page().waitForTimeout(100)
  }
}

function findChromium() {
  const places = [
    process.env.CHROMIUM,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
  ]
  const found = places.find((path) => path !== undefined && existsSync(path))
  if (found === undefined) throw new Error('there is no Chromium; set CHROMIUM to its path')
  return found
}

function must(program, args) {
  const { status } = spawnSync(program, args, { stdio: 'inherit' })
  if (status !== 0) throw new Error(`${program} ${args[0]} failed`)
}
