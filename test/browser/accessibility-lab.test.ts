import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { labFolder, runProgram, venvProgram } from '../../src/cli/python-env.js'
import { approveDevice } from '../../src/sandbox/approve.js'
import { startSandbox } from '../../src/sandbox/index.js'
import { axeViolations } from '../support/axe.js'
import { bringIntoView, keepPicture, openChromium } from '../support/chromium.js'
import { OpenNotebook } from '../support/day-notebook.js'
import { labSettings, writeOutputs } from '../support/front-end-notebook.js'
import { htmlOutputs, signInUrl, userCode } from '../support/html-outputs.js'
import { type JupyterLab, startJupyterLab } from '../support/jupyterlab.js'
import { notebookOf } from '../support/notebooks.js'
import { removeFolder } from '../support/temp-home.js'

const shownOutputs = '.jp-OutputArea-output'

let browser: Browser
let folder: string
let outputs: Record<string, string>

beforeAll(async () => {
  browser = await openChromium()
  folder = mkdtempSync(join(tmpdir(), 'xdrlab-a11y-'))
  outputs = await htmlOutputs()
})

afterAll(async () => {
  await browser.close()
  removeFolder(folder)
})

/** A JupyterLab in one of its themes, with signatures of its own. */
async function startLab(theme: 'Light' | 'Dark', env: NodeJS.ProcessEnv = {}): Promise<JupyterLab> {
  const settings = join(folder, `settings-${theme}`)
  for (const [plugin, content] of Object.entries(labSettings(theme))) {
    const path = join(settings, `${plugin}.jupyterlab-settings`)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, JSON.stringify(content))
  }
  return await startJupyterLab(folder, {
    XDRLAB_HOME: join(folder, 'home'),
    JUPYTER_DATA_DIR: join(folder, 'data'),
    JUPYTERLAB_SETTINGS_DIR: settings,
    ...env,
  })
}

async function trust(path: string): Promise<void> {
  const { signal } = new AbortController()
  const env = { ...process.env, JUPYTER_DATA_DIR: join(folder, 'data') }
  const { status } = await runProgram(venvProgram(`${labFolder()}/venv`, 'jupyter-trust'), [path], {
    signal,
    shown: false,
    env,
  })
  expect(status).toBe(0)
}

async function openNotebook(lab: JupyterLab, name: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1000, height: 6000 } })
  page.setDefaultTimeout(90_000)
  // The notebook that was open before would come back, behind this one.
  await page.goto(`${lab.urlOf(name)}&reset`)
  const shown = page.locator(shownOutputs)
  await expect.poll(() => shown.count(), { timeout: 90_000 }).toBe(Object.keys(outputs).length)
  for (const output of await shown.all()) await bringIntoView(output)
  return page
}

test.for(['Light', 'Dark'] as const)('JupyterLab, %s: every output, trusted and not', async (theme) => {
  const html = Object.fromEntries(
    Object.entries(outputs).map(([name, text]) => [name, { 'text/html': text }]),
  )
  writeOutputs(join(folder, 'trusted.ipynb'), html)
  writeOutputs(join(folder, 'untrusted.ipynb'), {
    ...html,
    countdown: { 'text/html': `${outputs.countdown} ` },
  })
  await trust(join(folder, 'trusted.ipynb'))
  await using lab = await startLab(theme)

  await using trusted = await openNotebook(lab, 'trusted.ipynb')
  expect(await trusted.locator(`${shownOutputs} [role=timer]`).count()).toBe(1)
  await keepPicture(trusted, `lab trusted ${theme}`)
  expect(await axeViolations(trusted, shownOutputs)).toEqual([])

  await using page = await openNotebook(lab, 'untrusted.ipynb')
  // The sanitizer has been at work.
  expect(await page.locator(`${shownOutputs} :is([role], [aria-label], svg)`).count()).toBe(0)
  await keepPicture(page, `lab untrusted ${theme}`)
  // With `tabindex` taken away, only browsers that let the keyboard into every box that scrolls (Chromium) do so here.
  const found = await axeViolations(page, shownOutputs)
  expect(found.filter((line) => !line.startsWith('scrollable-region-focusable'))).toEqual([])
  // Whatever is taken away, what is to be done can be done.
  const text = await page.locator('.jp-Notebook').textContent()
  for (const needed of [
    'Sign in to Taegis XDR (api.example.com) as analyst@example.com',
    userCode,
    'Continue only if you started this sign-in yourself',
    'expires in 9 min 55 s',
    "Type 'number' is not assignable",
    'first 100 of 130 rows, 6 columns',
    '1 tenant failed',
    'type Alert2',
  ])
    expect(text).toContain(needed)
  const link = page.getByRole('link', { name: signInUrl })
  expect(await link.getAttribute('href')).toBe(signInUrl)
  const details = page.locator(`${shownOutputs} td details`).first()
  await details.locator('summary').focus()
  await page.keyboard.press('Enter')
  await details.locator('div').waitFor()
})

test('while the countdown goes on, the focus stays on the link', async () => {
  await using sandbox = await startSandbox()
  const source = `import { connect, taegis } from 'xdrlab'
const xdr = await connect(taegis, { region: 'sandbox', username: '${sandbox.user.username}', browser: false })`
  const notebook = notebookOf({ id: 'a', source, execution_count: null })
  notebook.metadata.kernelspec = {
    name: 'xdrlab',
    display_name: 'TypeScript (xdrlab)',
    language: 'typescript',
  }
  writeFileSync(join(folder, 'sign-in.ipynb'), JSON.stringify(notebook))
  await using lab = await startLab('Light', { XDRLAB_SANDBOX_URL: sandbox.origin })
  await using page = await browser.newPage({ viewport: { width: 1000, height: 900 } })
  await OpenNotebook.open(page, lab.urlOf('sign-in.ipynb'))
  await page.locator('.lm-MenuBar-itemLabel', { hasText: /^Run$/ }).click()
  await page.locator('.lm-Menu-itemLabel', { hasText: /^Run All Cells$/ }).click()

  const link = page.locator(`${shownOutputs} a[href*="user_code="]`)
  await link.waitFor()
  await link.focus()
  const timer = page.locator(`${shownOutputs} [role=timer]`)
  const first = await timer.textContent()
  await expect.poll(() => timer.textContent(), { timeout: 30_000 }).not.toBe(first)
  expect(await page.evaluate('document.activeElement.href')).toContain('user_code=')
  expect(await axeViolations(page, shownOutputs)).toEqual([])
  await keepPicture(page, 'lab signing in')

  const address = (await link.getAttribute('href')) ?? ''
  await approveDevice({
    verificationUriComplete: address,
    userCode: new URL(address).searchParams.get('user_code') ?? '',
    user: sandbox.user,
  })
  await page.locator(`${shownOutputs} [role=status]`, { hasText: 'Signed in as' }).waitFor()
  expect(await page.locator(`${shownOutputs}`, { hasText: 'Waiting for the browser' }).count()).toBe(0)
  await keepPicture(page, 'lab signed in')
})
