import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { axeViolations } from '../support/axe.js'
import { keepPicture, openChromium } from '../support/chromium.js'
import { looks, pageOf } from '../support/front-end-pages.js'
import { htmlOutputs } from '../support/html-outputs.js'

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
