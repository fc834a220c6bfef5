import axe from 'axe-core'
import type { Page } from 'playwright-core'

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']

/** What axe finds against WCAG 2.1 A and AA within a part of a page: a line for each element, with the rule. */
export async function axeViolations(page: Page, within: string): Promise<string[]> {
  const isThere = await page.evaluate('typeof axe === "object"')
  if (isThere !== true) await page.evaluate(axe.source)
  const found = await page.evaluate(`axe
    .run(${JSON.stringify(within)}, { runOnly: ${JSON.stringify(rules)}, resultTypes: ['violations'] })
    .then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ target, html, failureSummary }) =>
      id + ' at ' + target.join(' ') + ': ' + html.slice(0, 200) + ' ' + failureSummary)))`)
  if (!Array.isArray(found)) throw new Error('axe has given no list')
  return found.map(String)
}
