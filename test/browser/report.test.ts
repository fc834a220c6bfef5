import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Notebook } from '../../src/notebook/notebook-file.js'
import { renderPage, type Theme } from '../../src/notebook/report/page.js'
import { tableView } from '../../src/results/table.js'
import { findChromium } from '../support/capabilities.js'
import { keepPicture, openChromium } from '../support/chromium.js'
import { openHome } from '../support/cli.js'
import { hostileHtml } from '../support/hostile-html.js'
import { notebookOf, printedBy, shown } from '../support/notebooks.js'
import { type TempFolder, tempFolder } from '../support/temp-home.js'

const rows = (count: number, columns: number) =>
  Array.from({ length: count }, (_, row) =>
    Object.fromEntries(Array.from({ length: columns }, (_, at) => [`column ${at}`, `value ${row} of ${at}`])),
  )

/** All that a report has: texts, code, tables, a drawing, colours, an error. */
const notebook = (): Notebook => {
  const made = notebookOf(
    {
      cell_type: 'markdown',
      source: '# A night at the desk\n\nWhat came in, with a [link](https://example.com).',
    },
    { source: "const region = 'eu' // where", metadata: { tags: ['parameters'] } },
    { cell_type: 'markdown', source: '## Tables\n\n| a | b |\n|---|--:|\n| 1 | 2 |' },
    { source: 'narrow', outputs: [shown(tableView(rows(90, 3))?.bundle() ?? {})] },
    { source: 'wide', outputs: [shown(tableView(rows(90, 14))?.bundle() ?? {})] },
    { cell_type: 'markdown', source: '## Drawings' },
    {
      outputs: [
        shown({
          'image/svg+xml':
            '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="80"><rect width="300" height="80" fill="teal"/></svg>',
        }),
      ],
    },
    { cell_type: 'markdown', source: '## Logs' },
    { outputs: [printedBy('stdout', '\u001b[32mgood\u001b[0m'), printedBy('stderr', 'careful')] },
    {
      outputs: [
        { output_type: 'error', ename: 'Error', evalue: 'no', traceback: ['Error: no', '  at cell'] },
      ],
    },
  )
  made.metadata.xdrlab_run = { startedAt: '2026-03-01T22:00:00Z', ms: 4_200, status: 'error' }
  return made
}

let browser: Browser
let folder: TempFolder

beforeAll(async () => {
  browser = await openChromium()
  folder = tempFolder()
})

afterAll(async () => {
  await browser.close()
  folder[Symbol.dispose]()
})

/** Opens a page as a file, and keeps what it asks for and complains of. */
async function open(html: string, options: Parameters<Browser['newPage']>[0] = {}) {
  const path = join(folder.path, `${Math.random()}.html`)
  writeFileSync(path, html)
  const page = await browser.newPage({ viewport: { width: 1100, height: 900 }, ...options })
  const asked: string[] = []
  page.on('request', (request) => {
    if (!/^(?:data|file):/.test(request.url())) asked.push(request.url())
  })
  await page.goto(pathToFileURL(path).href)
  return { page, asked, [Symbol.asyncDispose]: () => page.close() }
}

const hitOf = (page: Page) => page.evaluate('window.hit')
/** Text, since the tests know no browser's types. */
const touchEverything = `
  for (const element of document.querySelectorAll('body *')) {
    for (const type of ['mouseover', 'focus', 'toggle']) element.dispatchEvent(new Event(type, { bubbles: true }))
    if (element.localName === 'a' && !/^https?:/.test(element.href)) element.click()
  }
  new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))`
const withoutPolicy = (html: string) => html.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, '')

test('nothing of others runs, asks for anything or covers the page: each wall stands alone', async () => {
  const cells = hostileHtml.flatMap((html) => [
    { outputs: [shown({ 'text/html': html })] },
    { cell_type: 'markdown' as const, source: `text\n\n${html}\n\nmore` },
  ])
  const { html } = renderPage(notebookOf(...cells), { name: 'hostile' })
  for (const made of [html, withoutPolicy(html)]) {
    await using opened = await open(made)
    const { page, asked } = opened
    await page.evaluate(touchEverything)
    expect(await hitOf(page)).toBeUndefined()
    expect(asked).toEqual([])
    const strange =
      'script, iframe, svg, object, embed, form, input, link, base, video, main style, [id=main]'
    expect(await page.locator(strange).count()).toBe(0)
    const covering = `[...document.querySelectorAll('main *')].filter((e) => getComputedStyle(e).position === 'fixed').length`
    expect(await page.evaluate(covering)).toBe(0)
    expect(await page.locator('h1').isVisible()).toBe(true)
  }
  // The policy by itself, over what the first wall would have taken away; without it, the proof that this is hostile.
  const raw = html.replace('<main>', `<main>${hostileHtml.slice(0, 8).join('')}`)
  await using guarded = await open(raw)
  await guarded.page.evaluate(touchEverything)
  expect(await hitOf(guarded.page)).toBeUndefined()
  await using bare = await open(withoutPolicy(raw))
  await expect.poll(() => hitOf(bare.page)).toBeDefined()
})

const luminance = `(color) => { const [r, g, b] = color.match(/[\\d.]+/g).map((v) => { const c = v / 255; return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4 }); return 0.2126 * r + 0.7152 * g + 0.0722 * b }`
/** The least contrast (WCAG 2) of all words on their ground. */
const leastContrast = `(() => {
  const luminance = ${luminance}
  const groundOf = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const ground = getComputedStyle(at).backgroundColor
      if (/^rgb\\(/.test(ground)) return ground
    }
    return 'rgb(255, 255, 255)'
  }
  let least = 99
  for (const element of document.querySelectorAll('body *')) {
    if (![...element.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim())) continue
    const [a, b] = [getComputedStyle(element).color, groundOf(element)].map(luminance)
    least = Math.min(least, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05))
  }
  return least
})()`

test.each<[Theme, 'light' | 'dark', string]>([
  ['light', 'dark', 'rgb(255, 255, 255)'],
  ['dark', 'light', 'rgb(13, 17, 23)'],
  ['auto', 'light', 'rgb(255, 255, 255)'],
  ['auto', 'dark', 'rgb(13, 17, 23)'],
])('the theme %s for a reader of the %s one is to be read', async (theme, colorScheme, ground) => {
  const { html } = renderPage(notebook(), { name: 'night', theme })
  await using opened = await open(html, { colorScheme })
  const { page } = opened
  expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe(ground)
  expect(await page.evaluate(leastContrast)).toBeGreaterThanOrEqual(4.5)
  await keepPicture(page, `report-${theme}-${colorScheme}`)
})

test('the contents lead to their places, and no table makes the page wider', async () => {
  await using opened = await open(renderPage(notebook(), { name: 'night' }).html)
  const { page } = opened
  for (const link of await page.locator('nav a').all()) {
    const id = decodeURIComponent((await link.getAttribute('href')) ?? '').slice(1)
    expect(await page.locator(`[id="${id}"]`).textContent()).toBe(await link.textContent())
  }
  expect(await page.locator('nav a').count()).toBe(3)
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
  await page.setViewportSize({ width: 360, height: 700 })
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
})

test('on paper every row of a table is there, and nothing is cut at the side', async () => {
  await using opened = await open(renderPage(notebook(), { name: 'night', theme: 'dark' }).html, {
    viewport: { width: 680, height: 1000 },
    colorScheme: 'dark',
  })
  const { page } = opened
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
  expect(await page.evaluate('getComputedStyle(document.body).color')).toBe('rgb(31, 35, 40)')
  const clipped = `[...document.querySelectorAll('main *')].filter((e) => e.scrollHeight > e.clientHeight + 2 && getComputedStyle(e).overflowY !== 'visible' && e.clientHeight > 0).length`
  expect(await page.evaluate(clipped)).toBe(0)
  const beyond = `[...document.querySelectorAll('section:not(.wide) td')].filter((e) => e.getBoundingClientRect().right > innerWidth).length`
  expect(await page.evaluate(beyond)).toBe(0)
  await keepPicture(page, 'report-print')
})

test('a PDF is printed by the browser of the machine: upright pages, wide tables across', async () => {
  await using home = openHome({ XDRLAB_CHROMIUM: findChromium() ?? '' })
  home.write('night.ipynb', JSON.stringify(notebook()))
  const { status, stderr } = await home.run(['report', 'night.ipynb', '--to', 'pdf'])
  expect({ status, stderr }).toMatchObject({ status: 0 })
  const pdf = readFileSync(home.path('night.pdf'), 'latin1')
  expect(pdf).toMatch(/^%PDF-/)
  const boxes = [...pdf.matchAll(/\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/g)].map(([, width, height]) =>
    Number(width) > Number(height) ? 'across' : 'upright',
  )
  expect(boxes[0]).toBe('upright')
  expect(boxes).toContain('across')
  expect(boxes.at(-1)).toBe('upright')
  expect(home.leftInTemp()).toEqual([])
})
