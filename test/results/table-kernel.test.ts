import { afterAll, beforeAll, expect, test } from 'vitest'
import { type KernelSession, openKernel } from '../support/kernel-session.js'

let kernel: KernelSession

beforeAll(async () => {
  kernel = await openKernel()
})

afterAll(() => kernel[Symbol.asyncDispose]())

/** What the last line of a cell shows. */
async function bundleOf(code: string): Promise<Record<string, unknown>> {
  const { outputs } = await kernel.run(code)
  const output = outputs.at(-1)
  if (output?.type !== 'execute_result' && output?.type !== 'display_data') {
    throw new Error(`nothing is shown but ${JSON.stringify(output)}`)
  }
  return output.content.data
}

test('a list of objects from anywhere is shown in every form', async () => {
  expect(await bundleOf('[{ id: 2n ** 60n, name: "<b>" }, null]')).toEqual({
    'text/plain': expect.stringMatching(/^ +id +name\n/),
    'text/html': expect.stringContaining('&#60;b&#62;'),
    'application/vnd.dataresource+json': expect.objectContaining({
      data: [
        { id: '1152921504606846976', name: '<b>' },
        { id: null, name: null },
      ],
    }),
  })
})

test('table() is there without an import, and is what xdrlab exports', async () => {
  const { text } = await kernel.run('(await import("xdrlab")).table === table')
  expect(text).toBe('true')
  const bundle = await bundleOf(
    'table([{ id: 1, meta: { title: "x" } }], { columns: [{ "meta.title": "Title" }] })',
  )
  expect(bundle['text/plain']).toBe('Title\n─────\nx\n(1 row)')
  expect(bundle['text/html']).toContain('<table')
})

test('a cell may put something else in its place', async () => {
  const own = await openKernel()
  try {
    expect((await own.run('globalThis.table = 5; table')).text).toBe('5')
    expect((await own.run('table')).text).toBe('5')
    expect((await own.run('const table = 6; table')).text).toBe('6')
    expect((await own.run('table')).text).toBe('6')
  } finally {
    await own[Symbol.asyncDispose]()
  }
})

test('rows that are fetched while they are read are shown without await, also by display()', async () => {
  const stream = 'async function* rows() { for (let i = 0; ; i++) { await 0; yield { i } } }'
  expect((await bundleOf(`${stream}; table(rows(), { limit: 2 })`))['text/plain']).toBe(
    'i\n─\n0\n1\n(first 2 rows, more follow)',
  )
  expect((await bundleOf('display(table(rows(), { limit: 1 })); 0;'))['text/plain']).toContain(
    '(first 1 row, more',
  )
})

test('a wrong column is the error of its cell, with the nearest names', async () => {
  const { outputs } = await kernel.run('table([{ severity: 1 }], { columns: ["severty"] })')
  expect(outputs.at(-1)).toMatchObject({
    type: 'error',
    content: {
      evalue: expect.stringContaining('severty'),
      traceback: expect.arrayContaining([expect.stringContaining('the nearest is severity')]),
    },
  })
})

test('the stop button ends the wait for rows', async () => {
  const hanging =
    '{ [Symbol.asyncIterator]: () => ({ next: () => { console.log("waiting"); return new Promise(() => {}) } }) }'
  const { outputs } = await kernel.run(`await table(${hanging})`, {
    onOutput: (output) => {
      if (output.type === 'stream') void kernel.client.interrupt()
    },
  })
  expect(outputs.at(-1)?.type).toBe('error')
  expect((await kernel.run('1 + 1')).text).toBe('2')
})
