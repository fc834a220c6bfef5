import { appendFileSync, existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startKernel } from '../../kernel/client.js'
import { matchesGlob } from '../../kernel/history.js'
import { waitFor } from '../support/kernel-session.js'
import { removeFolder } from '../support/temp-home.js'

let home: string
let file: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'xdrlab-history-'))
  file = join(home, 'history.ndjson')
})
afterEach(() => {
  removeFolder(home)
})

async function open(setting = 'on') {
  const env = { ...process.env, XDRLAB_HOME: home, XDRLAB_HISTORY: setting }
  const client = await startKernel({ cwd: home, env })
  return {
    client,
    run: (code: string, options = {}) => client.execute(code, options),
    /** The texts of the rows found. */
    async find(content: object): Promise<unknown[]> {
      return (await this.rows(content)).map((row) => row[2])
    },
    async rows(content: object): Promise<unknown[][]> {
      const reply = await client.request('shell', 'history_request', { raw: true, output: false, ...content })
      expect(reply.status).toBe('ok')
      return reply.history as unknown[][]
    },
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  }
}

const tail = (n: number) => ({ hist_access_type: 'tail', n })

test('is there in the next session, in a file that only its owner reads', async () => {
  {
    await using first = await open()
    await first.run('1 + 1')
    await first.run('const a: number = 2\na')
  }
  expect(statSync(file).mode & 0o777).toBe(0o600)
  await using second = await open()
  await second.run('"third"')
  expect(await second.find(tail(10))).toEqual(['1 + 1', 'const a: number = 2\na', '"third"'])
  expect(await second.find(tail(1))).toEqual(['"third"'])
})

test('takes cells that count, also those that fail, and no others', async () => {
  await using kernel = await open()
  await kernel.run('1')
  await kernel.run('2', { storeHistory: false })
  await kernel.run('3', { silent: true })
  await kernel.run('throw 4')
  await kernel.run('let let')
  expect(await kernel.rows(tail(10))).toMatchObject([
    [expect.any(Number), 1, '1'],
    [expect.any(Number), 2, 'throw 4'],
    [expect.any(Number), 3, 'let let'],
  ])
})

describe('access', () => {
  test('range: of this session, of one before, from and to', async () => {
    {
      await using first = await open()
      await first.run('"old"')
    }
    await using kernel = await open()
    for (const code of ['1', '2', '3', '4']) await kernel.run(code)
    const range = (content: object) => kernel.find({ hist_access_type: 'range', ...content })
    expect(await range({ session: 0, start: 2, stop: 4 })).toEqual(['2', '3'])
    expect(await range({ session: 0, start: 3 })).toEqual(['3', '4'])
    expect(await range({ session: -1, start: 1 })).toEqual(['"old"'])
    expect(await range({ session: -9, start: 1 })).toEqual([])
    const [[session] = []] = await kernel.rows(tail(1))
    expect(await range({ session, start: 1, stop: 2 })).toEqual(['1'])
  })

  test('search: by a glob, the latest n, each text once', async () => {
    await using kernel = await open()
    for (const code of ['a1', 'b1', 'a2', 'a1', 'A3'].map((name) => `"${name}"`)) await kernel.run(code)
    const search = (content: object) => kernel.find({ hist_access_type: 'search', ...content })
    expect(await search({ pattern: '"a*' })).toEqual(['"a1"', '"a2"', '"a1"'])
    expect(await search({ pattern: '"a*', unique: true })).toEqual(['"a2"', '"a1"'])
    expect(await search({ pattern: '*1*', n: 2 })).toEqual(['"b1"', '"a1"'])
    expect(await search({ pattern: '"?2"' })).toEqual(['"a2"'])
    expect(await search({ pattern: 'a' })).toEqual([])
  })

  test('output: the result beside the text, of this session only, and never in the file', async () => {
    {
      await using first = await open()
      await first.run('"result-" + "sentinel"')
    }
    expect(readFileSync(file, 'utf8')).not.toContain('result-sentinel')
    await using kernel = await open()
    await kernel.run('6 * 7')
    expect(await kernel.find({ ...tail(2), output: true })).toEqual([
      ['"result-" + "sentinel"', null],
      ['6 * 7', '42'],
    ])
  })
})

test('a secret typed into password() is blanked wherever it is typed again, in this session too', async () => {
  {
    await using kernel = await open()
    const onInput = async () => 'sentinel-pässword-1'
    await kernel.run('const typed = await password()', { allowStdin: true, onInput })
    await kernel.run('login("sentinel-pässword-1")')
    expect(String(await kernel.find(tail(2)))).toContain('login("‹redacted: password›")')
  }
  expect(readFileSync(file, 'utf8')).toContain('login')
  expect(readFileSync(file, 'utf8')).not.toContain('sentinel')
})

test('many kernels at once lose nothing', async () => {
  const kernels = await Promise.all([open(), open(), open()])
  await Promise.all(
    kernels.map(async (kernel, k) => {
      for (let n = 0; n < 30; n++) await kernel.run(`"kernel ${k} cell ${n}"`)
    }),
  )
  await Promise.all(kernels.map((kernel) => kernel.client.shutdown()))
  await using after = await open()
  const found = await after.find(tail(1000))
  expect(found).toHaveLength(90)
  for (const k of [0, 1, 2])
    expect(found.filter((code) => String(code).startsWith(`"kernel ${k}`))).toEqual(
      Array.from({ length: 30 }, (_, n) => `"kernel ${k} cell ${n}"`),
    )
})

test('lines that are torn or foreign are left out, and what follows a torn line is not', async () => {
  writeFileSync(
    file,
    '{"session":1,"line":1,"code":"good"}\nnonsense\n[1]\n{"session":"x"}\n{"session":1,"li',
  )
  {
    await using kernel = await open()
    await kernel.run('"next"')
    expect(await kernel.find(tail(10))).toEqual(['good', '"next"'])
  }
  await using later = await open()
  expect(await later.find(tail(10))).toEqual(['good', '"next"'])
})

test('a file that has grown large is cut to its latest entries, in one step', async () => {
  const padding = 'x'.repeat(1_000)
  for (let n = 0; n < 9_000; n++)
    appendFileSync(file, `${JSON.stringify({ session: 1, line: n, code: `${n} ${padding}` })}\n`)
  await using kernel = await open()
  await kernel.run('"newest"')
  await waitFor(() => (statSync(file).size < 5 << 20 ? true : undefined))
  const found = await kernel.find(tail(2))
  expect(String(found[0])).toMatch(/^8999 /)
  expect(found[1]).toBe('"newest"')
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

test('XDRLAB_HISTORY=off writes nothing, and this session’s cells are known all the same', async () => {
  await using kernel = await open('off')
  await kernel.run('"here"')
  expect(await kernel.find(tail(5))).toEqual(['"here"'])
  await kernel.client.shutdown()
  expect(existsSync(file)).toBe(false)
})

test('where no file can be written, cells run and nobody is bothered', async () => {
  writeFileSync(join(home, 'in-the-way'), '')
  const env = { ...process.env, XDRLAB_HOME: join(home, 'in-the-way'), XDRLAB_HISTORY: 'on' }
  await using client = await startKernel({ cwd: home, env })
  const outputs: unknown[] = []
  const ran = await client.execute('undefined', { onOutput: (output) => outputs.push(output) })
  expect([ran.status, outputs]).toEqual(['ok', []])
  const reply = await client.request('shell', 'history_request', { hist_access_type: 'tail', n: 5 })
  expect(reply).toMatchObject({ status: 'ok', history: [[expect.any(Number), 1, 'undefined']] })
})

test.each([
  ['abc', 'abc', true],
  ['abc', 'a*', true],
  ['abc', '*b*', true],
  ['abc', '?b?', true],
  ['abc', 'b', false],
  ['', '*', true],
  ['a\nb', 'a*b', true],
  ['a+b', 'a+b', true],
  ['aaab', '*aab', true],
  ['abc', 'abc?', false],
])('glob: %j by %j is %s', (text, glob, expected) => {
  expect(matchesGlob(text, glob)).toBe(expected)
})

test('a glob that backtracks ends soon', () => {
  const started = performance.now()
  expect(matchesGlob('a'.repeat(10_000), `${'*a'.repeat(50)}*b`)).toBe(false)
  expect(performance.now() - started).toBeLessThan(2_000)
})
