import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { packageRoot } from '../../src/package.js'

const library = pathToFileURL(join(packageRoot, 'dist', 'src', 'index.js')).href

/** Runs a script that uses the library without a kernel. */
async function script(code: string): Promise<{ stdout: string; stderr: string }> {
  const source = `import { clearOutput, display, input, newDisplay } from ${JSON.stringify(library)}\n${code}`
  return await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', source], {
    env: { ...process.env, COLUMNS: '60' },
  })
}

test('without a kernel, displays are printed as text', async () => {
  const { stdout } = await script(`
    display({ a: 1 })
    display.html('<b>x &lt; y</b>')
    display.markdown('**md**')
    display.png(new Uint8Array([1]))
    const shown = newDisplay()
    shown.text('first'); shown.text('second')
    clearOutput()`)
  expect(stdout).toBe('{ a: 1 }\nx < y\n**md**\n[image/png]\nfirst\nsecond\n')
})

test('without a kernel, a list of objects is a table', async () => {
  const { stdout } = await script('display([{ id: 1, title: "one" }, { id: 2, title: "two" }])')
  expect(stdout).toMatch(/^id {2}title\n─+ {2}─+\n 1 {2}one\n 2 {2}two\n/)
})

test('without a kernel, what would control a terminal is left out', async () => {
  const { stdout } = await script('display.text("a\\u001b[2Jb\\rc\\nd\\te")')
  expect(stdout).toBe('a[2Jbc\nd\te\n')
})

test('without anybody to ask, a question fails and names the way out', async () => {
  const { stdout } = await script('await input("Who? ").catch((error) => console.log(error.code))')
  expect(stdout).toBe('XDR_INPUT_NEEDED\n')
})
