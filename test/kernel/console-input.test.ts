import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type KernelSession, openKernel } from '../support/kernel-session.js'

let kernel: KernelSession
beforeAll(async () => {
  kernel = await openKernel()
  await kernel.run(
    'import * as promised from "node:readline/promises"; import readline, { createInterface } from "node:readline"; import { promisify } from "node:util"',
  )
})
afterAll(async () => {
  await kernel[Symbol.asyncDispose]()
})

/** Runs a cell and answers its questions in order. */
async function runAnswering(code: string, ...answers: string[]) {
  const asked: string[] = []
  const ran = await kernel.run(code, {
    allowStdin: true,
    onInput: async (prompt) => {
      asked.push(prompt)
      return answers[asked.length - 1] ?? 'more was asked than there are answers'
    },
  })
  return { asked, text: ran.text, stdout: ran.stdout, traceback: ran.traceback, stderr: ran.stderr }
}

const clean = { traceback: '', stderr: '' }

describe('readline', () => {
  test('a question of readline/promises has its text as prompt, and nothing is asked in between', async () => {
    const code = `const own = promised.createInterface({ input: process.stdin, output: process.stdout })
      const first = await own.question('First? ')
      await new Promise((resolve) => setTimeout(resolve, 50))
      const second = await own.question('Second? ')
      own.close()
      JSON.stringify([first, second])`
    expect(await runAnswering(code, 'a', 'b')).toMatchObject({
      ...clean,
      asked: ['First? ', 'Second? '],
      text: `'["a","b"]'`,
    })
  })

  test('an interface of one cell asks under the next', async () => {
    expect(
      await runAnswering('const kept = promised.createInterface({ input: process.stdin })\n1'),
    ).toMatchObject({
      ...clean,
      asked: [],
      text: '1',
    })
    expect(await runAnswering('await kept.question("Now? ")', 'yes')).toMatchObject({
      asked: ['Now? '],
      text: "'yes'",
    })
    expect((await runAnswering('kept.close(); await kept.question("Closed? ")')).traceback).toContain(
      'closed',
    )
  })

  test('a question with a callback keeps the cell until it is answered', async () => {
    const code = `const back = createInterface({ input: process.stdin, output: process.stdout })
      back.question('Back? ', (answer) => { console.log('got', answer); back.close() });`
    expect(await runAnswering(code, 'it')).toMatchObject({ ...clean, asked: ['Back? '], stdout: 'got it\n' })
    const promisified = `const other = createInterface({ input: process.stdin })
      const answer = await promisify(other.question)('Promise? '); other.close(); answer`
    expect(await runAnswering(promisified, 'kept')).toMatchObject({ ...clean, text: "'kept'" })
  })

  test('lines are read until the loop is left', async () => {
    const code = `const got: string[] = []
      for await (const line of createInterface({ input: process.stdin })) { got.push(line); if (line === 'end') break }
      got.join()`
    expect(await runAnswering(code, 'one', 'two', 'end')).toMatchObject({
      ...clean,
      asked: ['', '', ''],
      text: "'one,two,end'",
    })
  })

  test('lines that a listener takes keep the cell until it closes', async () => {
    const code = `const listening = createInterface({ input: process.stdin })
      listening.on('line', (line) => { console.log('line', line); if (line === 'q') listening.close() });`
    expect(await runAnswering(code, 'x', 'q')).toMatchObject({ ...clean, stdout: 'line x\nline q\n' })
  })
})

describe('process.stdin', () => {
  test('is a stream of lines', async () => {
    const code = `let taken = ''
      for await (const chunk of process.stdin) { taken += chunk; if (taken.includes('.')) break }
      taken`
    expect(await runAnswering(code, 'ä', 'z.')).toMatchObject({ ...clean, text: "'ä\\nz.\\n'" })
  })

  test('takes listeners, and asks no more when it is paused', async () => {
    const code = `process.stdin.setEncoding('utf8')
      process.stdin.on('data', (chunk) => { console.log(JSON.stringify(chunk)); process.stdin.pause() });`
    expect(await runAnswering(code, 'only')).toMatchObject({ ...clean, asked: [''], stdout: '"only\\n"\n' })
    expect(await runAnswering('process.stdin.removeAllListeners("data"); 1')).toMatchObject({
      asked: [],
      text: '1',
    })
  })

  test('ends with the cell when it is interrupted, and is there for the next', async () => {
    const waiting = kernel.run('for await (const chunk of process.stdin) {}', {
      allowStdin: true,
      onInput: () => {
        void kernel.client.interrupt()
        return new Promise(() => {})
      },
    })
    expect((await waiting).error?.ename).toBe('KeyboardInterrupt')
    const code = 'let again = ""; for await (const chunk of process.stdin) { again += chunk; break }\nagain'
    expect(await runAnswering(code, 'back')).toMatchObject({ text: "'back\\n'" })
  })

  test.each([
    'for await (const chunk of process.stdin) {}',
    'for await (const line of createInterface({ input: process.stdin })) {}',
    'await promised.createInterface({ input: process.stdin }).question("Who? ")',
    'await prompt("Who?")',
  ])('where nobody can answer, %s says so', async (code) => {
    const { error } = await kernel.run(code)
    expect(error?.traceback[0]).toMatch(
      /^XdrError \[XDR_INPUT_NEEDED\]: .* is needed and this front end cannot ask/,
    )
  })
})

test('prompt, confirm and alert ask, with promises', async () => {
  const code =
    'JSON.stringify([await prompt("Name?"), await prompt("Region?", "us1"), await confirm("Sure?"), await confirm("So?"), await alert("Done")])'
  expect(await runAnswering(code, 'ann', '', 'y', '', '')).toMatchObject({
    ...clean,
    asked: ['Name? ', 'Region? [us1] ', 'Sure? [y/N] ', 'So? [y/N] ', 'Done [Enter] '],
    text: `'["ann","us1",true,false,null]'`,
  })
  expect((await kernel.run('await alert("for the log")')).stdout).toBe('for the log\n')
})
