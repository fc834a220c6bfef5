import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeAlerts, makeProcesses, makeSessions } from '../support/chart-rows.js'
import { bringIntoView, openChromium } from '../support/chromium.js'
import { OpenNotebook } from '../support/day-notebook.js'
import { startJupyterLab } from '../support/jupyterlab.js'
import { removeFolder } from '../support/temp-home.js'

/** One cell for each chart, by the name of its picture. */
const cells = {
  'bars-status': "chart.bar(alerts, { x: 'metadata.title', color: 'status' })",
  'bars-severity': "chart.bar(alerts, { x: 'metadata.severity', height: 160 })",
  'bars-numbers': "chart.bar([{ who: 'a', n: -4 }, { who: 'b', n: 7 }, { who: 'c', n: 2 }], { height: 120 })",
  'bars-log': "chart.bar([{ who: 'a', n: 4 }, { who: 'b', n: 70000 }], { log: true, horizontal: true })",
  histogram: "chart.bar(alerts.map((_, i) => ({ bytes: (i * i) % 977 })), { x: 'bytes', height: 140 })",
  lines: "chart.line(alerts, { color: 'status' })",
  hours: 'chart.heatmap(alerts)',
  heatmap: "chart.heatmap(alerts, { x: 'status', y: 'metadata.title' })",
  timeline: "chart.timeline(sessions, { end: 'ended_usec', color: 'event_type' })",
  network: 'chart.network(alerts)',
  'process-tree': 'chart.processTree(processes)',
  alerts: 'chart.alertTimeline(alerts)',
  hostile: 'chart.bar(hostile, { color: \'a"b\\\\": datum, "c\', x: "x[0].y" })',
  image: "chart.bar([{ image: 'https://example.invalid/pixel.png' }], { height: 60 })",
}
const hostileRows = [
  { 'a"b\\": datum, "c': '<img src=x onerror="window.opened=1">', 'x[0].y': "javascript:alert('1')" },
  { 'a"b\\": datum, "c': '\\"+alert(1)+"', 'x[0].y': '</script><script>window.opened=1</script>' },
  { 'a"b\\": datum, "c': '__proto__', 'x[0].y': 'constructor' },
]

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xdrlab-charts-'))
  await writeFile(join(folder, 'charts.ipynb'), JSON.stringify(makeNotebook()))
})

afterAll(() => removeFolder(folder))

test.for(['Light', 'Dark'])('JupyterLab draws every kind of chart in its %s theme', async (theme) => {
  const settings = join(folder, `settings-${theme}`)
  await mkdir(join(settings, '@jupyterlab', 'apputils-extension'), { recursive: true })
  await writeFile(
    join(settings, '@jupyterlab', 'apputils-extension', 'themes.jupyterlab-settings'),
    JSON.stringify({ theme: `JupyterLab ${theme}` }),
  )
  await using lab = await startJupyterLab(folder, {
    XDRLAB_HOME: join(folder, 'home'),
    JUPYTERLAB_SETTINGS_DIR: settings,
  })
  await using browser = await openChromium()
  // High enough for all cells: JupyterLab draws only what is in sight.
  const page = await browser.newPage({ viewport: { width: 1000, height: 8000 } })
  const complaints: string[] = []
  const requests: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || /vega|datum|scale/i.test(message.text()))
      complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('request', (request) => requests.push(request.url()))
  await OpenNotebook.open(page, lab.urlOf('charts.ipynb'))
  await page.locator('.lm-MenuBar-itemLabel', { hasText: /^Run$/ }).click()
  await page.locator('.lm-Menu-itemLabel', { hasText: /^Run All Cells$/ }).click()

  const count = Object.keys(cells).length
  const drawn = page.locator('.jp-OutputArea-output .vega-embed canvas')
  await expect.poll(() => drawn.count(), { timeout: 90_000 }).toBe(count)
  await bringIntoView(page.locator('.jp-OutputArea-output img[src^="data:image/svg"]'))
  expect(await page.locator('.jp-OutputArea-output .vega-embed .error').count()).toBe(0)
  // A chart that is drawn has more than one colour.
  for (let i = 0; i < count; i++) expect(await coloursOf(page, i), Object.keys(cells)[i]).toBeGreaterThan(1)
  await keepPictures(page, theme.toLowerCase())
  await expect.poll(() => findTooltip(page), { timeout: 30_000 }).toContain('metadata.title')
  expect(await page.evaluate('window.opened')).toBeUndefined()
  expect(complaints.filter(isAboutCharts)).toEqual([])
  expect(requests.filter((url) => url.includes('example.invalid'))).toEqual([])
})

/**
 * Whether a line of the console is a complaint of the charts: JupyterLab's own note of a slow start names the
 * Vega plugin too.
 */
function isAboutCharts(text: string): boolean {
  return /vega|datum|expression|scale/i.test(text) && !/\btook [\d.]+ms to activate/.test(text)
}

function makeNotebook() {
  const first = [
    "import { chart, display } from 'xdrlab'",
    `const alerts = ${JSON.stringify(makeAlerts(300))}`,
    `const sessions = ${JSON.stringify(makeSessions())}`,
    `const processes = ${JSON.stringify(makeProcesses())}`,
    `const hostile = ${JSON.stringify(hostileRows)}`,
  ].join('\n')
  const svg = 'display.svg(await chart.alertTimeline(alerts).svg())'
  const cell = (source: string, i: number) => ({
    cell_type: 'code',
    id: `cell-${i}`,
    metadata: i === 0 ? { jupyter: { source_hidden: true } } : {},
    execution_count: null,
    outputs: [],
    source,
  })
  return {
    cells: [first, ...Object.values(cells), svg].map(cell),
    metadata: { kernelspec: { name: 'xdrlab', display_name: 'TypeScript (xdrlab)', language: 'typescript' } },
    nbformat: 4,
    nbformat_minor: 5,
  }
}

/** Moves over the first chart until something is told. */
async function findTooltip(page: Page): Promise<string> {
  const canvas = page.locator('.vega-embed canvas').first()
  const tooltip = page.locator('#vg-tooltip-element.visible')
  for (let y = 20; y < 160; y += 10) {
    await canvas.hover({ position: { x: 300, y } })
    if (await tooltip.isVisible()) return (await tooltip.textContent()) ?? ''
  }
  return ''
}

/** Different colours among the points of a canvas. */
async function coloursOf(page: Page, index: number): Promise<unknown> {
  return page.evaluate(`(() => {
    const canvas = document.querySelectorAll('.vega-embed canvas')[${index}]
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
    return new Set(new Uint32Array(data.buffer)).size
  })()`)
}

/** Pictures for people to look at, when `XDRLAB_SCREENSHOTS` names a folder. */
async function keepPictures(page: Page, theme: string): Promise<void> {
  const into = process.env.XDRLAB_SCREENSHOTS
  if (!into) return
  const names = Object.keys(cells)
  for (const [i, output] of (await page.locator('.jp-OutputArea-output .vega-embed').all()).entries()) {
    await output.screenshot({ path: join(into, `${names[i]}-${theme}.png`) })
  }
  const image = page.locator('.jp-OutputArea-output img[src^="data:image/svg"]')
  await image.screenshot({ path: join(into, `svg-${theme}.png`) })
  await page.screenshot({ path: join(into, `all-${theme}.png`) })
}
