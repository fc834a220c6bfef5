import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { labFolder, venvProgram } from '../../src/cli/python-env.js'
import { removeFolder } from '../support/temp-home.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xdrlab-frontends-'))
})
afterAll(async () => {
  removeFolder(folder)
})

const cells = [
  'interface Row { id: number; title: string }\nconst rows: Row[] = [{ id: 1, title: "<first>" }, { id: 2, title: "second" }]\nconsole.log("printed", rows.length)',
  'rows',
  'display.html("<b id=\\"mark\\">made by a cell</b>")\ndisplay.markdown("**bold**")',
  'import { newDisplay } from "tslab"\nconst progress = newDisplay()\nprogress.text("half")\nprogress.text("whole")',
  'await new Promise((resolve) => setTimeout(resolve, 20))\n6 * 7',
]

/** Writes a notebook of these cells, and returns its path. */
async function notebookOf(name: string, sources: string[]): Promise<string> {
  const path = join(folder, name)
  const notebook = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {
      kernelspec: { name: 'xdrlab', display_name: 'TypeScript (xdrlab)', language: 'typescript' },
      language_info: { name: 'typescript', pygments_lexer: 'typescript', file_extension: '.ts' },
    },
    cells: sources.map((source, n) => ({
      cell_type: 'code',
      id: `cell-${n}`,
      metadata: {},
      source,
      outputs: [],
      execution_count: null,
    })),
  }
  await writeFile(path, JSON.stringify(notebook))
  return path
}

/** Starts a program of the lab's Python environment. */
function startProgram(name: string, args: string[]) {
  return spawn(venvProgram(join(labFolder(), 'venv'), name), args, {
    cwd: folder,
    env: { ...process.env, JUPYTER_PREFER_ENV_PATH: '1', XDRLAB_HOME: join(folder, 'home'), NO_COLOR: '1' },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
}

/** The same, to its end. */
async function runProgram(name: string, args: string[]) {
  const child = startProgram(name, args)
  const text = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk: Buffer) => {
    text.stdout += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    text.stderr += chunk.toString()
  })
  child.stdin.end()
  const [status] = await once(child, 'close')
  return { status, ...text }
}

interface SavedOutput {
  output_type: string
  text?: string | string[]
  data?: Record<string, string | string[]>
}

async function savedOutputs(path: string): Promise<SavedOutput[][]> {
  const { cells: saved } = JSON.parse(await readFile(path, 'utf8')) as { cells: { outputs: SavedOutput[] }[] }
  return saved.map(({ outputs }) => outputs)
}

function plainOf(output: SavedOutput | undefined): string {
  return [output?.data?.['text/plain'] ?? output?.text ?? ''].flat().join('')
}

test('nbconvert --execute makes a page with the outputs and coloured code', async () => {
  const path = await notebookOf('page.ipynb', cells)
  // The basic template is the page without JupyterLab's half a megabyte of styles.
  const options = ['--execute', '--to', 'html', '--template', 'basic']
  const { status, stderr } = await runProgram('jupyter-nbconvert', [...options, path])
  expect(status, stderr).toBe(0)
  const html = await readFile(join(folder, 'page.html'), 'utf8')
  expect(html).toContain('<b id="mark">made by a cell</b>')
  expect(html).toContain('<strong>bold</strong>')
  expect(html).toMatch(/<td[^>]*>(?:&lt;|&#60;)first(?:>|&gt;|&#62;)<\/td>/)
  expect(html).not.toContain('<first>')
  expect(html).toContain('printed 2')
  expect(html).toMatch(/<pre>whole\s*<\/pre>/)
  expect(html).not.toMatch(/<pre>half\s*<\/pre>/)
  expect(html).toMatch(/<span class="k\w*">(?:interface|const)<\/span>/)
})

test('papermill runs a notebook without parameters', async () => {
  const path = await notebookOf('job.ipynb', cells)
  const output = join(folder, 'job.out.ipynb')
  const { status, stderr } = await runProgram('papermill', ['--no-progress-bar', path, output])
  expect(status, stderr).toBe(0)
  const outputs = await savedOutputs(output)
  expect(outputs.map((each) => each.map(({ output_type }) => output_type))).toEqual([
    ['stream'],
    ['execute_result'],
    ['display_data', 'display_data'],
    ['display_data'],
    ['execute_result'],
  ])
  expect(plainOf(outputs[3]?.[0])).toBe('whole')
  expect(plainOf(outputs[4]?.[0])).toBe('42')
})

test('papermill stops at a cell that fails, with its error in the notebook', async () => {
  const path = await notebookOf('failing.ipynb', ['1', 'throw new TypeError("stop here")', '2'])
  const output = join(folder, 'failing.out.ipynb')
  const { status, stderr } = await runProgram('papermill', ['--no-progress-bar', path, output])
  expect(status).not.toBe(0)
  expect(stderr).toContain('TypeError: stop here')
  expect((await readFile(output, 'utf8')).includes('"ename": "TypeError"')).toBe(true)
})

test('jupyter run runs a file', async () => {
  await writeFile(join(folder, 'script.ts'), 'const who: string = "run"\nconsole.log("hello from", who)\n')
  const { status, stdout, stderr } = await runProgram('jupyter-run', ['--kernel', 'xdrlab', 'script.ts'])
  expect(status, stderr).toBe(0)
  expect(stdout).toContain('hello from run')
})

/** A person at `jupyter console`: types a line when it is asked for one, and reads what comes. */
async function talkToConsole(turns: [line: string, answer: RegExp][]): Promise<void> {
  const child = startProgram('jupyter-console', ['--simple-prompt', '--kernel', 'xdrlab'])
  let screen = ''
  const read = (chunk: Buffer) => {
    screen += chunk.toString()
  }
  child.stdout.on('data', read)
  child.stderr.on('data', read)
  const ended = once(child, 'close')
  const seen = (what: RegExp) =>
    vi.waitFor(
      () => {
        if (!what.test(screen)) throw new Error(`no ${what} on the screen:\n${screen}`)
      },
      { timeout: 45_000 },
    )
  try {
    for (const [number, [line, answer]] of turns.entries()) {
      await seen(new RegExp(`In \\[${number + 1}\\]:`))
      child.stdin.write(`${line}\n`)
      await seen(answer)
    }
    child.stdin.end('exit\n')
    expect(await ended).toEqual([0, null])
  } finally {
    child.kill()
  }
}

test('jupyter console shows results, prints, displays and errors', async () => {
  await talkToConsole([
    ['const base: number = 40', /In \[2\]:/],
    ['base + 2', /Out\[2\]:\s*42/],
    ['console.log("printed", base)', /printed 40/],
    ['display.html("<b>rich</b>")', /rich/],
    ['throw new RangeError("seen")', /RangeError: seen/],
  ])
})
