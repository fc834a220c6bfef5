import { afterAll, beforeAll, expect, test } from 'vitest'
import { type KernelSession, openKernel } from '../support/kernel-session.js'

let kernel: KernelSession
beforeAll(async () => {
  kernel = await openKernel()
  await kernel.run(`
    const alert = { id: 7, title: 'odd sign-in', tags: ['a'], get costly() { throw new Error('asked') } }
    async function fetchAlerts(query: string, { limit = 10, region = 'a)b' } = {}) {
      // one
      // two
      // three
      // four
      // five
      // six
      return [query, limit, region]
    }
    class Watcher extends Map<string, number> { start(at: number) { return at } }
    const double = (n: number) => n * 2
    let touched = 0
    const tricky = { get effect() { touched++; return 1 } }
    const rows = Array.from({ length: 500 }, (_, id) => ({ id }))
    const secretive = { [Symbol.for('nodejs.util.inspect.custom')]() { touched++; return 'custom' }, a: 1 }`)
})
afterAll(async () => {
  await kernel[Symbol.asyncDispose]()
})

async function inspectAt(marked: string, detail_level = 0): Promise<string | undefined> {
  const [before = '', after = ''] = marked.split('|')
  const content = { code: before + after, cursor_pos: [...before].length, detail_level }
  const reply = await kernel.client.request('shell', 'inspect_request', content)
  expect(reply.status).toBe('ok')
  const data = reply.data as Record<string, string>
  expect(Object.keys(data)).toEqual(reply.found ? ['text/plain', 'text/markdown'] : [])
  return data['text/plain']
}

test.each([
  ['al|ert', 'alert: Object'],
  ['alert|', 'title: "odd sign-in"'],
  ['alert|', 'costly: (get)'],
  ['alert.ti|tle.length', 'alert.title: string'],
  ['alert.title.len|gth', 'number\n\n11'],
  ['"😀"; aler|t', 'alert: Object'],
  ['fetchAler|ts', 'async function fetchAlerts(query, { limit = 10, region = "a)b" } = {})'],
  ['fetchAlerts("x", {| })', 'async function fetchAlerts'],
  ['fetchAlerts(|', 'async function fetchAlerts'],
  ['new Watcher(|', 'extends Map'],
  ['doub|le', '(n) => n * 2'],
  ['rows|', 'Array\n\n(500) ['],
  ['new Map([[1, 2]])|', undefined],
  ['JSON.strin|gify', 'function stringify'],
  ['secretive|', 'a: 1'],
  ['tricky.eff|ect', undefined],
  ['unknownName|', undefined],
  ['"a tex|t"', undefined],
  ['|', undefined],
])('%s → %s', async (marked, expected) => {
  const text = await inspectAt(marked)
  if (expected === undefined) expect(text).toBeUndefined()
  else expect(text).toContain(expected)
})

test('detail level 1 shows the whole source, level 0 its beginning', async () => {
  expect(await inspectAt('fetchAlerts|')).not.toContain('return [')
  expect(await inspectAt('fetchAlerts|', 1)).toContain('return [')
})

test('nothing of the cells was run', async () => {
  expect((await kernel.run('touched')).text).toBe('0')
})
