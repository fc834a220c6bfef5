import { describe, expect, test } from 'vitest'
import { renderMarkdown } from '../../src/notebook/report/markdown-report.js'
import { harmlessMarkdown } from '../../src/notebook/report/markdown-text.js'
import { tableView } from '../../src/results/table.js'
import { githubToken, notebookOf, printedBy, shown } from '../support/notebooks.js'

function markdownOf(...cells: Parameters<typeof notebookOf>) {
  return renderMarkdown(notebookOf(...cells), { name: 'given', filesFolder: 'my report_files' })
}

describe('a report in Markdown', () => {
  test('has title, texts, code and what was printed, in order', () => {
    const { markdown, files } = markdownOf(
      { cell_type: 'markdown', source: '# Title\n\nwords *here*' },
      { source: 'const a = 1\n', outputs: [printedBy('stdout', '\u001b[31mred\u001b[0m\n10 %\r20 %\n')] },
      { cell_type: 'markdown', source: '## Next' },
    )
    expect(markdown).toBe(
      '# Title\n\nwords *here*\n\n```ts\nconst a = 1\n```\n\n```text\nred\n20 %\n```\n\n## Next\n',
    )
    expect(files).toEqual([])
  })

  test('has tables as tables, numbers to the right, and values that mean nothing but themselves', () => {
    const rows = [
      { 'na|me': 'a|b *c* <b>', count: 3, nested: [{ x: '_y_' }] },
      { 'na|me': 'two\nlines `x` [l](u)', count: 0.5, nested: null },
    ]
    const { markdown } = markdownOf({ outputs: [shown(tableView(rows)?.bundle() ?? {})] })
    const lines = markdown.split('\n')
    expect(lines).toContain('| na\\|me | count | nested |')
    expect(lines).toContain('| --- | ---: | --- |')
    expect(lines).toContain('| a\\|b \\*c\\* &lt;b&gt; | 3 | \\[{"x":"\\_y\\_"}\\] |')
    expect(lines).toContain('| two<br>lines \\`x\\` \\[l\\](u) | 0.5 |  |')
    expect(lines).toContain('_2 rows, 3 columns_')
  })

  test('has pictures as files beside it', () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" aria-label="a [b]"/>'
    const { markdown, files } = markdownOf(
      {
        cell_type: 'markdown',
        source: '![x](attachment:a.png)',
        attachments: { 'a.png': { 'image/png': 'AAEC' } },
      },
      { outputs: [shown({ 'image/svg+xml': svg, 'text/plain': 'x' }), shown({ 'image/png': 'AAEC' })] },
    )
    expect(markdown).toContain('![x](my%20report_files/cell-1-attachment-1.png)')
    expect(markdown).toContain('![a \\[b\\]](my%20report_files/cell-2-1.svg)')
    expect(markdown).toContain('![](my%20report_files/cell-2-2.png)')
    expect(files.map(({ name, content }) => [name, content.toString('base64')])).toEqual([
      ['cell-1-attachment-1.png', 'AAEC'],
      ['cell-2-1.svg', Buffer.from(svg).toString('base64')],
      ['cell-2-2.png', 'AAEC'],
    ])
  })

  test('leaves empty what a row does not have, whatever it is called', () => {
    const resource = JSON.parse(`{
      "schema": { "fields": [{ "name": "constructor" }, { "name": "a" }] },
      "data": [{ "a": 1 }, { "constructor": 2 }]
    }`)
    const { markdown } = markdownOf({
      outputs: [shown({ 'application/vnd.dataresource+json': resource })],
    })
    expect(markdown).toContain('|  | 1 |\n| 2 |  |')
  })

  test('takes no HTML of an output', () => {
    const { markdown } = markdownOf({
      outputs: [shown({ 'text/html': '<script>1</script>', 'text/plain': 'a ``` b' })],
    })
    expect(markdown).toContain('````text\na ``` b\n````')
    expect(markdown).not.toContain('<script')
  })

  test('has no secret', () => {
    const { markdown, hidden } = markdownOf({
      outputs: [shown(tableView([{ token: githubToken }])?.bundle() ?? {}), printedBy('stderr', githubToken)],
    })
    expect(markdown).not.toContain(githubToken)
    expect(hidden).toEqual([{ cell: 1, kind: 'GitHub token' }])
  })
})

describe('HTML in Markdown', () => {
  test.each([
    ['a <script>x</script>', 'a &lt;script>x&lt;/script>'],
    ['<img src=x onerror=y>', '&lt;img src=x onerror=y>'],
    ['<b onclick=x>b</b>', '&lt;b onclick=x>b</b>'],
    ['<b>b</b><br/> H<sub>2</sub>O', '<b>b</b><br/> H<sub>2</sub>O'],
    ['<https://example.com/a>', '<https://example.com/a>'],
    ['<javascript:x>', '&lt;javascript:x>'],
    ['`<script>` and ``a ` <b x>``', '`<script>` and ``a ` <b x>``'],
    ['```ts\nconst a = <T>(x: T) => x\n```\n<x>', '```ts\nconst a = <T>(x: T) => x\n```\n&lt;x>'],
    ['unended ` <script>', 'unended ` &lt;script>'],
    ['<!-- a comment -->', '&lt;!-- a comment -->'],
    ['1 < 2 > 0', '1 &lt; 2 > 0'],
  ])('%s becomes %s', (given, expected) => {
    expect(harmlessMarkdown(given)).toBe(expected)
  })
})
