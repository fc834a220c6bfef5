import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readValues } from '../../src/cli/values-file.js'
import { readSaved } from '../notebook/nbformat.js'
import { notebookWith } from '../notebook/parameter-notebook.js'
import { type CliHome, openHome } from '../support/cli.js'

const declared = `type Region = 'us' | 'eu'
// Where to look.
const region: Region = 'us'
const earliest = '-1d' // How far back.
const limit = 10
const hosts: string[] = []
const deep = false
let filter: { severity?: number } = {}`

const report = 'console.log(JSON.stringify({ region, earliest, limit, hosts, deep, filter }))'

/** Writes a notebook of the parameters cell between two others. */
function writeNotebook(home: CliHome, { first = '1', source = declared, last = report } = {}): string {
  const notebook = notebookWith(source, { first, last })
  return home.write('hunt.ipynb', JSON.stringify(notebook))
}

/** What the last cell has printed. */
const reported = (stdout: string): unknown => JSON.parse(/^\{"region".*$/m.exec(stdout)?.[0] ?? 'null')

const defaults = { region: 'us', earliest: '-1d', limit: 10, hosts: [], deep: false, filter: {} }

describe('xdrlab run with values', () => {
  test('cells have them, of -p, -r and files, the command line before the file', async () => {
    await using home = openHome()
    const notebook = writeNotebook(home)
    const file = home.write('a.yaml', 'region: eu\nearliest: -30d # a month\nhosts: [a, b]\nlimit: 5\n')
    const other = home.write('b.json', '{"limit": 6, "deep": true}')
    const { status, stdout, stderr } = await home.run([
      ...['run', notebook, '-f', file, '--parameters-file', other],
      ...[
        '-p',
        'earliest=-7d',
        '--parameter',
        'hosts=c',
        '--raw',
        'hosts=["d"]',
        '-p',
        'filter={"severity":3}',
      ],
    ])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const values = {
      ...{ region: 'eu', earliest: '-7d', limit: 6, hosts: ['c', '["d"]'] },
      ...{ deep: true, filter: { severity: 3 } },
    }
    expect(reported(stdout)).toEqual(values)
    const saved = readSaved(home.path('hunt.executed.ipynb'))
    expect(saved.problems).toEqual([])
    expect(saved.cells.map(({ source }) => source)).toEqual([
      '1',
      declared,
      `// Parameters
const region: Region = "eu"
const earliest: string = "-7d"
const limit: number = 6
const hosts: string[] = ["c", "[\\"d\\"]"]
const deep: boolean = true
let filter: { severity?: number } = { severity: 3 }`,
      report,
    ])
    expect(JSON.parse(saved.text).metadata.papermill).toEqual({ parameters: values })
  })

  test('a run without values has the defaults, and one of its result replaces the values', async () => {
    await using home = openHome()
    const plainRun = await home.run(['run', writeNotebook(home)])
    expect(reported(plainRun.stdout)).toEqual(defaults)
    expect(readSaved(home.path('hunt.executed.ipynb')).cells).toHaveLength(3)
    await home.run(['run', home.path('hunt.ipynb'), '-p', 'limit=1', '-o', home.path('one.ipynb')])
    const again = await home.run([
      'run',
      home.path('one.ipynb'),
      '-p',
      'deep=true',
      '-o',
      home.path('two.ipynb'),
    ])
    expect(reported(again.stdout)).toEqual({ ...defaults, deep: true })
    expect(readSaved(home.path('two.ipynb')).cells).toHaveLength(4)
  })

  test('what does not fit is told before anything runs: exit code 2, and no file', async () => {
    await using home = openHome()
    const notebook = writeNotebook(home, { first: "require('node:fs').writeFileSync('ran', '')" })
    const wrong = ['-p', 'region=mars', '-p', 'limt=5', '-p', 'limit=x', '-p', 'hosts=a']
    const { status, stdout, stderr } = await home.run(['run', notebook, ...wrong])
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toBe(`XdrError [XDR_BAD_OPTION]: 3 parameters of ${notebook} are wrong:
    limt: there is no such parameter; the nearest is limit
    region: "mars" is not one of "us", "eu"
    limit: "x" is not a number
  → xdrlab run ${notebook} --help lists the parameters
`)
    expect([existsSync(home.path('ran')), existsSync(home.path('hunt.executed.ipynb'))]).toEqual([
      false,
      false,
    ])
    const asJson = await home.runHere(['run', notebook, '--json', '-p', 'limit=x'])
    expect(JSON.parse(asJson.stderr).error.code).toBe('XDR_BAD_OPTION')
  })

  test.each([
    [['-p', 'limit'], /write name=value/],
    [['-p', '=5'], /write name=value/],
    [['-r', 'limit'], /write name=value/],
    [['-p'], /argument missing/],
    [['-f', 'nowhere.yaml'], /nowhere\.yaml cannot be read \(ENOENT\)/],
  ])('%j: exit code 2', async (args, why) => {
    await using home = openHome()
    const { status, stdout, stderr } = await home.runHere(['run', writeNotebook(home), ...args])
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(why)
  })
})

describe('a file of values', () => {
  test.each([
    [
      'v.yaml',
      'a: 9007199254740993\nb: [-9007199254740993, 1]',
      { a: 9007199254740993n, b: [-9007199254740993n, 1] },
    ],
    [
      'v.yaml',
      'a: 007\nb: 1.0\nc: no\nd: null\ne: ~\nf: 12:30',
      { a: 7, b: 1, c: 'no', d: null, e: null, f: '12:30' },
    ],
    ['v.yaml', 'limit: 5', { limit: 5 }],
    [
      'v.yml',
      '---\n# a comment\nhosts:\n  - a\n  - "5"\nregion: "eu"\n...\n',
      { hosts: ['a', '5'], region: 'eu' },
    ],
    ['v.yaml', 'earliest: 2026-01-02\ndeep: true', { earliest: '2026-01-02', deep: true }],
    ['v.yaml', 'hosts: &h [a]\nfilter: {severity: 1}', { hosts: ['a'], filter: { severity: 1 } }],
    ['v.yaml', 'earliest: |\n  two\n  lines\n', { earliest: 'two\nlines\n' }],
    ['v.json', '{"limit": 1e2, "earliest": "\\u0022$\x7bx}"}', { limit: 100, earliest: '"$\x7bx}' }],
    ['v.yaml', '', {}],
    ['v.yaml', '# nothing\n', {}],
  ])('%s %j', async (name, text, values) => {
    await using home = openHome()
    expect(Object.fromEntries(await readValues(home.write(name, text)))).toEqual(values)
  })

  test.each([
    ['limit: [', /v\.yaml is no YAML or JSON: /],
    ['limit: 1\nlimit: 2', /v\.yaml is no YAML or JSON: Map keys must be unique/],
    ['- limit', /v\.yaml holds no names with values/],
    ['limit', /v\.yaml holds no names with values/],
    ['limit: !!js/function "x"', /v\.yaml is no YAML or JSON: Unresolved tag/],
    ['limit: "5"', /: limit: "5" is not a number$/m],
    ['earliest: 1.10', /: earliest: 1\.1 is not a text$/m],
    ['limit: 9007199254740993', /: limit: 9007199254740993 is too large/],
    ['limt: 1\nregion: mars', /^ {4}limt: there is no such.*\n {4}region: "mars" is not/m],
    [
      `a: &a [x,x,x,x,x,x,x,x]\n${['b', 'c', 'd', 'e'].map((name, i) => `${name}: &${name} [${Array(8).fill(`*${'abcd'[i]}`)}]`).join('\n')}`,
      /v\.yaml cannot be read: Excessive alias count/,
    ],
    ['limit: &a [*a]', /v\.yaml cannot be read: values within values never end|is no YAML or JSON: /],
    [`limit: ${'['.repeat(500)}${']'.repeat(500)}`, /v\.yaml cannot be read: values within values never end/],
  ])('%j is refused: exit code 2', async (text, why) => {
    await using home = openHome()
    const run = await home.runHere(['run', writeNotebook(home), '-f', home.write('v.yaml', text)])
    expect({ status: run.status, stdout: run.stdout }).toEqual({ status: 2, stdout: '' })
    expect(run.stderr).toMatch(why)
    expect(run.stderr).not.toContain('    at ')
  })
})

describe('xdrlab run <notebook> --help', () => {
  test('lists the parameters below the usual help, as TypeScript declares them', async () => {
    await using home = openHome()
    const source = `${declared}\nlet tenant: string // Whose.\nconst since: Filter<Row>[] = []\nconst other = compute()`
    const { status, stdout, stderr } = await home.run([
      'run',
      writeNotebook(home, { source }),
      '-p',
      'limit=x',
      '--help',
    ])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(/^Usage: xdrlab run \[options\] <notebook>$/m)
    const [, listed] = stdout.split('\nParameters of hunt.ipynb (-p name=value):\n')
    expect(listed).toBe(`  region: "us" | "eu" = 'us'
      Where to look.
  earliest: string = '-1d'
      How far back.
  limit: number = 10
  hosts: string[] = []
  deep: boolean = false
  filter: { severity?: number } = {}
  tenant: string
      Whose.
      needed: it has no default
  since: Filter<Row>[] = []
      checked in part only, as any[]
  other: any = compute()
      takes any JSON: its type is not one that is checked
`)
  })

  test('of one that is not there, is no notebook or takes none says so below the help', async () => {
    await using home = openHome()
    home.write('none.ipynb', 'nonsense')
    const untagged = notebookWith(declared, { tags: [] })
    home.write('untagged.ipynb', JSON.stringify(untagged))
    home.write('marks.ipynb', JSON.stringify(notebookWith("const a = '\u001b[31m' // \u202ehelp\u0007")))
    const endOf = async (name: string) => {
      const { status, stdout, stderr } = await home.runHere(['run', '-h', home.path(name)])
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
      expect(stdout).toMatch(/^Usage: xdrlab run/)
      return stdout.trimEnd().split('\n').slice(-2)
    }
    expect(await endOf('absent.ipynb')).toEqual(['', `there is no notebook ${home.path('absent.ipynb')}`])
    expect((await endOf('none.ipynb'))[1]).toMatch(/none\.ipynb is not a notebook: it is not JSON$/)
    expect(await endOf('untagged.ipynb')).toEqual(['', 'untagged.ipynb takes no parameters.'])
    expect((await endOf('marks.ipynb')).join('\n')).not.toMatch(/[\u001b\u202e\u0007]/)
  })
})

test.each(['', 'nonsense', '5'])(
  'the command of papermill’s translator has no answer to %j',
  async (input) => {
    await using home = openHome()
    const { status, stdout, stderr } = await home.run(['papermill'], { input })
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain('this command is for papermill\n')
  },
)
