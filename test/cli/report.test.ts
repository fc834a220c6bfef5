import { chmodSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { delimiter } from 'node:path'
import { expect, test } from 'vitest'
import { type CliHome, openHome } from '../support/cli.js'
import { githubToken, notebookOf, printedBy, shown } from '../support/notebooks.js'
import { isAlive } from '../support/processes.js'

const given = () =>
  JSON.stringify(
    notebookOf(
      { cell_type: 'markdown', source: '# A night' },
      { source: `const trap = 1 // the code`, outputs: [printedBy('stdout', 'the output')] },
      { outputs: [shown({ 'image/svg+xml': '<svg xmlns="http://www.w3.org/2000/svg"/>' })] },
    ),
  )

test('writes HTML beside the notebook, and leaves the notebook as it is', async () => {
  await using home = openHome()
  const path = home.write('night.ipynb', given())
  const { status, stdout, stderr } = await home.run(['report', 'night.ipynb'])
  expect({ status, stdout, stderr }).toEqual({
    status: 0,
    stdout: '',
    stderr: `The report is ${home.path('night.html')}\n`,
  })
  expect(readFileSync(home.path('night.html'), 'utf8')).toContain('<h1>A night</h1>')
  expect(readFileSync(path, 'utf8')).toBe(given())
  expect(readdirSync(home.folder).sort()).toEqual(['night.html', 'night.ipynb'])
})

test('the name of the output says what is written; - is stdout', async () => {
  await using home = openHome()
  home.write('night.ipynb', given())
  const shownPage = await home.run(['report', 'night.ipynb', '--no-input', '--theme', 'dark', '-o', '-'])
  expect(shownPage.stdout).toMatch(/^<!doctype html>/)
  expect(shownPage.stdout).toContain('data-theme="dark"')
  expect(shownPage.stdout).toContain('the output')
  expect(shownPage.stdout).not.toContain('the code')
  const markdown = await home.run(['report', 'night.ipynb', '-o', 'a b.md'])
  expect(markdown.status).toBe(0)
  expect(readFileSync(home.path('a b.md'), 'utf8')).toContain('![](a%20b_files/cell-3-1.svg)')
  expect(readFileSync(home.path('a b_files/cell-3-1.svg'), 'utf8')).toContain('<svg')
})

test('runs no code', async () => {
  await using home = openHome()
  const trap = home.path('ran')
  home.write('t.ipynb', JSON.stringify(notebookOf({ source: `require('fs').writeFileSync('${trap}', '1')` })))
  for (const to of ['html', 'md']) expect((await home.run(['report', 't.ipynb', '--to', to])).status).toBe(0)
  expect(existsSync(trap)).toBe(false)
})

test('what is hidden is told, and never shown', async () => {
  await using home = openHome()
  home.write('leaky.ipynb', JSON.stringify(notebookOf({}, { outputs: [printedBy('stdout', githubToken)] })))
  const { status, stderr } = await home.run(['report', 'leaky.ipynb'])
  expect(status).toBe(0)
  expect(stderr).toContain('hidden in cell 2: GitHub token; it is still in the notebook')
  const json = await home.run(['report', 'leaky.ipynb', '--to', 'md', '--json'])
  expect(JSON.parse(json.stdout)).toEqual({
    output: home.path('leaky.md'),
    format: 'md',
    hidden: [{ cell: 2, kind: 'GitHub token' }],
  })
  for (const name of ['leaky.html', 'leaky.md'])
    expect(readFileSync(home.path(name), 'utf8')).not.toContain(githubToken)
})

test.each<[string[], number, string]>([
  [['report', 'missing.ipynb'], 1, 'there is no notebook missing.ipynb'],
  [['report', 'n.ipynb', '-o', 'n.ipynb'], 2, 'written over the notebook'],
  [['report', 'n.ipynb', '-o', '-', '--json'], 2, 'cannot both go to stdout'],
  [['report', 'n.ipynb', '--to', 'docx'], 2, 'Allowed choices are html, md, pdf'],
  [
    ['report', 'n.ipynb', '-o', 'no/such/folder.html'],
    1,
    '/no/such/folder.html (ENOENT): there is no such folder',
  ],
])('%j ends with %i and says why', async (args, code, why) => {
  await using home = openHome()
  home.write('n.ipynb', given())
  const { status, stderr } = await home.run(args)
  expect(status).toBe(code)
  expect(stderr).toContain(why)
  expect(readFileSync(home.path('n.ipynb'), 'utf8')).toBe(given())
})

/** A program of the test's own, where the command looks for one. */
function program(home: CliHome, name: string, script: string): Record<string, string> {
  chmodSync(home.write(name, `#!/bin/sh\n${script}\n`), 0o755)
  return { PATH: `${home.folder}${delimiter}/nowhere` }
}

test('a PDF without a browser says what to install', async () => {
  await using home = openHome()
  home.write('n.ipynb', given())
  const env = { PATH: '/nowhere', XDRLAB_HOME: home.path('fresh') }
  const { status, stderr } = await home.run(['report', 'n.ipynb', '--to', 'pdf'], { env })
  expect(existsSync(home.path('n.pdf'))).toBe(false)
  // Beside the sources an environment with Jupyter may stand, which is tried then.
  expect(status).toBe(1)
  expect(stderr).toMatch(/install Chromium, Chrome or Edge|nbconvert wrote no report/)
})

test('a browser that fails is quoted, its hint says what else there is, and nothing is left behind', async () => {
  await using home = openHome()
  home.write('n.ipynb', given())
  const env = program(home, 'chromium', 'echo "no display today" >&2; exit 3')
  const { status, stderr } = await home.run(['report', 'n.ipynb', '--to', 'pdf'], { env })
  expect(status).toBe(1)
  expect(stderr).toContain('wrote no PDF: no display today')
  expect(home.leftInTemp()).toEqual([])
})

test('a PDF that takes long is stopped by Ctrl-C, with the browser', async () => {
  await using home = openHome()
  home.write('n.ipynb', given())
  const pidFile = home.path('pid')
  const env = program(home, 'chromium', `echo $$ > '${pidFile}'\nexec /bin/sleep 600`)
  const running = home.start(['report', 'n.ipynb', '--to', 'pdf'], { env })
  await expect
    .poll(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8'), { timeout: 30_000 })
    .toMatch(/\d\n/)
  running.kill('SIGINT')
  expect((await running.exited).status).toBe(130)
  const pid = Number(readFileSync(pidFile, 'utf8'))
  await expect.poll(() => isAlive(pid), { timeout: 30_000 }).toBe(false)
  expect(home.leftInTemp()).toEqual([])
})

test('--via nbconvert gives it a notebook without secrets and without what runs', async () => {
  await using home = openHome()
  const cells = notebookOf(
    { cell_type: 'markdown', source: '# T\n\n<script>1</script>' },
    { source: 'x', metadata: { tags: ['remove_cell'] } },
    {
      outputs: [
        printedBy('stdout', githubToken),
        shown({
          'text/html': '<p onclick="x">p</p><script>2</script>',
          'application/javascript': 'alert(1)',
          'image/svg+xml': '<svg><script>3</script></svg>',
        }),
      ],
    },
  )
  home.write('n.ipynb', JSON.stringify(cells))
  // It keeps what it is given, in the place of what it would have made of it.
  const script = `
while [ $# -gt 1 ]; do
  case "$1" in --output-dir) dir=$2 ;; --output) name=$2 ;; esac
  shift
done
/bin/cp "$1" "$dir/$name.html"`
  const env = program(home, 'jupyter', script)
  const { status, stderr } = await home.run(['report', 'n.ipynb', '--via', 'nbconvert'], { env })
  expect({ status, stderr }).toMatchObject({ status: 0 })
  const handed = readFileSync(home.path('n.html'), 'utf8')
  expect(handed).not.toMatch(/<script|onclick|javascript|ghp_/)
  const { cells: kept } = JSON.parse(handed)
  expect(kept.map(({ source }: { source: string }) => source)).toEqual([
    '# T',
    '&lt;script>1&lt;/script>',
    '',
  ])
  expect(kept[2].outputs[1].data).toEqual({
    'text/html': '<p>p</p>',
    'image/svg+xml': '<svg xmlns="http://www.w3.org/2000/svg"></svg>',
  })
})
