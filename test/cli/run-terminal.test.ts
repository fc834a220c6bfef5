import { afterAll, expect, test } from 'vitest'
import { makeNotebook, readSaved } from '../notebook/nbformat.js'
import { findLeaks, guardSecret, openHome, shownText, writtenText } from '../support/cli.js'

afterAll(() => expect(findLeaks()).toEqual([]))

const controls = /\u001b/
const colour = /\u001b\[[\d;]*m/

test('--approve signs in while the person watches: the code is seen, and one line stays', async () => {
  await using home = openHome()
  const notebook = home.write(
    'n.ipynb',
    makeNotebook(
      `import { connect, gql, taegis } from 'xdrlab'\nconst xdr = await connect(taegis, { region: 'sandbox' })`,
      `(await xdr.query(gql\`{ currentTDRUser { email } }\`)).currentTDRUser`,
    ),
  )
  const running = home.startInTerminal(['run', notebook, '--approve'])
  const { status, stdout } = await running.exited
  expect(status).toBe(0)
  expect(stdout).toMatch(colour)
  const code = /shows the code {2}(\S+)/.exec(writtenText(stdout))?.[1] ?? ''
  expect(code).toMatch(/^\w{4}-\w{4}$/)
  const shown = shownText(stdout)
  expect(shown).toMatch(
    /^✓ Signed in as analyst@sandbox\.example · tenant \d+ · until [\d: -]+\n\(confirmed on the sandbox’s own pages/m,
  )
  expect(shown).toContain("{ email: 'analyst@sandbox.example' }")
  expect(shown).toMatch(/Done: 2 of 2 cells in [\d.]+ s\.\nThe executed notebook is /)
  for (const absent of [code, '/device', 'Waiting for the browser']) expect(shown).not.toContain(absent)
  expect(readSaved(home.path('n.executed.ipynb')).text).not.toContain(code)
})

test('what is typed as a password is neither on the screen nor in the file', async () => {
  await using home = openHome()
  const typed = 'hunter2-hunter2-hunter2'
  guardSecret('a typed password', typed)
  const source = `const typed = await password('Vault password: ')\nconsole.log(typed.length, typed)`
  const running = home.startInTerminal(['run', home.write('n.ipynb', makeNotebook(source))])
  await running.until(/Vault password: $/)
  running.type(`${typed}\r`)
  const { status, stdout } = await running.exited
  expect(status).toBe(0)
  expect(stdout).not.toContain(typed)
  const { cells } = readSaved(home.path('n.executed.ipynb'))
  expect(cells[0]?.text).toContain(`${typed.length} `)
  expect(cells[0]?.text).not.toContain(typed)
})

test('NO_COLOR is heard', async () => {
  await using home = openHome({ NO_COLOR: '1' })
  const notebook = home.write('n.ipynb', makeNotebook(`display('shown')\nthrow new Error('red otherwise')`))
  const { status, stdout } = await home.startInTerminal(['run', notebook]).exited
  expect(status).toBe(1)
  expect(stdout).toContain('red otherwise')
  expect(stdout).not.toMatch(colour)
})

const ticking = [
  "const shown = display('state 1')",
  "for (let i = 2; i <= 10; i++) shown.update('state ' + i)",
  // Longer than it takes to tell how long a cell has been running.
  'await new Promise((resolve) => setTimeout(resolve, 2_500))',
].join('\n')

test.each([
  ['with outputs', [], /^'?state 1'?\n'?state 10'?\n/m],
  ['without', ['--no-stream'], /^\[1\/1\] const shown[^\n]*\n✓/m],
  ['over tenants', ['--tenants', '1,2', '--concurrency', '2'], /^… tenant 1\n/m],
])('a dumb terminal is told each thing once, %s', async (_name, args, told) => {
  await using home = openHome({ TERM: 'dumb' })
  const notebook = home.write('n.ipynb', makeNotebook(ticking))
  const { status, stdout } = await home.startInTerminal(['run', notebook, ...args]).exited
  expect(stdout).not.toMatch(controls)
  const shown = shownText(stdout)
  expect(shown).toMatch(told)
  expect(shown).not.toMatch(/^'?state [2-9]\b|^… .* s$/m)
  expect(status).toBe(0)
})
