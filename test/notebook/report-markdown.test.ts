import { parseHTML } from 'linkedom'
import { marked } from 'marked'
import { describe, expect, test } from 'vitest'
import { renderMarkdown } from '../../src/notebook/report/markdown-report.js'
import { harmlessMarkdown } from '../../src/notebook/report/markdown-text.js'
import { tableView } from '../../src/results/table.js'
import { hostileHtml } from '../support/hostile-html.js'
import { githubToken, notebookOf, printedBy, shown } from '../support/notebooks.js'

/** What is used of a parsed page; the types of browsers are not known here. */
interface PageElement {
  readonly localName: string
  getAttribute(name: string): string | null
  getAttributeNames(): string[]
}

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
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" aria-label="a [b]"></svg>'
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
    ['`a > b` and ``a ` b``', '`a > b` and ``a ` b``'],
    ['`<script>` and ``a[`](b)``', '<code>&lt;script&gt;</code> and <code>a\\[\\`\\](b)</code>'],
    ['```ts\nconst a = <T>(x: T) => x\n```\n<x>', '```ts\nconst a = <T>(x: T) => x\n```\n\n&lt;x>'],
    ['    indented <b x>', '```\nindented <b x>\n```'],
    ['- a\n\n  ```\n  <b x>\n  ```', '- a\n\n  ```\n  &lt;b x>\n  ```'],
    ['unended ` <script>', 'unended ` &lt;script>'],
    ['<!-- a comment -->', '&lt;!-- a comment -->'],
    ['1 < 2 > 0', '1 &lt; 2 > 0'],
  ])('%s becomes %s', (given, expected) => {
    expect(harmlessMarkdown(given)).toBe(expected)
  })
})

/** Each leads to a program, or may do so in some viewer. */
const hostileLinks = [
  '[x](javascript:window.hit=1)',
  '[x](JavaScript:window.hit=1 "title")',
  '[x]( java\tscript:window.hit=1)',
  '[x](<java\tscript:window.hit=1>)',
  '[x](java\\script\\:window.hit=1)',
  '[x](&#106;avascript:window.hit=1)',
  '[x](javascript&colon;window.hit=1)',
  '[x](java&Tab;script&#58;window.hit=1)',
  '[x](\u0001javascript:window.hit=1)',
  '[x](vbscript:msgbox)',
  '[x](data:text/html,<script>window.hit=1</script>)',
  '[x](data:text/html;base64,PHNjcmlwdD4=)',
  '[x](data:image/svg+xml;base64,PHN2Zz4=)',
  '[x](data:image/png,<script>)',
  '[x](file:///etc/hosts)',
  '[x](//hit.example/a)',
  '[x](\\\\hit.example/a)',
  '[x](\njavascript:window.hit=1)',
  '> [x](\n> javascript:window.hit=1)',
  '[a](b](javascript:window.hit=1)',
  '[x\\](javascript:window.hit=1)',
  '[x\\\\](javascript:window.hit=1)',
  '![x](javascript:window.hit=1)',
  '[![x](a.png)](javascript:window.hit=1)',
  '[x][a]\n\n[a]: javascript:window.hit=1',
  '[a]\n\n[a]:\n  <javascript:window.hit=1> "title"',
  '[a]\n\n> [a]:\n> javascript:window.hit=1',
  '[^a]\n\n[^a]: javascript:window.hit=1',
  '<javascript:window.hit=1>',
  '`x`[x](javascript:window.hit=1)`y`',
  '\\`[x](javascript:window.hit=1)`',
  '`\n\n[x](javascript:window.hit=1)\n\n`',
  '<details>\n`[x](javascript:window.hit=1)`\n\n`[x](javascript:window.hit=1)`</details>',
]

/** Places in which what looks like code is none. */
const surroundings: [string, (hostile: string) => string][] = [
  ['by itself', (hostile) => hostile],
  ['behind words', (hostile) => `words ${hostile} words`],
  ['between backticks of two paragraphs', (hostile) => `a \`\n\n${hostile}\n\nb \``],
  ['behind a backtick that is none', (hostile) => `\\\`${hostile}\``],
  ['in code within HTML', (hostile) => `<details>\n\`${hostile}\`\n</details>`],
  ['in a fence within HTML', (hostile) => `<details>\n\`\`\`\n${hostile}\n\`\`\`\n</details>`],
  ['in a fence that is none', (hostile) => `\`\`\` \`\n${hostile}\n\`\`\``],
  ['in a fence that a quotation ends', (hostile) => `> \`\`\`\n${hostile}\n> \`\`\``],
  ['in a list', (hostile) => `- a\n\n  ${hostile}\n- \`\`\`\n  ${hostile}\n  \`\`\``],
  ['in a table', (hostile) => `| a | b |\n| - | - |\n| ${hostile} | \`${hostile}\` |`],
]

describe('Markdown of others', () => {
  describe.each(surroundings)('%s', (_name, place) => {
    test.each([...hostileHtml, ...hostileLinks])('%s does nothing where it is opened', (hostile) => {
      const made = harmlessMarkdown(place(hostile))
      // A viewer that lets everything through.
      const html = marked.parse(made, { async: false })
      const { document } = parseHTML(`<!doctype html><html><body>${html}</body></html>`)
      const elements: PageElement[] = [...document.body.querySelectorAll('*')]
      const harmless =
        /^(?:a|b|blockquote|code|del|details|em|h[1-6]|hr|img|li|ol|p|pre|strong|summary|table|tbody|td|th|thead|tr|ul)$/
      for (const element of elements) {
        expect(element.localName).toMatch(harmless)
        for (const name of element.getAttributeNames()) {
          expect(name).toMatch(/^(?:href|src|alt|title|class|align|start)$/)
          if (name !== 'href' && name !== 'src') continue
          const { protocol, host } = new URL(
            element.getAttribute(name) ?? '',
            'https://here.example/report.md',
          )
          expect(protocol).toMatch(/^https?:$/)
          // An address that is plainly one may be linked to.
          if (!place(hostile).includes('https://hit.example')) expect(host).toBe('here.example')
        }
      }
    })
  })

  test.each([
    '[x](https://example.com/?a=b&c#d) and <https://example.com> and [m](mailto:a@example.com)',
    '[x](other.md#place), [y](#place), [z](folder/a:b), ![p](images/a%20b.png "title")',
    '![x](data:image/png;base64,AAEC)',
    '![x](attachment:a.png)',
    '[x][1]\n\n[1]: https://example.com/ "title"',
    '- [ ] a task: to be done\n- [x] another',
    'a[0]: a name, `b[1]`, and [in brackets]',
  ])('%s stays as it is', (text) => {
    expect(harmlessMarkdown(text)).toBe(text)
  })

  test('a drawing that is written beside the report does not run', () => {
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg" onload="hit()"><script>hit()</script><a href="javascript:hit()"><text>seen</text></a></svg>'
    const { files } = markdownOf(
      {
        cell_type: 'markdown',
        source: '![x](attachment:a.svg)',
        attachments: { 'a.svg': { 'image/svg+xml': svg } },
      },
      { outputs: [shown({ 'image/svg+xml': svg })] },
    )
    expect(files).toHaveLength(2)
    for (const { content } of files) {
      expect(content.toString()).toContain('<text>seen</text>')
      expect(content.toString()).not.toMatch(/script|onload|hit/)
    }
  })

  test('a hundred thousand brackets and backticks are read in a moment', () => {
    for (const text of ['[', '](', '`', '` ', '<', '[`](<', '> - ']) {
      expect(harmlessMarkdown(text.repeat(100_000 / text.length)).length).toBeGreaterThan(0)
    }
  })
})
