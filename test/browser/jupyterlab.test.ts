import { execFile } from 'node:child_process'
import { copyFile, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packageRoot } from '../../src/package.js'
import { startSandbox } from '../../src/sandbox/index.js'
import { bringIntoView, keepPicture, openChromium } from '../support/chromium.js'
import { OpenNotebook } from '../support/day-notebook.js'
import { startJupyterLab } from '../support/jupyterlab.js'
import { removeFolder } from '../support/temp-home.js'

const template = '01-getting-started.ipynb'
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xdrlab-lab-'))
  await copyFile(join(packageRoot, 'notebooks', template), join(folder, template))
})

afterAll(() => removeFolder(folder))

test('an analyst signs in and sees alerts in JupyterLab, and the saved notebook holds no code and no token', async () => {
  await using sandbox = await startSandbox()
  await using lab = await startJupyterLab(folder, {
    XDRLAB_HOME: join(folder, 'home'),
    XDRLAB_SANDBOX_URL: sandbox.origin,
  })
  await using browser = await openChromium()
  const context = await browser.newContext({ viewport: { width: 1280, height: 1000 } })
  context.setDefaultTimeout(90_000)
  const page = await context.newPage()
  await OpenNotebook.open(page, lab.urlOf(template))
  await runAllCells(page)

  const input = page.locator('.jp-Stdin-input')
  await input.waitFor()
  await keepPicture(page, '1-username')
  await input.fill(sandbox.user.username)
  await input.press('Enter')

  const link = page.locator('.jp-OutputArea-output a[href*="user_code="]')
  await link.waitFor()
  const code = (await page.locator('.jp-OutputArea-output code[aria-hidden=true]').textContent()) ?? ''
  expect(code).toMatch(/^[A-Z]{4}-[A-Z]{4}$/)
  await expectVisible(page, `(${new URL(sandbox.origin).host})`)
  await keepPicture(page, '2-code')

  const [tab] = await Promise.all([context.waitForEvent('page'), link.click()])
  await tab.getByText(code).waitFor()
  await keepPicture(tab, '3-confirm')
  await tab.getByRole('button', { name: 'Confirm' }).click()
  await tab.getByLabel('Username').fill(sandbox.user.username)
  await tab.getByLabel('Password').fill(sandbox.user.password)
  await tab.getByLabel('One-time code').fill(sandbox.user.currentCode())
  await keepPicture(tab, '4-log-in')
  await tab.getByRole('button', { name: 'Sign in' }).click()
  await tab.getByRole('button', { name: 'Allow' }).click()

  await expectVisible(page, `Signed in as ${sandbox.user.username}`)
  await bringIntoView(page.locator('.jp-OutputArea-output table td').first())
  await expectVisible(page, 'The worst of them')
  await bringIntoView(page.locator('.jp-OutputArea-output table').first())
  await keepPicture(page, '5-alerts')
  expect(await page.locator('.jp-OutputArea-output').getByText(code).count()).toBe(0)

  await page.keyboard.press('Control+s')
  const file = join(folder, template)
  const read = () => readFile(file, 'utf8')
  await expect.poll(read, { timeout: 60_000 }).toContain(`Signed in as ${sandbox.user.username}`)
  const saved = await read()
  expect(saved).not.toContain(code)
  expect(saved).not.toContain('user_code')
  expect(saved).not.toMatch(/eyJ[\w-]+\.[\w-]+/)
})

test('a notebook that xdrlab run has executed opens in JupyterLab with its tables', async () => {
  const executed = 'executed.ipynb'
  const main = join(packageRoot, 'dist', 'bin', 'xdrlab.cjs')
  const args = [
    main,
    'run',
    join(packageRoot, 'notebooks', template),
    '--approve',
    '-o',
    join(folder, executed),
  ]
  await promisify(execFile)(process.execPath, args, {
    env: { ...process.env, XDRLAB_HOME: join(folder, 'run-home') },
    // What it printed until then is in the error.
    timeout: 120_000,
  })
  await using lab = await startJupyterLab(folder, {})
  await using browser = await openChromium()
  const page = await browser.newPage({ viewport: { width: 1280, height: 1000 }, colorScheme: 'dark' })
  page.setDefaultTimeout(90_000)
  await page.goto(lab.urlOf(executed))
  await bringIntoView(page.locator('.jp-OutputArea-output table td').first())
  await expectVisible(page, 'Signed in as ')
  // Those of a chart's menu lead nowhere.
  expect(await page.locator('.jp-OutputArea-output a[href^="http"]').count()).toBe(0)
  await keepPicture(page, '6-executed')
})

test('members of what may be nothing are completed by ?., in place of the dot', async () => {
  const file = 'maybe.ipynb'
  const kernelspec = { name: 'xdrlab', display_name: 'TypeScript (xdrlab)', language: 'typescript' }
  const empty = { nbformat: 4, nbformat_minor: 5, metadata: { kernelspec }, cells: [] }
  await writeFile(join(folder, file), JSON.stringify(empty))
  await using lab = await startJupyterLab(folder, { XDRLAB_HOME: join(folder, 'home') })
  await using browser = await openChromium()
  const notebook = await OpenNotebook.open(await browser.newPage(), lab.urlOf(file))
  const { page } = notebook
  const declaring = await notebook.append(
    'const hosts = [{ name: "db-01", portOpen: 5432 }]\nconst wrong: number = "text"',
  )
  await declaring.run()
  // TypeScript is there.
  await declaring.see('not assignable')
  const cell = await notebook.append('hosts.find(({ name }) => name === "db-01").')
  await page.keyboard.press('Tab')
  const proposal = page.locator('.jp-Completer').getByText('?.portOpen')
  await proposal.waitFor()
  await keepPicture(page, '7-maybe')
  await proposal.click()
  await expect
    .poll(() => cell.editor.textContent())
    .toBe('hosts.find(({ name }) => name === "db-01")?.portOpen')
  await cell.run()
  await cell.see('5432')
})

async function runAllCells(page: Page): Promise<void> {
  await page.locator('.lm-MenuBar-itemLabel', { hasText: /^Run$/ }).click()
  await page.locator('.lm-Menu-itemLabel', { hasText: /^Run All Cells$/ }).click()
}

async function expectVisible(page: Page, text: string): Promise<void> {
  await bringIntoView(page.locator('.jp-OutputArea-output', { hasText: text }).first())
}
