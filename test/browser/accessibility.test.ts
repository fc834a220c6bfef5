import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { renderPage } from '../../src/notebook/report/page.js'
import { tenantsPage } from '../../src/notebook/run-tenants-page.js'
import { axeViolations } from '../support/axe.js'
import { keepPicture, openChromium } from '../support/chromium.js'
import { looks, pageOf, plainLook } from '../support/front-end-pages.js'
import { htmlOutputs, signInUrl, userCode } from '../support/html-outputs.js'
import { notebookOf, shown } from '../support/notebooks.js'

let browser: Browser
let outputs: Record<string, string>

beforeAll(async () => {
  browser = await openChromium()
  outputs = await htmlOutputs()
})

afterAll(() => browser.close())

describe.for(Object.entries(looks))('%s', ([name, look]) => {
  test('WCAG 2.1 A and AA: every output, opened and closed', async () => {
    await using page = await browser.newPage({ colorScheme: look.colorScheme })
    await page.setContent(pageOf(outputs, look))
    await keepPicture(page, `outputs ${name}`)
    expect(await axeViolations(page, 'main')).toEqual([])
    await page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true')
    expect(await axeViolations(page, 'main')).toEqual([])
  })
})

test('a person without a mouse or without sight can sign in: what the panel says and what it does not', async () => {
  await using page = await browser.newPage()
  await page.setContent(`${outputs['sign-in']}${outputs.countdown}`)
  const tree = await page.locator('body').ariaSnapshot()
  expect(tree).toContain('group "Sign-in to Taegis XDR"')
  expect(tree).toContain(`link "${signInUrl}"`)
  expect(tree).toContain('W, X, Y, Z, dash, 1, 2, 3, 4')
  expect(tree).toContain('img "QR code of the sign-in address"')
  // The code as a word is for the eye alone; the address that is read as a link's name has it too.
  expect(tree.replaceAll(signInUrl, '')).not.toContain(userCode)
  expect(tree).toMatch(/timer: .*expires in 9 min 55 s/)

  // Spoken by itself: that a sign-in waits, once. Neither the code nor the time that is left.
  const spoken = page.locator('[aria-live=polite], [aria-live=assertive], [role=status], [role=alert]')
  expect(await spoken.allTextContents()).toEqual([
    'Sign in to Taegis XDR (api.example.com) as analyst@example.com',
  ])
  expect(await page.locator('[role=timer]').getAttribute('aria-live')).toBe('off')

  await page.keyboard.press('Tab')
  expect(await page.evaluate('document.activeElement.href')).toBe(signInUrl)
  expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).not.toBe('none')
})

test('outputs need no more width than a phone has, nor at 200 %', async () => {
  await using page = await browser.newPage({ viewport: { width: 400, height: 900 } })
  await page.setContent(pageOf(outputs, plainLook))
  await page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true')
  await keepPicture(page, 'outputs narrow')
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(400)
})

test('no output has a script, asks for anything or moves', async () => {
  await using page = await browser.newPage()
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  await page.setContent(pageOf(outputs, plainLook), { waitUntil: 'networkidle' })
  expect(asked).toEqual([])
  expect(await page.locator('main :is(script, iframe, img, link, object, animate, marquee)').count()).toBe(0)
  const moving = `[...document.querySelectorAll('main *')].filter((element) => {
    const { animationName, transitionDuration } = getComputedStyle(element)
    return animationName !== 'none' || transitionDuration !== '0s'
  }).length`
  expect(await page.evaluate(moving)).toBe(0)
})

test.for(['light', 'dark'] as const)(
  'a report of a run, and of one over tenants, in the %s theme',
  async (theme) => {
    const cells = Object.values(outputs).map((html) => ({
      source: 'const a = 1',
      outputs: [shown({ 'text/html': html })],
    }))
    const report = renderPage(notebookOf({ cell_type: 'markdown', source: '# A night' }, ...cells), {
      name: 'night',
      theme,
    })
    const tenants = tenantsPage({
      notebook: 'night.ipynb',
      status: 'error',
      folder: 'night',
      startedAt: '2026-03-01T22:00:00Z',
      endedAt: '2026-03-01T22:01:00Z',
      ms: 60_000,
      version: '1.0.0',
      tenants: [
        { tenant: '50530', name: 'Alder', status: 'ok', cells: 2, cellsRun: 2, ms: 1_000, file: 'a.ipynb' },
        { tenant: '50611', status: 'error', cells: 2, cellsRun: 1, ms: 1_000, file: 'b.ipynb' },
      ],
    })
    for (const html of [report.html, tenants]) {
      // The pages let no program in, and axe is one.
      await using page = await browser.newPage({ colorScheme: theme, bypassCSP: true })
      await page.setContent(html)
      expect(await axeViolations(page, 'html')).toEqual([])
    }
  },
)
