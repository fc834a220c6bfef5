import { expect, test } from 'vitest'
import { runners, runTemplate } from '../support/templates.js'

test.each(runners)('shows the worst alerts of the last day, by %s', async (runner) => {
  const run = await runTemplate('01-getting-started', { runner })
  expect(run.textOf('cell-02')).toContain('Signed in as analyst@sandbox.example')
  expect(run.tableOf('cell-06').total).toBe(10)
})
