import { describe, expect, test } from 'vitest'
import { ansiToHtml } from '../../src/notebook/report/ansi-html.js'
import { codeToHtml } from '../../src/notebook/report/code-html.js'
import { markdownToHtml } from '../../src/notebook/report/markdown-html.js'
import { safeHtml } from '../../src/notebook/report/safe-html.js'
import { safeStyle } from '../../src/notebook/report/safe-style.js'
import { hostileHtml } from '../support/hostile-html.js'

const textOf = (html: string) =>
  html.replace(/<[^>]*>/g, '').replace(/&#(\d+);/g, (_all, code) => String.fromCodePoint(Number(code)))

describe('HTML of others', () => {
  test.each(hostileHtml)('%s is left without what it does', (html) => {
    for (const made of [safeHtml(html).html, markdownToHtml(html, {}).html]) {
      // What is left are elements of the list, with attributes of the list.
      const tags = [...made.matchAll(/<(\/?)([a-z\d]+)((?: [a-z-]+="[^"<>]*")*)>/g)]
      expect(made.replace(/<\/?[a-z\d]+(?: [a-z-]+="[^"<>]*")*>/g, '')).not.toContain('<')
      for (const [, , name, attributes = ''] of tags) {
        expect(name).not.toMatch(/^(?:script|iframe|svg|style|form|input|link|meta|base|object|embed|video)$/)
        for (const [, attribute, value = ''] of attributes.matchAll(/ ([a-z-]+)="([^"]*)"/g)) {
          expect(attribute).not.toMatch(/^(?:on|id$|name$|class$|srcset$)/)
          if (attribute === 'src') expect(value).toMatch(/^data:image\//)
          else expect(value).not.toMatch(/javascript|hit\.example|fixed|url\(/)
        }
      }
      const drawings = [...made.matchAll(/base64,([^"]*)/g)].map(([, data = '']) =>
        Buffer.from(data, 'base64').toString('utf8'),
      )
      for (const drawing of drawings)
        expect(drawing).not.toMatch(/<script|foreignobject|<iframe|onload|href="(?!#)/i)
    }
  })

  test('whatever is put together, the result has no other markup than that of the list', () => {
    const parts = [
      ...hostileHtml.flatMap((html) => html.split(/(?=[<>"])/)),
      ...['<!--', '-->', '<![CDATA[', ']]>', '<math>', '</math>', '<mtext>', '<title>', '</title>', '<desc>'],
      ...[
        '<textarea>',
        '</textarea>',
        '</style>',
        '</noscript>',
        '<table>',
        '<tr>',
        '</td>',
        '</p>',
        '</body>',
      ],
      ...['<svg/>', '<script/>', '<annotation-xml encoding="text/html">', '&lt;img onerror=1&gt;', "'", '\0'],
    ]
    // The same at each run (Park and Miller’s numbers).
    let seed = 20_261_122
    const next = (below: number) => {
      seed = (seed * 48_271) % 2_147_483_647
      return seed % below
    }
    const names =
      'a|abbr|b|br|dd|details|div|dt|h[1-6]|i|img|li|p|pre|span|summary|t[dhr]|table|tbody|time|ul'
    const value = '"[^"<>\']*"'
    const kept = new RegExp(
      `^(?:[^<>"']|<(?:${names})(?: (?:alt|href|rel|src|style|title|open|width|colspan)=${value})*>|</(?:${names})>)*$`,
    )
    for (let i = 0; i < 3_000; i++) {
      const html = Array.from({ length: 2 + next(16) }, () => parts[next(parts.length)]).join('')
      const made = safeHtml(html).html
      expect(made, html).toMatch(kept)
      expect(made, html).not.toMatch(
        / src="(?!data:image\/)| href="(?:javascript|data):| style="[^"]*(?:url|fixed)/i,
      )
    }
  })

  test('of two attributes that differ in large and small letters the first counts, as in a browser', () => {
    const { html } = safeHtml('<p STYLE="color:red" style="color:blue" Title="a" title="b">x</p>')
    expect(html).toBe('<p style="color:red" title="a">x</p>')
  })

  test('a heading has an id of its words, without what is left out of it', () => {
    const told: [number, string][] = []
    const { html } = safeHtml('<h2>a <b>b</b><script>c</script><br>d</h2><h3>e</h3>', {
      heading: (level, text) => `h-${told.push([level, text])}`,
    })
    expect(told).toEqual([
      [2, 'a b d'],
      [3, 'e'],
    ])
    expect(html).toBe('<h2 id="h-1">a <b>b</b><br>d</h2><h3 id="h-2">e</h3>')
  })

  test('what is never ended is ended, and what never began is left out', () => {
    expect(safeHtml('</b><table><tr><td>x<svg><g>y').html).toMatch(
      /^<table><tr><td>x<img src="data:image\/svg\+xml;base64,[^"]+" alt=""><\/td><\/tr><\/table>$/,
    )
    expect(safeHtml('<p>x<b title="').html).toBe('<p>x</p>')
    expect(safeHtml('<i>x</i><template><p>y').html).toBe('<i>x</i>')
  })

  test.each([
    '<p>a <b>b</b> <i>c</i><br>d</p>',
    '<table><caption>c</caption><thead><tr><th scope="col">h</th></tr></thead><tbody><tr><td colspan="2">x</td></tr></tbody></table>',
    '<details open=""><summary>s</summary><div>w</div></details>',
    '<ol start="3"><li>x</li></ol>',
    '<span style="color:red;font-weight:bold">x</span>',
    '<time datetime="2026-01-01T00:00:00Z">x</time>',
  ])('%s stays as it is', (html) => {
    expect(safeHtml(html).html).toBe(html)
  })

  test.each([
    ['https://example.com/?a=b&c', 'https://example.com/?a=b&#38;c'],
    ['mailto:a@example.com', 'mailto:a@example.com'],
    ['other.html#place', 'other.html#place'],
    ['#place', '#place'],
  ])('a link to %s stays a link', (href, written) => {
    expect(safeHtml(`<a href="${href}">x</a>`).html).toContain(`<a href="${written}" rel=`)
  })

  test('unknown elements go, and their words stay', () => {
    expect(safeHtml('<my-app><fieldset>a <blink>b</blink></fieldset></my-app>').html).toBe('a b')
  })

  test('text is text, however it was written', () => {
    const { html } = safeHtml('&lt;script&gt;1&lt;/script&gt; &amp;lt; &#x3c;b&#x3e;')
    expect(html).not.toContain('<')
    expect(textOf(html)).toBe('<script>1</script> &lt; <b>')
  })

  test('a nesting that no stack bears is shown as text', () => {
    const deep = `${'<div>'.repeat(5_000)}the end${'</div>'.repeat(5_000)}`
    expect(textOf(safeHtml(deep).html)).toBe('the end')
  })

  test('is said to be empty where nothing is to be seen', () => {
    expect(safeHtml('<div> <script>draw()</script></div>')).toMatchObject({ isEmpty: true, hadScript: true })
    expect(safeHtml('<div>x</div>')).toMatchObject({ isEmpty: false, hadScript: false })
    expect(safeHtml('<svg></svg>').isEmpty).toBe(false)
  })

  test('a drawing keeps the names that SVG minds', () => {
    const { html } = safeHtml('<svg viewBox="0 0 1 1"><linearGradient id="a"/><rect fill="url(#a)"/></svg>')
    const drawing = Buffer.from(/base64,([^"]*)/.exec(html)?.[1] ?? '', 'base64').toString('utf8')
    expect(drawing).toMatch(
      /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 1 1"><linearGradient/,
    )
    expect(drawing).toContain('fill="url(#a)"')
  })
})

describe('a style', () => {
  test.each([
    ['color: red; padding:.3em .6em', 'color:red;padding:.3em .6em'],
    ['background:var(--jp-layout-color0,Canvas)', 'background:var(--jp-layout-color0,Canvas)'],
    ['position:sticky;top:0;z-index:1', 'position:sticky;top:0;z-index:1'],
    ['position:fixed', ''],
    ['position: absolute', ''],
    ['background:URL(x)', ''],
    ['color:red;behavior:url(x);width:1px', 'color:red;width:1px'],
    ['width:expression(alert(1))', ''],
    ['-moz-binding:x', ''],
    ['--x:1', ''],
    ['color', ''],
    ['color:r\\65 d', ''],
    ['color:red}*{display:none', ''],
  ])('%s becomes %s', (style, expected) => {
    expect(safeStyle(style)).toBe(expected)
  })
})

describe('what was written for a terminal', () => {
  test.each([
    ['plain <b>', 'plain &#60;b&#62;'],
    ['\u001b[31mred\u001b[0m not', '<span class="ansi-1">red</span> not'],
    ['\u001b[1;92mboth\u001b[22;39m', '<span class="ansi-10" style="font-weight:bold">both</span>'],
    ['\u001b[38;5;196mx\u001b[m', '<span style="color:rgb(255,0,0)">x</span>'],
    ['\u001b[38;5;244mx', '<span style="color:rgb(128,128,128)">x</span>'],
    ['\u001b[48;2;1;2;3mx', '<span style="background-color:rgb(1,2,3)">x</span>'],
    ['\u001b[38;5;3;4mx', '<span class="ansi-3" style="text-decoration:underline">x</span>'],
    ['\u001b[7mx', '<span class="ansi-ground ansi-on-ink">x</span>'],
    ['a\u001b[2Kb\u001b[10;5Hc\u001b]0;title\u0007d\u001b[?25l', 'abcd'],
    ['\u001b]8;;https://x.example\u001b\\link\u001b]8;;\u001b\\', 'link'],
    ['10 %\r50 %\r\u001b[32mdone\r\nnext', '<span class="ansi-2">done\nnext</span>'],
    ['a\u0000\u0008b', 'ab'],
  ])('%j is shown as %s', (text, html) => {
    expect(ansiToHtml(text)).toBe(html)
  })

  test('a long line of unended codes takes no time', () => {
    expect(ansiToHtml('\u001b]'.repeat(200_000)).length).toBeLessThan(10)
    expect(textOf(ansiToHtml(`${'\u001b[31m'.repeat(100_000)}x`))).toBe('x')
  })
})

describe('code', () => {
  test('has colours for words, texts, notes and numbers, and no other markup', () => {
    const template = `\`x \${a}\``
    const code = `const a = 'it\\'s <b>' // for\nlet b: number = 10 + ${template} /* if */`
    const html = codeToHtml(code)
    expect(textOf(html)).toBe(code)
    expect(
      [...html.matchAll(/class="code-(\w+)">([^<]*)/g)].map(([, name, text]) => [name, textOf(text ?? '')]),
    ).toEqual([
      ['word', 'const'],
      ['text', "'it\\'s <b>'"],
      ['note', '// for'],
      ['word', 'let'],
      ['number', '10'],
      ['text', template],
      ['note', '/* if */'],
    ])
  })

  test.each([
    "'unended",
    `\`unended \${`,
    '/* unended',
    'a'.repeat(100_000),
    '/*'.repeat(50_000),
    '"\\'.repeat(50_000),
  ])('of any kind is whole', (code) => {
    expect(textOf(codeToHtml(code))).toBe(code)
  })
})
