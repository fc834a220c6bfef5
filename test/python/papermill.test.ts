import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { labFolder, venvProgram } from '../../src/cli/python-env.js'
import { readSaved } from '../notebook/nbformat.js'
import { notebookWith } from '../notebook/parameter-notebook.js'
import { type CliHome, openHome } from '../support/cli.js'

const declared = `type Region = 'us' | 'eu'
// Where to look.
const region: Region = 'us'
const earliest: string = '-1d' // How far back.
const limit = 10
const hosts: string[] = []
const deep = false`

const report = `const other: Region = region
JSON.stringify({ region, earliest, limit, hosts, deep, isFew: limit === 10 })`

let home: CliHome
/** An environment of its own with the lab's packages in it: what is installed into it stays out of the lab's. */
let venv: string
let packages: string

beforeAll(async () => {
  home = openHome()
  venv = home.path('venv')
  const lab = venvProgram(join(labFolder(), 'venv'), 'python')
  expect(await runProgram(lab, ['-m', 'venv', '--without-pip', venv])).toMatchObject({ status: 0 })
  const place = ['-c', 'import sysconfig; print(sysconfig.get_path("purelib"))']
  const labPackages = (await runProgram(lab, place)).stdout.trim()
  packages = (await runProgram(venvProgram(venv, 'python'), place)).stdout.trim()
  writeFileSync(join(packages, 'lab.pth'), `${labPackages}\n`)
})

afterAll(() => home[Symbol.asyncDispose]())

async function runProgram(program: string, args: string[]) {
  const child = spawn(program, args, {
    cwd: home.folder,
    env: { ...home.env, JUPYTER_PREFER_ENV_PATH: '1', NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const text = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk: Buffer) => {
    text.stdout += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    text.stderr += chunk.toString()
  })
  const [status] = await once(child, 'close')
  return { status, ...text }
}

const papermill = (...args: string[]) => runProgram(venvProgram(venv, 'python'), ['-m', 'papermill', ...args])

function writeNotebook(name: string, options: Parameters<typeof notebookWith>[1] = {}): string {
  const notebook = notebookWith(declared, { first: "checkTypes('strict')", last: report, ...options })
  return home.write(name, JSON.stringify(notebook))
}

/** The text of the injected cells, and what the last cell has reported. */
function resultOf(path: string) {
  const { cells, text } = readSaved(path)
  const injected = JSON.parse(text).cells.flatMap((cell: { metadata: { tags?: string[] } }, i: number) =>
    cell.metadata.tags?.includes('injected-parameters') ? [cells[i]?.source.trim()] : [],
  )
  const shown = /'(\{.*\})'/.exec([cells.at(-1)?.outputs[0]?.data?.['text/plain']].flat().join(''))
  return { injected, reported: JSON.parse(shown?.[1] ?? 'null') }
}

test('papermill sets parameters once xdrlab is installed into its environment, and no more when it is gone', async () => {
  const notebook = writeNotebook('hunt.ipynb')
  const output = home.path('out.ipynb')
  const installed = await home.run(['install', '--prefix', venv])
  expect(installed).toMatchObject({ status: 0, stderr: '' })
  expect(installed.stdout).toMatch(
    /^papermill 2\.\d.* can set parameters of its notebooks \(a module in .*\)\.$/m,
  )

  const values = [
    '-p',
    'region',
    'eu',
    '-r',
    'earliest',
    '7',
    '-p',
    'limit',
    '3',
    '-y',
    'hosts: [a, "5"]',
    '-p',
    'deep',
    'True',
  ]
  const first = await papermill('--no-progress-bar', notebook, output, ...values)
  expect(first.status, first.stderr).toBe(0)
  expect(first.stderr).not.toContain('unknown parameter')
  const set = { region: 'eu', earliest: '7', limit: 3, hosts: ['a', '5'], deep: true }
  expect(resultOf(output)).toEqual({
    injected: [
      `// Parameters
const region: Region = "eu"
const earliest: string = "7"
const limit: number = 3
const hosts: string[] = ["a", "5"]
const deep: boolean = true`,
    ],
    reported: { ...set, isFew: false },
  })
  expect(JSON.parse(readSaved(output).text).metadata.papermill.parameters).toEqual(set)

  const removed = await home.run(['uninstall', '--prefix', venv])
  expect(removed.stdout).toContain(`The module for papermill was removed from ${packages}\n`)
  expect(readdirSync(packages).filter((name) => name.startsWith('xdrlab'))).toEqual([])
})

/** papermill takes long to load: once for several notebooks, as a program of somebody's has it. */
const manyRuns = `
import json, sys
import papermill
notebook, untagged, out, last = sys.argv[1:5]
refusals = []
for values in json.loads(sys.argv[5]):
    try:
        papermill.execute_notebook(notebook, out, values, progress_bar=False)
        refusals.append(None)
    except papermill.PapermillException as error:
        refusals.append(str(error))
papermill.execute_notebook(untagged, last, {'added': "it's \`\u2028", 'found': {'a': [None, 2**64]}}, progress_bar=False)
known = papermill.inspect_notebook(notebook)
papermill.execute_notebook(notebook, notebook, {'hosts': '["b"]', 'added': 'x'}, progress_bar=False)
papermill.execute_notebook(notebook, notebook, {'hosts': ['c']}, progress_bar=False)
import xdrlab_papermill
xdrlab_papermill._COMMAND_FILE.write_text('["/nowhere/node"]')
try:
    papermill.execute_notebook(notebook, out, {'limit': 1}, progress_bar=False)
except papermill.PapermillException as error:
    gone = str(error)
print(json.dumps({'refusals': refusals, 'known': known, 'gone': gone}))
`

test('papermill refuses what does not fit before anything runs, and lists parameters', async () => {
  await home.run(['install', '--prefix', venv])
  const notebook = writeNotebook('many.ipynb')
  const untagged = writeNotebook('untagged.ipynb', { tags: [], last: 'JSON.stringify({ added })' })
  const [out, last] = [home.path('never.ipynb'), home.path('last.ipynb')]
  const refused: [values: object, why: RegExp][] = [
    [
      { region: 'mars', limit: 'x' },
      /2 parameters .* wrong:\n +region: "mars" is not one .*\n +limit: "x" is not a num/,
    ],
    [{ earliest: 7 }, /earliest: 7 is not a text\n.*-r/],
    [{ apiToken: 'hunter2' }, /apiToken: is called like a secret/],
    [{ 'a = 1; evil(); const b': 1 }, /"a = 1; evil\(\); const b" is no name of a variable/],
    [{ class: 1 }, /"class" is no name of a variable/],
    [{ hosts: ['a', 1] }, /hosts\[1\]: 1 is not a text/],
  ]
  const all = JSON.stringify(refused.map(([values]) => values)).replace(/\}\]$/, '},{"limit":NaN}]')
  const python = venvProgram(venv, 'python')
  const { status, stdout, stderr } = await runProgram(python, [
    '-c',
    manyRuns,
    notebook,
    untagged,
    out,
    last,
    all,
  ])
  expect(status, stderr).toBe(0)
  const { refusals, known, gone } = JSON.parse(stdout)
  expect(refusals).toEqual([
    ...refused.map(([, why]) => expect.stringMatching(why)),
    expect.stringContaining('not a finite number'),
  ])
  expect(gone).toBe('xdrlab cannot be started (there is no /nowhere/node); run `xdrlab install` again')
  expect(stdout).not.toContain('hunter2')
  expect(existsSync(out)).toBe(false)
  // Where no cell is tagged, papermill puts the values first.
  expect(readSaved(last).cells[0]?.source.trim()).toBe(`// Parameters
const added: string = "it's \`\\u2028"
const found: { a: any[] } = { a: [null, 18446744073709551616n] }`)
  expect(known).toMatchObject({
    region: { name: 'region', inferred_type_name: 'Region', default: "'us'", help: 'Where to look.' },
    limit: { inferred_type_name: 'number', default: '10', help: '' },
    hosts: { inferred_type_name: 'string[]', default: '[]' },
  })
  // The second one has replaced the first.
  expect(resultOf(notebook)).toEqual({
    injected: ['// Parameters\nconst hosts: string[] = ["c"]'],
    reported: { region: 'us', earliest: '-1d', limit: 10, hosts: ['c'], deep: false, isFew: true },
  })
})

test('--papermill finds the one on the path, by the Python that its first line names', async () => {
  const bin = home.path('bin')
  mkdirSync(bin, { recursive: true })
  writeFileSync(join(bin, 'papermill'), `#!${venvProgram(venv, 'python')}\nimport papermill\n`)
  chmodSync(join(bin, 'papermill'), 0o755)
  const env = { PATH: `${bin}:${home.env.PATH}` }
  await home.run(['uninstall', '--prefix', venv])
  const without = await home.run(['install'], { env })
  expect(without.stdout).toContain('xdrlab install --papermill\n')
  expect(existsSync(join(packages, 'xdrlab_papermill'))).toBe(false)
  const installed = await home.run(['install', '--papermill', '--json'], { env })
  expect(JSON.parse(installed.stdout)).toMatchObject({ dir: expect.any(String), papermill: packages })
  expect(existsSync(join(packages, 'xdrlab_papermill', '__init__.py'))).toBe(true)
  const removed = await home.run(['uninstall', '--papermill', '--json'], { env })
  expect(JSON.parse(removed.stdout)).toMatchObject({ removed: true, papermill: packages })
  expect(existsSync(join(packages, 'xdrlab_papermill'))).toBe(false)
})
