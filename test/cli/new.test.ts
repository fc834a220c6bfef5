import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseNotebook } from '../../src/notebook/notebook-file.js'
import { packageRoot } from '../../src/package.js'
import { openHome, shownText } from '../support/cli.js'
import { githubToken } from '../support/notebooks.js'
import { hunt, openTeam } from '../support/template-homes.js'

const sourceOf = (path: string, at: number) => {
  const { source } = parseNotebook(readFileSync(path, 'utf8'), path).cells[at] ?? { source: '' }
  return typeof source === 'string' ? source : source.join('')
}

test('lists ours and the team’s, each with what it is about', async () => {
  await using home = openTeam()
  writeFileSync(join(home.team, 'broken.ipynb'), 'no')
  mkdirSync(join(home.team, 'notebooks', 'views'), { recursive: true })
  writeFileSync(join(home.team, 'notebooks', 'inner.ipynb'), hunt())
  const view = join(home.team, 'notebooks', 'views', 'inner-with-output.html')
  writeFileSync(view, '')
  const { status, stdout, stderr } = await home.run(['new', '--list'])
  expect(status).toBe(0)
  // What "npm start" leaves there is no template.
  const own = readdirSync(join(packageRoot, 'notebooks')).filter((name) => /^[\w-]+\.ipynb$/.test(name))
  expect(stdout).not.toContain('executed')
  for (const name of own) expect(stdout).toContain(`  ${name.replace('.ipynb', '')}\n      `)
  expect(stdout).toContain('  01-getting-started\n      Sign in with your own account')
  expect(stdout).toContain(`team · ${home.team}\n  07-wide-hunt\n      Looks for one indicator everywhere.\n`)
  expect(stdout).toContain(`  inner\n      Looks for one indicator everywhere.\n      to look at: ${view}\n`)
  expect(stderr).toContain('broken.ipynb is not a notebook')
  const json = await home.runHere(['new', '--json'])
  expect(JSON.parse(json.stdout)).toContainEqual({
    name: '07-wide-hunt',
    path: join(home.team, '07-wide-hunt.ipynb'),
    title: 'Hunt',
    description: 'Looks for one indicator everywhere.',
    source: 'team',
    from: home.team,
  })
})

test('makes a notebook with new ids, nothing of a run, and the defaults that were given', async () => {
  await using home = openTeam()
  // What would end a text, or begin something in it.
  const odd = `it's \`\${y}\``
  const args = ['-p', 'region=eu', '-p', 'hosts=x', '-p', `hosts=${odd}`, '-r', 'earliest=5']
  const { status, stdout } = await home.run(['new', 'wide', ...args])
  expect(status).toBe(0)
  expect(stdout).toContain('wide-hunt.ipynb is made from 07-wide-hunt (region = "eu", hosts = ["x", "it\'s')
  expect(stdout).toContain('xdrlab run wide-hunt.ipynb')
  const path = home.path('wide-hunt.ipynb')
  const text = readFileSync(path, 'utf8')
  const { cells, metadata } = parseNotebook(text, path)
  expect(sourceOf(path, 1)).toBe(
    [
      `const region: 'us1' | 'eu' = "eu" // where`,
      'const limit = 10 // how many rows',
      `const hosts: string[] = ["x", "${odd}"] // which hosts`,
      'const earliest = "5" as string',
    ].join('\n'),
  )
  expect(metadata).toEqual({ kernelspec: { name: 'xdrlab' } })
  expect(cells).toHaveLength(3)
  expect(cells[1]).toMatchObject({ outputs: [], execution_count: null, metadata: { tags: ['parameters'] } })
  expect(text).not.toMatch(/of a run|iopub|"(?:aaa|bbb|ccc|ddd)"/)
  expect(new Set(cells.map(({ id }) => id)).size).toBe(3)
  // The template stays as it came.
  expect(readFileSync(join(home.team, '07-wide-hunt.ipynb'), 'utf8')).toBe(hunt())
})

test.each<[string, string]>([
  ['07-wide-hunt', 'wide-hunt.ipynb'],
  ['WIDE', 'wide-hunt.ipynb'],
  ['07-wide-hunt.ipynb', 'wide-hunt.ipynb'],
  ['team/7', 'wide-hunt.ipynb'],
  ['team/07', 'wide-hunt.ipynb'],
  ['1', 'getting-started.ipynb'],
  ['xdrlab/started', 'getting-started.ipynb'],
])('%s means the template of %s', async (wanted, file) => {
  await using home = openTeam()
  const { status, stderr } = await home.runHere(['new', wanted, '--yes'])
  expect({ status, stderr }).toMatchObject({ status: 0 })
  expect(existsSync(home.path(file))).toBe(true)
})

test.each<[string[], number, string, string]>([
  [['new', 'nothing-like-it'], 2, 'there is no template "nothing-like-it"', '--list shows them all'],
  [['new', '07-wide-hnt'], 2, 'there is no template', 'did you mean 07-wide-hunt?'],
  [['new', 'team/'], 2, 'there is no template', '--list'],
  [['new', 't'], 2, 'means more than one template: xdrlab/01-getting-started', 'team/name'],
  [['new', 'wide', '-p', 'region=mars'], 2, 'region', 'the template’s parameters are region, limit'],
  [['new', 'wide', '-p', 'regoin=eu'], 2, 'the nearest is region', 'parameters are'],
  [['new', 'wide', '-p', 'limit=many'], 2, 'limit', 'parameters are'],
  [
    ['new', 'wide', 'no/such/folder/x'],
    1,
    'the new notebook cannot be written to ',
    'name another place after the template',
  ],
  [['new', '--add', 'no-such-folder'], 2, 'no such folder', 'https://host/path'],
  [['new', '--add', 'http://git.example/x'], 2, 'http: is not taken', 'https://host/path'],
  [['new', '--add', 'file:///tmp'], 2, 'file: is not taken', ''],
  [['new', '--add', 'ext::sh -c touch% x'], 2, 'no address', ''],
  [['new', '--add=--upload-pack=touch x'], 2, 'no address', ''],
  [['new', '--add=-oProxyCommand=x:y'], 2, 'no address', ''],
  [['new', '--add', 'ssh://-oProxyCommand=x/y'], 2, 'names no host', ''],
  [['new', '--remove', 'https://git.example/soc/x.git'], 2, 'was not added', ''],
])('%j ends with %i: %s', async (args, code, why, hint) => {
  await using home = openTeam()
  const { status, stdout, stderr } = await home.runHere(args)
  expect({ status, stdout }).toEqual({ status: code, stdout: '' })
  expect(stderr).toContain(why)
  expect(stderr).toContain(hint)
  expect(readdirSync(home.folder)).toEqual(['team'])
})

test('an address with a secret in it is neither taken nor repeated', async () => {
  await using home = openTeam()
  const { status, stderr } = await home.run(['new', '--add', `https://me:${githubToken}@git.example/x.git`])
  expect(status).toBe(2)
  expect(stderr).toContain('there is a secret in the address')
  expect(stderr).not.toContain(githubToken)
})

test('never writes over a notebook without being told to', async () => {
  await using home = openTeam()
  home.write('wide-hunt.ipynb', 'mine')
  const refused = await home.run(['new', 'wide'])
  expect(refused.status).toBe(1)
  expect(refused.stderr).toContain('is there already')
  expect(readFileSync(home.path('wide-hunt.ipynb'), 'utf8')).toBe('mine')
  mkdirSync(home.path('cases'))
  for (const [file, made] of [
    ['other', 'other.ipynb'],
    ['cases', 'cases/wide-hunt.ipynb'],
  ] as const) {
    expect((await home.runHere(['new', 'wide', file])).status).toBe(0)
    expect(existsSync(home.path(made))).toBe(true)
  }
  expect((await home.runHere(['new', 'wide', '--force', '--json'])).stdout).toBe(
    `${JSON.stringify({ file: home.path('wide-hunt.ipynb'), template: '07-wide-hunt', path: join(home.team, '07-wide-hunt.ipynb'), files: [] })}\n`,
  )
  expect(sourceOf(home.path('wide-hunt.ipynb'), 0)).toContain('# Hunt')
})

test('a template with a secret is refused, one that names people is told of', async () => {
  await using home = openTeam()
  writeFileSync(join(home.team, 'leaky.ipynb'), hunt(`const t = '${githubToken}'`))
  writeFileSync(join(home.team, 'personal.ipynb'), hunt("const who = 'jane.doe@acme.io'"))
  const leaky = await home.run(['new', 'leaky'])
  expect(leaky.status).toBe(1)
  expect(leaky.stderr).toContain('has secrets in it: GitHub token (cell 3, line 1)')
  expect(leaky.stderr).not.toContain(githubToken)
  expect(existsSync(home.path('leaky.ipynb'))).toBe(false)
  const personal = await home.runHere(['new', 'personal'])
  expect(personal.status).toBe(0)
  expect(personal.stderr).toContain('! the template names e-mail address')
})

test('opening a template runs nothing of it', async () => {
  await using home = openTeam()
  const trap = home.path('ran')
  writeFileSync(join(home.team, 'trap.ipynb'), hunt(`require('fs').writeFileSync('${trap}', '1')`))
  await home.run(['new', '--list'])
  expect((await home.run(['new', 'trap'])).status).toBe(0)
  expect(existsSync(trap)).toBe(false)
})

test('in a terminal it lists, asks which and with what, and asks again where an answer does not fit', async () => {
  await using home = openTeam()
  const cli = home.startInTerminal(['new'])
  await cli.until(/Template \(number or name\): /)
  cli.type('nonsense\r')
  await cli.until(/there is no template "nonsense"[\s\S]*Template \(number or name\): /)
  cli.type('wide\r')
  await cli.until(/region \("us1" \| "eu", Enter for 'us1'\) · where: /)
  cli.type('mars\r')
  await cli.until(/answer again\s+region [^\n]*· where: /)
  cli.type('eu\r')
  await cli.until(/limit \(number, Enter for 10\) · how many rows: /)
  cli.type('\r')
  await cli.until(/hosts[^\n]*which hosts: /)
  cli.type('web-1, web-2\r')
  await cli.until(/earliest[^\n]*: /)
  cli.type('\r')
  expect((await cli.exited).status).toBe(0)
  expect(sourceOf(home.path('wide-hunt.ipynb'), 1)).toBe(
    [
      `const region: 'us1' | 'eu' = "eu" // where`,
      'const limit = 10 // how many rows',
      'const hosts: string[] = ["web-1", "web-2"] // which hosts',
      "const earliest = '-7d' as string",
    ].join('\n'),
  )
})

test('Ctrl-C at a question makes nothing', async () => {
  await using home = openTeam()
  const cli = home.startInTerminal(['new', 'wide'])
  await cli.until(/region/)
  cli.type('\u0003')
  expect((await cli.exited).status).toBe(130)
  expect(readdirSync(home.folder)).toEqual(['team'])
})

test('a folder that is gone and a damaged list are told, and ours are there', async () => {
  await using home = openHome()
  const gone = join(home.home, 'gone')
  const missing = await home.runHere(['new', '--list'], { env: { XDRLAB_TEMPLATES: gone } })
  expect(missing.status).toBe(0)
  expect(missing.stdout).toContain('01-getting-started')
  expect(missing.stderr).toContain(`the templates in ${gone} cannot be read (ENOENT)`)
  writeFileSync(join(home.home, 'templates.json'), '{"sources": [1]}')
  const damaged = await home.runHere(['new', '--list'])
  expect(damaged.status).toBe(1)
  expect(damaged.stderr).toContain('templates.json, is damaged')
})

describe('files that a template refers to', () => {
  const shows = [
    '# Hunt\n\n![flow](images/flow%20chart.png) and ![again](./images/flow%20chart.png)',
    '<img src="images/plan.svg"> [rows](data/rows.csv#x) [other](other.ipynb) [web](https://example.com/a.png)',
    '![outside](../outside.png) ![link](images/link.png) ![hidden](.secret.png) ![gone](images/gone.png)',
  ].join('\n\n')
  const code = [
    `import { f } from './lib/helper'`,
    `import { readFileSync } from 'node:fs'`,
    `const list = readFileSync('./data/list.txt', 'utf8')`,
    `const not = await import('../outside.ts')`,
  ].join('\n')

  function openTeamWithFiles() {
    const home = openTeam()
    const write = (name: string, content: string) => {
      mkdirSync(dirname(join(home.team, name)), { recursive: true })
      writeFileSync(join(home.team, name), content)
    }
    write('../outside.png', 'outside')
    write('../outside.ts', 'export {}')
    for (const name of ['images/flow chart.png', 'images/plan.svg', 'images/unused.png', 'data/rows.csv'])
      write(name, `content of ${name}`)
    write('data/list.txt', 'a')
    write('.secret.png', 'hidden')
    write('other.ipynb', hunt())
    write('lib/helper.ts', `export { g as f } from './deep/more.js'\nimport '../../outside.ts'`)
    write('lib/deep/more.ts', 'export const g = 1')
    symlinkSync(join(home.folder, 'outside.png'), join(home.team, 'images', 'link.png'))
    const { cells, ...rest } = JSON.parse(hunt(code))
    const [title, ...others] = cells
    write('pictures.ipynb', JSON.stringify({ ...rest, cells: [{ ...title, source: shows }, ...others] }))
    mkdirSync(home.path('mine'))
    return home
  }
  const copied = [
    ...['data/list.txt', 'data/rows.csv', 'images/flow chart.png', 'images/plan.svg'],
    ...['lib/deep/more.ts', 'lib/helper.ts'],
  ]
  const filesIn = (folder: string) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
      .toSorted()

  test('are copied beside the notebook, and nothing from outside, through a link or hidden', async () => {
    await using home = openTeamWithFiles()
    const { status, stdout, stderr } = await home.run(['new', 'pictures', 'mine'])
    expect(status).toBe(0)
    expect(filesIn(home.path('mine'))).toEqual([...copied, 'pictures.ipynb'])
    for (const name of ['images/flow chart.png', 'data/rows.csv'])
      expect(readFileSync(home.path(`mine/${name}`), 'utf8')).toBe(`content of ${name}`)
    const [, told = ''] = /^ {2}with what it refers to: (.+)$/m.exec(stdout) ?? []
    expect(told.split(', ').toSorted()).toEqual(copied)
    expect(stderr.match(/^! .* is not copied: .*$/gm)?.toSorted()).toEqual([
      '! ../outside.png is not copied: it is outside the template’s folder',
      '! ../outside.ts is not copied: it is outside the template’s folder',
      '! .secret.png is not copied: it is hidden',
      '! images/link.png is not copied: it is a link',
    ])
    const json = await home.run(['new', 'pictures', home.path('mine/again'), '--json'])
    expect(json.status).toBe(0)
    expect(JSON.parse(json.stdout).files.toSorted()).toEqual(copied)
  })

  test('write over nothing that differs, and then nothing is made', async () => {
    await using home = openTeamWithFiles()
    mkdirSync(home.path('mine/data'))
    writeFileSync(home.path('mine/data/rows.csv'), 'my own')
    const { status, stderr } = await home.run(['new', 'pictures', 'mine'])
    expect(status).not.toBe(0)
    expect(stderr).toContain('rows.csv is there already, and differs')
    expect(filesIn(home.path('mine'))).toEqual(['data/rows.csv'])
    expect(readFileSync(home.path('mine/data/rows.csv'), 'utf8')).toBe('my own')
    expect((await home.run(['new', 'pictures', 'mine', '--force'])).status).toBe(0)
    expect(readFileSync(home.path('mine/data/rows.csv'), 'utf8')).toBe('content of data/rows.csv')
  })

  const leaky = `# one\nkey = '${githubToken}'\n`
  test.each<[string, Buffer | string, number]>([
    ['lib/deep/more.ts', leaky, 2],
    ['data/rows.csv', `host,token\nweb-1,"${githubToken}"\n`, 2],
    ['images/plan.svg', `<svg><text>${githubToken}</text></svg>`, 1],
    // As Windows’ own programs write text.
    ['data/list.txt', Buffer.from(`\ufeff${leaky}`, 'utf16le'), 2],
    ['lib/helper.ts', Buffer.from(`\ufeff// M\u00fcller\n${leaky}`, 'utf8'), 3],
    ['data/list.txt', Buffer.from(`M\u00fcller\n${leaky}`, 'latin1'), 3],
  ])('with a secret in %s are refused with their template', async (name, content, line) => {
    await using home = openTeamWithFiles()
    writeFileSync(join(home.team, name), content)
    const { status, stdout, stderr } = await home.runHere(['new', 'pictures', 'mine'])
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toContain(
      `XDR_NOTEBOOK]: the template pictures has secrets in it: GitHub token (${name}, line ${line})`,
    )
    expect(stderr).not.toContain(githubToken)
    expect(filesIn(home.path('mine'))).toEqual([])
  })

  test('that name people are told of; bytes that are no text are left alone', async () => {
    await using home = openTeamWithFiles()
    writeFileSync(join(home.team, 'data/rows.csv'), 'who\njane.doe@acme.io\n')
    const picture = Buffer.concat([Buffer.from([0x89, 0x50, 0, 0]), Buffer.from(githubToken)])
    writeFileSync(join(home.team, 'images/flow chart.png'), picture)
    const { status, stderr } = await home.runHere(['new', 'pictures', 'mine'])
    expect(status).toBe(0)
    expect(stderr).toContain('! data/rows.csv of the template names e-mail address: first in line 2\n')
    expect(readFileSync(home.path('mine/images/flow chart.png'))).toEqual(picture)
  })

  test('that are there and the same are not written; one that comes up while questions are asked stays', async () => {
    await using home = openTeamWithFiles()
    mkdirSync(home.path('mine/data'))
    const same = home.path('mine/data/rows.csv')
    writeFileSync(same, 'content of data/rows.csv')
    utimesSync(same, 1, 1)
    const cli = home.startInTerminal(['new', 'pictures', 'mine'])
    await cli.until(/region [^\n]*: /)
    writeFileSync(home.path('mine/data/list.txt'), 'my own')
    cli.type('\r')
    for (const name of ['limit', 'hosts', 'earliest']) {
      await cli.until(new RegExp(`${name} [^\\n]*: $`))
      cli.type('\r')
    }
    const { status, stdout } = await cli.exited
    expect(status).toBe(1)
    expect(shownText(stdout)).toMatch(/list\.txt is there already/)
    expect(filesIn(home.path('mine'))).toEqual(['data/list.txt', 'data/rows.csv'])
    rmSync(home.path('mine/data/list.txt'))
    expect((await home.runHere(['new', 'pictures', 'mine'])).status).toBe(0)
    expect(statSync(same).mtimeMs).toBe(1_000)
  })
})
