import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { signInMimeType } from '../../src/auth/sign-in-view.js'
import type { Cell } from '../../src/notebook/notebook-file.js'
import { type PageOptions, renderPage } from '../../src/notebook/report/page.js'
import { tableView } from '../../src/results/table.js'
import { githubToken, notebookOf, printedBy, shown } from '../support/notebooks.js'
import { tempFolder } from '../support/temp-home.js'

type Given = Parameters<typeof notebookOf>

/** What stands in the page's body, and what was hidden. */
function pageOf(cells: Given, options: Partial<PageOptions> = {}) {
  const { html, hidden } = renderPage(notebookOf(...cells), { name: 'given', ...options })
  const [, body = ''] = /<body>([\s\S]*)<\/body>/.exec(html) ?? []
  const [, main = ''] = /<main>([\s\S]*)<\/main>/.exec(html) ?? []
  return { html, body, main, hidden }
}

const markdown = (source: string, more: object = {}): Given[number] => ({
  cell_type: 'markdown',
  source,
  ...more,
})
const pixel =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

describe('the head of a report', () => {
  test('has the heading that the notebook begins with, and not twice', () => {
    const { html, body, main } = pageOf([markdown('# Night & *day*\n\nfirst words')])
    expect(html).toContain('<title>Night &#38; day</title>')
    expect(body.match(/<h1/g)).toHaveLength(1)
    expect(main).toContain('first words')
  })

  test('has the name of the notebook where it begins with something else', () => {
    expect(pageOf([markdown('words\n\n# Later')]).body).toContain('<h1>given</h1>')
    expect(pageOf([]).body).toContain('<h1>given</h1>')
  })

  test.each<[string, object, Cell['metadata'], string[]]>([
    [
      'our runner',
      { xdrlab_run: { status: 'ok', startedAt: '2026-03-01T22:00:00.000Z', ms: 65_400, tenant: '50530' } },
      {},
      ['Started|2026-03-01 22:00 UTC', 'Duration|1 min 05 s', 'Tenant|50530'],
    ],
    [
      'a run of ours that failed',
      { xdrlab_run: { status: 'error', error: { name: 'RangeError', message: 'too far' } } },
      {},
      ['Result|RangeError: too far'],
    ],
    ['a run of ours that was killed', { xdrlab_run: { status: 'running' } }, {}, ['Result|running']],
    [
      'papermill',
      {
        papermill: {
          start_time: '2026-03-01T22:00:00.123456',
          end_time: '2026-03-01T22:00:12.623456',
          parameters: { region: 'eu' },
        },
      },
      {},
      ['Started|2026-03-01 22:00 UTC', 'Duration|12.5 s', 'Parameters|region = "eu"'],
    ],
    [
      'Jupyter',
      {},
      {
        execution: {
          'iopub.execute_input': '2026-03-01T22:00:00Z',
          'shell.execute_reply': '2026-03-02T00:01:02Z',
        },
      },
      ['Started|2026-03-01 22:00 UTC', 'Duration|2 h 01 min'],
    ],
  ])('tells of the run what %s wrote down', (_whose, metadata, cellMetadata, facts) => {
    const notebook = { ...notebookOf({ source: '1', metadata: cellMetadata }), metadata: { ...metadata } }
    const { html } = renderPage(notebook, { name: 'given' })
    const told = [...html.matchAll(/<dt>([^<]*)<\/dt><dd>([^<]*)<\/dd>/g)].map(
      ([, name, value]) => `${name}|${value?.replaceAll('&#34;', '"')}`,
    )
    expect(told).toEqual(facts)
  })

  test('has the parameters, those given before the defaults', () => {
    const source = "const region: string = 'us1' // where\nconst limit = 10"
    const notebook = notebookOf({ source, metadata: { tags: ['parameters'] } })
    notebook.metadata.papermill = { parameters: { limit: 20 } }
    const { html } = renderPage(notebook, { name: 'given' })
    expect(html).toContain('<dt>Parameters</dt><dd>region = &#39;us1&#39;\nlimit = 20</dd>')
  })

  test('says in which cell an error stands, unless it was expected', () => {
    const outputs = [{ output_type: 'error' as const, ename: 'Error', evalue: 'no', traceback: [] }]
    expect(pageOf([{}, { outputs }]).body).toContain('<dd>an error in cell 2</dd>')
    const expected = { outputs, metadata: { tags: ['raises-exception'] } }
    expect(pageOf([expected]).body).not.toContain('<dt>')
  })

  test('lists the headings of the text, each with a place of its own', () => {
    const { body } = pageOf([
      markdown('# Title'),
      markdown('## Same\n\n### Größe *und* `code`'),
      markdown('## Same\n\n#### deep'),
      { outputs: [shown({ 'text/markdown': '## of an output' })] },
    ])
    const [, nav = ''] = /<nav[^>]*>([\s\S]*)<\/nav>/.exec(body) ?? []
    expect([...nav.matchAll(/href="#([^"]+)">([^<]+)/g)].map(([, id, text]) => [id, text])).toEqual([
      ['same', 'Same'],
      ['größe-und-code', 'Größe und code'],
      ['same-1', 'Same'],
    ])
    for (const id of ['same', 'größe-und-code', 'same-1', 'deep'])
      expect(body.match(new RegExp(` id="${id}"`, 'g')), id).toHaveLength(1)
  })

  test('lists nothing where there is little to list', () => {
    expect(pageOf([markdown('# T\n\n## One\n\n## Two')]).body).not.toContain('<nav')
  })
})

describe('tags', () => {
  const cell = (...tags: string[]) => ({
    source: 'the code',
    outputs: [printedBy('stdout', 'the output')],
    metadata: { tags },
  })

  test.each([
    ['remove_cell', false, false],
    ['remove-cell', false, false],
    ['remove_input', false, true],
    ['remove-input', false, true],
    ['remove_output', true, false],
    ['remove-output', true, false],
    ['something_else', true, true],
  ])('%s', (tag, hasInput, hasOutput) => {
    const { main } = pageOf([cell(tag), markdown('rest')])
    expect([main.includes('the code'), main.includes('the output')]).toEqual([hasInput, hasOutput])
    expect(main).toContain('rest')
  })

  test('remove_cell takes a text away too, also from the contents and the title', () => {
    const gone = { metadata: { tags: ['remove_cell'] } }
    const { body } = pageOf([markdown('# Hidden', gone), markdown('# Seen')])
    expect(body).toContain('<h1>Seen</h1>')
    expect(body).not.toContain('Hidden')
  })

  test('without input, texts and outputs stay', () => {
    const { main } = pageOf([markdown('words'), cell()], { input: false })
    expect(main).not.toContain('the code')
    expect(main).toContain('the output')
    expect(main).toContain('words')
  })
})

describe('an output', () => {
  const only = (data: Record<string, unknown>, metadata?: Record<string, unknown>) =>
    pageOf([{ outputs: [shown(data, metadata)] }]).main

  test('of a table of ours keeps its look and every value', () => {
    const rows = [
      { name: 'web-1 <b>', count: 3, at: '2026-01-15T12:00:00Z', long: 'word '.repeat(100) },
      { name: 'web-2', count: null, at: '2026-01-16T12:00:00Z', long: '' },
    ]
    const html = tableView(rows)?.html ?? ''
    const kept = only({ 'text/html': html, 'text/plain': 'the text' })
    // Every attribute is still there, but for the label that names the caption a second time.
    for (const [attribute] of html.matchAll(/ (?:style|title|datetime|scope|tabindex|role)="[^"]*"/g))
      expect(kept).toContain(attribute.replaceAll(' ;', ';'))
    expect(kept.match(/<t[dh]/g)).toHaveLength((html.match(/<t[dh]/g) ?? []).length)
    expect(kept).toContain('web-1 &#60;b&#62;')
    expect(kept).toContain('<details><summary>')
    expect(kept).not.toContain('the text')
  })

  test.each<[string, Record<string, unknown>, string]>([
    [
      'a chart: its drawing, and not its data',
      {
        'application/vnd.vegalite.v5+json': { mark: 'bar' },
        'image/svg+xml': '<svg aria-label="a &#38; b"/>',
      },
      `<img src="data:image/svg+xml;base64,${Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" aria-label="a &#38; b"/>').toString('base64')}" alt="a &#38; b">`,
    ],
    [
      'a picture',
      { 'image/png': [pixel.slice(0, 20), pixel.slice(20)], 'text/plain': '[image]' },
      `<img src="data:image/png;base64,${pixel}" alt="[image]">`,
    ],
    ['Markdown', { 'text/markdown': ['**a**', ' b'], 'text/plain': 'x' }, '<strong>a</strong> b'],
    ['LaTeX, as text', { 'text/latex': '$a<b$', 'text/plain': 'x' }, '<pre class="latex">$a&#60;b$</pre>'],
    ['text', { 'text/plain': 'a < b' }, '<pre>a &#60; b</pre>'],
    ['JSON, where nothing else is', { 'application/json': { a: [1] } }, '&#34;a&#34;: ['],
    [
      'HTML of which nothing is left',
      { 'text/html': '<script>1</script>', 'text/plain': 'x' },
      '<pre>x</pre>',
    ],
    [
      'HTML that a program draws in, beside a picture',
      { 'text/html': '<div>loading<script>1</script></div>', 'image/png': pixel },
      `<img src="data:image/png`,
    ],
  ])('%s', (_name, data, expected) => {
    expect(only(data)).toContain(expected)
  })

  test('of an image has the size that its metadata gives', () => {
    const sized = only({ 'image/png': pixel }, { 'image/png': { width: 40, height: 'x' } })
    expect(sized).toContain('width="40"')
    expect(sized).not.toContain('height')
  })

  test('of an error is its trace, without the colours’ codes', () => {
    const error = {
      output_type: 'error' as const,
      ename: 'Error',
      evalue: 'no',
      traceback: ['\u001b[31mError\u001b[39m: no', '  at <cell>'],
    }
    const { main } = pageOf([{ outputs: [error] }])
    expect(main).toContain('<span class="ansi-1">Error</span>: no\n  at &#60;cell&#62;')
    expect(main).not.toContain('\u001b')
  })

  test('of a sign-in that did not end has neither address nor code', () => {
    const outputs = [shown({ [signInMimeType]: {}, 'text/plain': 'https://login.example/BCDF-GHJK' })]
    expect(pageOf([{ outputs }]).main).not.toContain('BCDF')
  })

  test('that is very long is cut, and says so', () => {
    const { main } = pageOf([{ outputs: [printedBy('stdout', 'x'.repeat(500_000))] }])
    expect(main.length).toBeLessThan(410_000)
    expect(main).toContain('100,000 more characters stand in the notebook')
  })

  test('with more columns than fit on paper that stands lies across it', () => {
    const rowOf = (count: number) => [
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`c${i}`, i])),
    ]
    const classOf = (count: number) =>
      /<section class="([^"]*)"/.exec(only({ 'text/html': tableView(rowOf(count))?.html }))?.[1]
    expect([3, 12, 30].map(classOf)).toEqual(['code', 'code wide', 'code wide vast'])
  })
})

describe('pictures that Markdown names', () => {
  test('come from the notebook and from its folder', () => {
    using folder = tempFolder()
    mkdirSync(join(folder.path, 'images'))
    writeFileSync(join(folder.path, 'images', 'a b.png'), Buffer.from(pixel, 'base64'))
    const attachments = { 'p.png': { 'image/png': pixel } }
    const { main } = pageOf(
      [markdown('![one](images/a%20b.png) ![two](attachment:p.png)', { attachments })],
      {
        folder: folder.path,
      },
    )
    expect(main).toContain(`<img src="data:image/png;base64,${pixel}" alt="one">`)
    expect(main).toContain(`<img src="data:image/png;base64,${pixel}" alt="two">`)
  })

  test('never come from elsewhere: neither the network, nor another folder, nor another kind of file', () => {
    using folder = tempFolder()
    const inner = join(folder.path, 'inner')
    mkdirSync(inner)
    writeFileSync(join(folder.path, 'outside.png'), Buffer.from(pixel, 'base64'))
    writeFileSync(join(inner, 'secrets.png'), 'user:password')
    symlinkSync(join(folder.path, 'outside.png'), join(inner, 'link.png'))
    const places = [
      'https://example.com/x.png',
      '//example.com/x.png',
      '../outside.png',
      '..%2Foutside.png',
      join(folder.path, 'outside.png'),
      `file://${join(inner, 'secrets.png')}`,
      'secrets.png',
      'link.png',
      'missing.png',
      '.',
    ]
    for (const place of places) {
      const { main } = pageOf([markdown(`![words](<${place}>)`)], { folder: inner })
      expect(main, place).toContain('[image: words]')
      expect(main, place).not.toContain('<img')
    }
  })
})

describe('a secret', () => {
  const hidden = '‹redacted: GitHub token›'

  test.each<[string, Given[number]]>([
    ['in code', { source: `const t = '${githubToken}'` }],
    ['in a text', markdown(`use ${githubToken}`)],
    ['in the title', markdown(`# ${githubToken}`)],
    ['printed', { outputs: [printedBy('stdout', githubToken)] }],
    [
      'printed in two chunks',
      { outputs: [printedBy('stdout', githubToken.slice(0, 9)), printedBy('stdout', githubToken.slice(9))] },
    ],
    [
      'with colours in it',
      { outputs: [printedBy('stdout', githubToken.replace('E5', '\u001b[1mE5\u001b[0m'))] },
    ],
    ['in an error', { outputs: [{ output_type: 'error', ename: 'E', evalue: githubToken, traceback: [] }] }],
    ['in HTML', { outputs: [shown({ 'text/html': `<b>${githubToken}</b>` })] }],
    [
      'in HTML, over two elements',
      {
        outputs: [shown({ 'text/html': `<b>${githubToken.slice(0, 9)}</b><i>${githubToken.slice(9)}</i>` })],
      },
    ],
    ['in HTML, by entities', { outputs: [shown({ 'text/html': githubToken.replace('E', '&#69;') })] }],
    ['in JSON', { outputs: [shown({ 'application/json': { a: [githubToken] } })] }],
    ['in the lines of a list', { outputs: [shown({ 'text/plain': ['a\n', githubToken] })] }],
  ])('%s is not in the page, and is told', (_where, cell) => {
    const { html, hidden: told } = pageOf([cell])
    expect(html).not.toContain(githubToken)
    expect(html.replaceAll(/<[^>]*>/g, '')).not.toContain(githubToken)
    expect(html).toContain(hidden)
    if (!_where.startsWith('in HTML, ')) expect(told).toEqual([{ cell: 1, kind: 'GitHub token' }])
  })

  test('in a drawing is not in the image', () => {
    const svg = `<svg aria-label="x"><text>${githubToken}</text></svg>`
    const embedded = `<img src="data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}">`
    for (const data of [{ 'image/svg+xml': svg }, { 'text/html': svg }, { 'text/html': embedded }]) {
      const { html } = pageOf([{ outputs: [shown(data)] }])
      const images = [...html.matchAll(/base64,([^"]+)/g)].map(([, image = '']) =>
        Buffer.from(image, 'base64').toString('utf8'),
      )
      expect(html + images.join('')).not.toContain(githubToken)
    }
  })

  test('in the parameters is not in the head', () => {
    const notebook = notebookOf()
    notebook.metadata.papermill = { parameters: { t: githubToken } }
    const { html, hidden: told } = renderPage(notebook, { name: 'given' })
    expect(html).not.toContain(githubToken)
    expect(told).toEqual([{ cell: null, kind: 'GitHub token' }])
  })
})

test('the page asks for nothing, runs nothing and says which colours it has', () => {
  const { html } = pageOf([markdown('a')], { theme: 'dark' })
  expect(html).toContain('<html lang="en" data-theme="dark">')
  expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; img-src data:`)
  expect(html).not.toMatch(/<script|url\(|@import|src="(?!data:)|<link/)
})

test('a title ends neither the style sheet nor a text in it', () => {
  const title = 'a"}</style><script>x</script>\\'
  const { html } = pageOf([], { name: title })
  expect(html.match(/<\/style>/g)).toHaveLength(1)
  expect(html).not.toContain('<script')
})
