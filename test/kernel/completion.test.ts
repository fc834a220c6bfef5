import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type KernelSession, openKernel } from '../support/kernel-session.js'

let kernel: KernelSession
beforeAll(async () => {
  kernel = await openKernel()
  await kernel.run(`
    import { EventEmitter } from 'node:events'
    const alerts = [{ id: 1, metadata: { title: 'a', severity: 2 } }]
    const byName: Record<string, number> = { 'first key': 1, second: 2, "it's": 3 }
    function findAlert(id: number, { deep = false } = {}) { return alerts.find((alert) => alert.id === id) }
    class Watcher extends EventEmitter { static count = 0; #hidden = 1; start() {} get state() { return 'on' } }
    const watcher = new Watcher()
    let touched = 0
    const tricky = { get effect() { touched++; return { inner: 1 } }, get pure() { return { deepest: 1 } } }
    const trap = new Proxy({}, { ownKeys() { touched++; return ['bad'] }, get() { touched++; return {} } })
    const endless = { get loop() { for (;;) {} } }
    const holder = { trapped: new Proxy(class {}, { getOwnPropertyDescriptor() { touched++; return undefined } }) }
    const behind = Object.create(new Proxy({}, { ownKeys() { touched++; return [] }, getPrototypeOf() { touched++; return null } }), { own: { value: 1 } })
    const list = Object.assign(Array.from({ length: 900 }, (_, n) => n), { label: 'x' })
    const bare = Object.assign(Object.create(null), { only: 1 })
    const große = 1, bytes = new Uint8Array(5_000_000)
    let nothing: { a: number } | undefined`)
})
afterAll(async () => {
  await kernel[Symbol.asyncDispose]()
})

interface Completed {
  matches: string[]
  cursor_start: number
  cursor_end: number
  metadata: { _jupyter_types_experimental: { text: string; type: string; start: number; end: number }[] }
}

/** Completes at the `|`, whose place is given to the kernel in code points. */
async function complete(marked: string): Promise<Completed> {
  const [before = '', after = ''] = marked.split('|')
  const content = { code: before + after, cursor_pos: [...before].length }
  const reply: unknown = await kernel.client.request('shell', 'complete_request', content)
  return reply as Completed
}

describe('names', () => {
  test.each([
    ['aler|', 'alerts', 'variable'],
    ['findA|', 'findAlert', 'function'],
    ['Watch|', 'Watcher', 'class'],
    ['EventEm|', 'EventEmitter', 'function'],
    ['structuredC|', 'structuredClone', 'function'],
    ['instanc|', 'instanceof', 'keyword'],
    ['große|', 'große', 'variable'],
    ['displ|', 'display', 'function'],
    ['const typedHere = 1\ntypedH|', 'typedHere', 'variable'],
    [`\`\${aler|`, 'alerts', 'variable'],
    [`\`\${aler|}\``, 'alerts', 'variable'],
    ['f(1, [aler|', 'alerts', 'variable'],
    ['[...aler|', 'alerts', 'variable'],
  ])('%s → %s', async (marked, text, type) => {
    const { matches, metadata } = await complete(marked)
    expect(matches).toContain(text)
    expect(metadata._jupyter_types_experimental.find((match) => match.text === text)?.type).toBe(type)
  })

  test.each([
    '"aler|',
    "'aler|",
    '// aler|',
    '/* aler|',
    '`aler|',
    '12aler|',
    'unknownThing.|',
    '1.|',
    'nothing.|',
  ])('%s → nothing', async (marked) => {
    expect((await complete(marked)).matches).toEqual([])
  })
})

describe('members', () => {
  test.each([
    ['alerts.ma|', 'map'],
    ['alerts[0].metadata.sev|', 'severity'],
    ['alerts[0]?.metadata?.sev|', 'severity'],
    ['alerts\n  .fil|', 'filter'],
    ['"abc".toUpper|', 'toUpperCase'],
    [`\`a\${1}b\`.toUpper|`, 'toUpperCase'],
    ['(5).toFix|', 'toFixed'],
    ['[1, 2].map(String).joi|', 'join'],
    ['watcher.sta|', 'start'],
    ['watcher.sta|', 'state'],
    ['watcher.addL|', 'addListener'],
    ['Watcher.cou|', 'count'],
    ['if (alerts.le|', 'length'],
    ['return alerts.le|', 'length'],
    ['x = alerts.le|', 'length'],
    ['tricky.pure.dee|', 'deepest'],
    ['bytes.byteL|', 'byteLength'],
    ['list.lab|', 'label'],
    ['bare.on|', 'only'],
    ['holder.tra|', 'trapped'],
    ['behind.ow|', 'own'],
    ['10n.toLoc|', 'toLocaleString'],
    ['true.val|', 'valueOf'],
    ['NaN.toFix|', 'toFixed'],
    ['Symbol.iterator.desc|', 'description'],
    ['process.pla|', 'platform'],
    ['/* } ) */ alerts.le|', 'length'],
    ['f(")"); alerts.le|', 'length'],
    ['byName["first|', 'first key'],
    ["byName['it|", "it\\'s"],
  ])('%s → %s', async (marked, text) => {
    expect((await complete(marked)).matches).toContain(text)
  })

  test('of what would have a side effect are not asked for', async () => {
    for (const marked of [
      'tricky.effect.|',
      'trap.|',
      'trap.a.|',
      'behind.a|',
      'holder.trapped.|',
      '(touched = 99).|',
      'findAlert(touched++).|',
    ])
      expect((await complete(marked)).matches).toEqual([])
    await complete('holder.tra|')
    expect((await kernel.run('touched')).text).toBe('0')
  })

  test('of a list are never its places', async () => {
    expect((await complete('list.|')).matches.slice(0, 3)).toEqual(['length', 'label', 'constructor'])
    expect((await complete('list["|')).matches).toEqual([])
  })

  test('leave nothing behind among the names of the cells', async () => {
    await complete('alerts.|')
    expect((await complete('__xdrlab__ta|')).matches).toEqual([])
  })

  test('of a getter that never returns are given up, and the kernel lives on', async () => {
    expect((await complete('endless.loop.|')).matches).toEqual([])
    expect((await kernel.run('1 + 1')).text).toBe('2')
  })
})

describe('places', () => {
  test.each([
    ['aler|', 0, 4],
    ['"😀"; alerts.ma|', 12, 14],
    ['/* 😀😀 */ aler|', 9, 13],
    ['con|sole', 0, 7],
    ['alerts.|', 7, 7],
    ['byName["fi|', 8, 10],
  ])('%s replaces from %i to %i, in code points', async (marked, start, end) => {
    const { matches, cursor_start, cursor_end, metadata } = await complete(marked)
    expect(matches.length).toBeGreaterThan(0)
    expect([cursor_start, cursor_end]).toEqual([start, end])
    expect(metadata._jupyter_types_experimental[0]).toMatchObject({ start, end })
  })

  test('a cursor that is missing, or behind the end, is the end', async () => {
    for (const cursor_pos of [undefined, 99, 'x']) {
      const reply = await kernel.client.request('shell', 'complete_request', {
        code: 'alerts.ma',
        cursor_pos,
      })
      expect(reply).toMatchObject({ status: 'ok', cursor_start: 7, cursor_end: 9 })
    }
  })
})

test('answers while a cell waits, and from the very first request of a kernel', async () => {
  await using fresh = await openKernel()
  expect(
    await fresh.client.request('shell', 'complete_request', { code: 'JSON.pa', cursor_pos: 7 }),
  ).toMatchObject({ matches: ['parse'] })
  const waiting = fresh.run(
    'const late = await new Promise((resolve) => { globalThis.done = resolve }); late',
  )
  await fresh.client.request('shell', 'complete_request', { code: 'JSON.st', cursor_pos: 7 })
  await fresh.client.interrupt()
  expect((await waiting).status).toBe('error')
})
