import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packageRoot } from '../../src/package.js'
import { bringIntoView, keepPicture, openChromium } from '../support/chromium.js'
import { program } from '../support/cli.js'
import { findSecrets } from '../support/day-files.js'
import { OpenNotebook } from '../support/day-notebook.js'
import { type DaySandbox, startDaySandbox } from '../support/day-sandbox.js'
import { type JupyterLab, startJupyterLab } from '../support/jupyterlab.js'
import { removeFolder } from '../support/temp-home.js'

const wholeDayMs = 480_000
const window = { width: 1280, height: 1000 }

interface Day {
  name: string
  frontEnd: 'JupyterLab' | 'Notebook 7'
  theme: 'JupyterLab Light' | 'JupyterLab Dark'
  browser: BrowserContextOptions
}

const days: Day[] = [
  { name: 'light', frontEnd: 'JupyterLab', theme: 'JupyterLab Light', browser: { viewport: window } },
  {
    name: 'dark',
    frontEnd: 'JupyterLab',
    theme: 'JupyterLab Dark',
    browser: { viewport: window, colorScheme: 'dark' },
  },
  {
    name: 'zoomed',
    frontEnd: 'JupyterLab',
    theme: 'JupyterLab Light',
    // What Ctrl and + do to a window of the same size, at 200 %.
    browser: { viewport: { width: window.width / 2, height: window.height / 2 }, deviceScaleFactor: 2 },
  },
  { name: 'notebook7', frontEnd: 'Notebook 7', theme: 'JupyterLab Light', browser: { viewport: window } },
]

let folder: string
let sandbox: DaySandbox
let lab: JupyterLab
let browser: Browser

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xdrlab-day-'))
  await mkdir(join(folder, 'notebooks'))
  sandbox = await startDaySandbox()
  lab = await startJupyterLab(join(folder, 'notebooks'), environment())
  browser = await openChromium()
})

afterAll(async () => {
  await browser.close()
  await lab[Symbol.asyncDispose]()
  await sandbox[Symbol.asyncDispose]()
  removeFolder(folder)
})

test.for(days)('an analyst’s day in $frontEnd ($name)', { timeout: wholeDayMs }, async (day) => {
  // Whoever was here before has signed out.
  await promisify(execFile)(process.execPath, [program, 'logout', '--all'], {
    env: { ...process.env, ...environment() },
  })
  const file = `${day.name}.ipynb`
  await copyFile(join(packageRoot, 'notebooks', '01-getting-started.ipynb'), join(folder, 'notebooks', file))
  await using context = await browser.newContext(day.browser)
  const page = await context.newPage()
  const url = day.frontEnd === 'Notebook 7' ? lab.urlInNotebook7(file) : lab.urlOfAlone(file)
  const notebook = await OpenNotebook.open(page, url)
  await notebook.choose('Settings', 'Theme', day.theme)
  if (day.name === 'zoomed') await page.keyboard.press('Control+b')
  const picture = (name: string, of: Page = page) => keepPicture(of, `day-${day.name}-${name}`)

  try {
    await signIn(notebook, context, picture)
    await lookAtAlerts(notebook, picture)
    await completeAndRead(notebook, picture)
    await seeTypeWarning(notebook, picture)
    await stopLongReading(notebook, picture)
    await notebook.save()
    await expectNoSecrets()
    await restart(notebook, picture)
    await notebook.save()
    await expectNoSecrets()
  } catch (error) {
    await picture('failed')
    throw error
  }
})

type Picture = (name: string, of?: Page) => Promise<void>

function environment() {
  return { XDRLAB_HOME: join(folder, 'home'), XDRLAB_SANDBOX_URL: sandbox.origin }
}

/** Runs the template's first cells; everything that a person must see to sign in safely is looked for. */
async function signIn(notebook: OpenNotebook, context: BrowserContext, picture: Picture): Promise<void> {
  const { user, origin, secrets } = sandbox
  await notebook.cell('const region').run()
  const cell = notebook.cell('connect(taegis')
  await cell.start()
  await cell.input.waitFor()
  await picture('1-username')
  await cell.input.fill(user.username)
  await cell.input.press('Enter')

  const output = await cell.see(`(${new URL(origin).host})`)
  const link = output.getByRole('link')
  const code = (await output.locator('code').textContent()) ?? ''
  expect(code).toMatch(/^[A-Z]{4}-[A-Z]{4}$/)
  expect([...secrets.values()]).toContain(code)
  expect(await link.textContent()).toContain(`user_code=${code}`)
  await bringIntoView(output.getByRole('img', { name: /QR code/ }))
  // A display of its own below, so that only it is drawn anew.
  const timer = cell.outputs.getByRole('timer')
  const first = await timer.textContent()
  expect(first).toMatch(/the code expires in \d+ (min|s)/)
  await expect.poll(() => timer.textContent(), { timeout: 60_000 }).not.toBe(first)
  await bringIntoView(output.locator('code'))
  await picture('2-code')

  const [tab] = await Promise.all([context.waitForEvent('page'), link.click()])
  tab.setDefaultTimeout(90_000)
  await tab.getByText(code).waitFor()
  await picture('3-confirm', tab)
  await tab.getByRole('button', { name: 'Confirm' }).click()
  await tab.getByLabel('Username').fill(user.username)
  await tab.getByLabel('Password').fill(user.password)
  const oneTimeCode = user.currentCode()
  secrets.set('one-time code', oneTimeCode)
  await tab.getByLabel('One-time code').fill(oneTimeCode)
  await picture('4-log-in', tab)
  await tab.getByRole('button', { name: 'Sign in' }).click()
  await tab.getByRole('button', { name: 'Allow' }).click()
  await tab.getByRole('heading', { name: 'You are signed in' }).waitFor()
  await tab.close()

  await cell.see(`Signed in as ${user.username}`)
  await cell.untilRun()
  expect(await cell.outputs.getByText(code).count()).toBe(0)
  await picture('5-signed-in')
}

/** The template's own cells: who one is, alerts as a table, counts as a chart, a line of text. */
async function lookAtAlerts(notebook: OpenNotebook, picture: Picture): Promise<void> {
  await notebook.cell('const me').run()
  const search = notebook.cell('const search')
  await search.run()
  const output = await search.see('metadata.severity')
  await bringIntoView(output.getByRole('table').getByRole('columnheader', { name: 'metadata.title' }))
  await bringIntoView(output.locator('tbody td').first())
  expect(await output.locator('tbody tr').count()).toBe(10)
  await picture('6-table')

  await notebook.cell('const titles').run()
  const bars = notebook.cell('chart.bar')
  await bars.run()
  await bringIntoView(bars.outputs.locator('.vega-embed canvas'))
  await picture('7-chart')
  await notebook.cell('const titles').bringToTop()
  await picture('7-table-and-chart')
  await notebook.cell('severityOf').run()
  await notebook.cell('severityOf').see('The worst of them')
}

/** A field is completed by Tab, read by Shift-Tab, and sent. */
async function completeAndRead(notebook: OpenNotebook, picture: Picture): Promise<void> {
  const { page } = notebook
  const cell = await notebook.append(
    'await xdr.query(gql`query {\n' +
      '  alertsServiceSearch(in: { cql_query: "FROM alert EARLIEST=-1d", limit: 3 }) {\n' +
      '    alerts { list { id se',
  )
  await page.keyboard.press('Tab')
  const menu = page.locator('.jp-Completer')
  await menu.getByText('sensor_types').waitFor()
  await picture('8-completion')
  await menu.getByText('sensor_types').click()
  await expect.poll(() => cell.editor.textContent()).toMatch(/\{ id sensor_types$/)

  await page.keyboard.press('Shift+Tab')
  const hover = page.locator('.jp-Tooltip')
  await hover.getByText('sensor_types').first().waitFor()
  await picture('9-hover')
  await page.keyboard.press('Escape')

  await cell.write(' } } } }`)')
  await cell.run()
  const output = await cell.see('sensor_types')
  expect(await output.locator('tbody tr').count()).toBe(3)
}

async function seeTypeWarning(notebook: OpenNotebook, picture: Picture): Promise<void> {
  const cell = await notebook.append('me.currentTDRUser?.emial')
  await cell.run()
  await cell.see("Did you mean 'email'?")
  await picture('10-type-warning')
}

/** The stop button ends a long reading; what had come is there to be worked with. */
async function stopLongReading(notebook: OpenNotebook, picture: Picture): Promise<void> {
  using _slow = sandbox.slowDown()
  const reading = await notebook.append(
    "const quarter = xdr.alerts('FROM alert EARLIEST=-90d')\nawait quarter.toArray()",
  )
  await reading.start()
  await reading.see(/\d of [\d,]+ rows/)
  await picture('11-reading')
  await notebook.page.getByRole('button', { name: 'Interrupt the kernel' }).click()
  await reading.see('the cell was interrupted')
  const stopped = await reading.see('rows read, then stopped')
  const read = /([\d,]+) rows read/.exec((await stopped.textContent()) ?? '')?.[1]
  await picture('12-stopped')

  const look = await notebook.append('quarter.collected')
  await look.run()
  const rows = await look.see('metadata.title')
  expect(await rows.textContent()).toContain(`of ${read} rows`)
  await bringIntoView(rows.locator('tbody td').first())
  await picture('13-kept')
}

/** Nothing but the store holds a secret; that the store does, shows that they were looked for rightly. */
async function expectNoSecrets(): Promise<void> {
  const { secrets } = sandbox
  const found = await findSecrets(folder, secrets)
  const inStore = (place: string) => place.startsWith(join('home', 'profiles'))
  expect(found.filter((place) => !inStore(place))).toEqual([])
  expect(found.filter(inStore).map((place) => place.replace(/^.*: (\w+).*$/, '$1'))).toEqual(
    expect.arrayContaining(['access_token', 'refresh_token']),
  )
}

/** With all outputs cleared, so that what is seen then is new. */
async function restart(notebook: OpenNotebook, picture: Picture): Promise<void> {
  const { page } = notebook
  await notebook.choose('Kernel', 'Restart Kernel and Clear Outputs of All Cells…')
  const dialog = page.getByRole('dialog')
  await Promise.all([notebook.untilKernelAnswers(), dialog.getByText('Restart', { exact: true }).click()])
  const cell = notebook.cell('connect(taegis')
  await expect.poll(() => cell.outputs.count(), { timeout: 60_000 }).toBe(0)
  await notebook.untilIdle()
  await notebook.cell('const region').run()
  await cell.run()
  await cell.see(`Signed in as ${sandbox.user.username}`)
  expect(await cell.input.count()).toBe(0)
  await notebook.cell('const me').run()
  await notebook.cell('const me').see(sandbox.user.username)
  await picture('14-restarted')
}
