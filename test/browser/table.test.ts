import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tableView } from '../../src/results/table.js'
import { table } from '../../src/results/table-function.js'
import { bringIntoView, keepPicture, openChromium } from '../support/chromium.js'
import { startJupyterLab } from '../support/jupyterlab.js'
import { removeFolder } from '../support/temp-home.js'

/** Each of these says so when it is executed. */
const hostile = [
  '<script>window.hit = 1</script>',
  '<img src=x onerror="window.hit = 2">',
  '"><svg onload="window.hit = 3">',
  '</td></tr></table><iframe srcdoc="<script>parent.hit = 4</script>"></iframe>',
  '<details open ontoggle="window.hit = 5"><summary>x</summary></details>',
  `' onmouseover='window.hit = 6' onfocus='window.hit = 6' autofocus x='`,
  '<style>* { display: none }</style>',
  '<a href="javascript:window.hit = 7">x</a>',
  '&lt;script&gt;window.hit = 8&lt;/script&gt;',
  '<!-- <script>window.hit = 9</script>',
]

const rows = Array.from({ length: 300 }, (_, i) => ({
  id: i,
  text: hostile[i % hostile.length],
  long: `${hostile[i % hostile.length]}${' and more of it'.repeat(20)}`,
  nested: [{ value: hostile[i % hostile.length] }],
  at: '2026-01-15T12:00:00Z',
  wide: 'x'.repeat(79),
  ...Object.fromEntries(hostile.map((name) => [name, name])),
}))

let browser: Browser
let folder: string

beforeAll(async () => {
  browser = await openChromium()
  folder = await mkdtemp(join(tmpdir(), 'xdrlab-table-'))
})

afterAll(async () => {
  await browser.close()
  removeFolder(folder)
})

/** Opens everything that can be opened, and moves over everything. Text, since the tests know no browser's types. */
const touchEverything = `
  for (const details of document.querySelectorAll('details')) details.open = true
  for (const element of document.querySelectorAll('td, th, td *, th *')) {
    for (const type of ['mouseover', 'focus', 'click']) element.dispatchEvent(new Event(type, { bubbles: true }))
  }
  // Two frames later images have failed and frames have loaded, since there is no network to wait for.
  new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))`

const hitOf = (page: Page) => page.evaluate('window.hit')

const groundOf = (page: Page) =>
  page.evaluate(`getComputedStyle(document.querySelector('thead')).backgroundColor`)

test('no markup of a value, a name or a title is executed', async () => {
  await using page = await browser.newPage()
  await page.setContent('<p>proof</p><script>window.hit = 0</script><img src=x onerror="window.hit += 1">')
  await expect.poll(() => hitOf(page)).toBe(1)

  await page.setContent(
    `<script>window.hit = 'none'</script>${table(rows, { title: hostile.join('') }).toHTML()}`,
  )
  await page.evaluate(touchEverything)
  expect(await page.locator('tbody tr').count()).toBe(101)
  expect(await page.locator('tbody td').first().isVisible()).toBe(true)
  // The page's own script, and the table's own style of what is printed.
  expect(await page.locator('script, img, svg, iframe, a').count()).toBe(1)
  const styles = await page.locator('style').allTextContents()
  expect(styles.map((style) => style.replace(/\{.*/, ''))).toEqual(['@media print'])
  expect(await hitOf(page)).toBe('none')
})

test('a wide and long table scrolls in its box, by keyboard too, below a head that stays', async () => {
  await using page = await browser.newPage({ viewport: { width: 800, height: 900 } })
  await page.setContent(tableView(rows)?.html ?? '')
  await page.getByRole('region', { name: 'first 100 of 300 rows, 16 columns' }).waitFor()
  const measure = (it: string) =>
    page.evaluate(`(() => {
    const box = document.querySelector('[role=region]')
    return ${it}
  })()`)
  expect(await measure('box.scrollWidth > box.clientWidth && box.scrollHeight > box.clientHeight')).toBe(true)
  expect(await measure('document.documentElement.scrollWidth')).toBe(800)

  await page.keyboard.press('Tab')
  expect(await measure('document.activeElement === box')).toBe(true)
  await page.keyboard.press('End')
  await expect.poll(() => measure('box.scrollTop')).toBeGreaterThan(500)
  const distance = `box.querySelector('th').getBoundingClientRect().top - box.getBoundingClientRect().top`
  expect(await measure(distance)).toBeCloseTo(0, 0)
  // No row shines through.
  expect(await groundOf(page)).toBe('rgb(255, 255, 255)')
})

test('on paper all rows and columns of a table are there, and none beside the page', async () => {
  await using page = await browser.newPage({ viewport: { width: 794, height: 1123 } })
  await page.emulateMedia({ media: 'print' })
  await page.setContent(tableView(rows.map(({ id, text, long, at }) => ({ id, text, long, at })))?.html ?? '')
  const box = page.getByRole('region', { name: 'first 100 of 300 rows, 4 columns' })
  await box.waitFor()
  const isWhole = `(() => {
    const box = document.querySelector('[role=region]')
    return box.scrollHeight === box.clientHeight && box.clientHeight > 2000
  })()`
  expect(await page.evaluate(isWhole)).toBe(true)
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(794)
})

test('the head takes the ground of the theme', async () => {
  await using page = await browser.newPage()
  const groundIn = async (style: string) => {
    await page.setContent(`<style>${style}</style>${tableView(rows)?.html}`)
    return groundOf(page)
  }
  expect(await groundIn(':root { --jp-layout-color0: #111 }')).toBe('rgb(17, 17, 17)')
  expect(await groundIn(':root { --vscode-editor-background: #1e1e1e }')).toBe('rgb(30, 30, 30)')
  expect(await groundIn(':root { color-scheme: dark }')).not.toBe('rgb(255, 255, 255)')
})

test('in a notebook that JupyterLab does not trust, contents open and nothing is executed', async () => {
  const notebook = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: 'xdrlab', display_name: 'TypeScript (xdrlab)' } },
    cells: [
      {
        id: 'a',
        cell_type: 'code',
        source: 'rows',
        metadata: {},
        execution_count: 1,
        outputs: [
          {
            output_type: 'execute_result',
            execution_count: 1,
            metadata: {},
            data: tableView(rows)?.bundle(),
          },
        ],
      },
    ],
  }
  await writeFile(join(folder, 'table.ipynb'), JSON.stringify(notebook))
  await using lab = await startJupyterLab(folder, { XDRLAB_HOME: join(folder, 'home') })
  await using page = await browser.newPage({ viewport: { width: 1280, height: 1000 }, colorScheme: 'dark' })
  page.setDefaultTimeout(90_000)
  await page.goto(lab.urlOf('table.ipynb'))
  const output = page.locator('.jp-OutputArea-output')
  await bringIntoView(output.locator('table'))
  // The sanitizer has been at work.
  expect(await output.locator('[tabindex], [role]').count()).toBe(0)
  expect(await output.locator('caption').textContent()).toMatch(
    /^first 100 of 300 rows, 16 columns, times in/,
  )
  expect(await output.locator('tbody time').first().getAttribute('title')).toBe('2026-01-15T12:00:00Z')

  const details = output.locator('tbody details').first()
  const whole = details.locator('div')
  expect(await whole.isVisible()).toBe(false)
  await details.locator('summary').click()
  await whole.waitFor({ state: 'visible' })
  expect(await whole.textContent()).toBe(rows[0]?.long)
  await keepPicture(page, 'table-untrusted')
  await page.evaluate(touchEverything)
  expect(await hitOf(page)).toBeUndefined()
})
