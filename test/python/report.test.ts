import { readFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { labFolder, venvProgram } from '../../src/cli/python-env.js'
import { openHome } from '../support/cli.js'
import { hostileHtml } from '../support/hostile-html.js'
import { githubToken, notebookOf, printedBy, shown } from '../support/notebooks.js'

const jupyter = venvProgram(join(labFolder(), 'venv'), 'jupyter')

test.each(['html', 'md'])('nbconvert writes %s of what a report shows, and nothing else', async (format) => {
  await using home = openHome()
  const notebook = notebookOf(
    { cell_type: 'markdown', source: `# The night\n\n${hostileHtml.join('\n\n')}` },
    { source: "const gone = 'away'", metadata: { tags: ['remove_cell'] } },
    { source: 'const kept = 1', outputs: [printedBy('stdout', `of 42, ${githubToken}`)] },
    {
      outputs: hostileHtml.map((html) => shown({ 'text/html': html, 'image/svg+xml': '<svg onload="x"/>' })),
    },
  )
  home.write('night.ipynb', JSON.stringify(notebook))
  const env = { PATH: `${dirname(jupyter)}${delimiter}${home.env.PATH}` }
  const args = ['report', 'night.ipynb', '--to', format, '--via', 'nbconvert']
  const { status, stderr } = await home.run(args, { env })
  expect({ status, stderr }).toMatchObject({ status: 0 })
  expect(stderr).toContain('hidden in cell 3: GitHub token')
  const written = readFileSync(home.path(`night.${format}`), 'utf8')
  expect(written).toContain('The night')
  expect(written).toContain('of 42')
  expect(written).not.toContain(githubToken)
  expect(written).not.toContain('away')
  // nbconvert's own scripts set no such thing, and what stands as text is escaped.
  expect(written).not.toMatch(/<[^>]*\bon\w+="?window\.hit|<script>window\.hit|<svg onload/)
  expect(home.leftInTemp()).toEqual([])
})
