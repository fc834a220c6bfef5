import { describe, expect, test } from 'vitest'
import { waitFor } from '../../support/kernel-session.js'
import { openLanguage } from '../../support/language-session.js'

const wrong = 'const wrong: number = "text"'

describe('beside the execution', () => {
  test('the cell runs, and what is wrong is shown below with its place', async () => {
    await using language = await openLanguage()
    const problems = await language.warnings(`${wrong}\nglobalThis.hasRun = true\nhasRun.nothing`)
    expect(problems).toEqual([
      { place: '1:7', code: 'ts(2322)', message: "Type 'string' is not assignable to type 'number'." },
      {
        place: '2:12',
        code: 'ts(7017)',
        message:
          "Element implicitly has an 'any' type because type 'typeof globalThis' has no index signature.",
      },
      { place: '3:1', code: 'ts(2304)', message: "Cannot find name 'hasRun'." },
    ])
    expect((await language.kernel.run('globalThis["hasRun"]')).text).toBe('true')
  })

  test('ready before the cell’s end, it comes behind the result and before idle', async () => {
    await using language = await openLanguage()
    await language.complete('0|')
    const { messageId, status } = await language.kernel.run(
      `${wrong}\nawait new Promise((resolve) => setTimeout(resolve, 3_000))\nwrong`,
    )
    expect(status).toBe('ok')
    expect(language.kernel.trace(messageId)).toEqual([
      'busy',
      'execute_input',
      'execute_result',
      'display_data',
      'idle',
    ])
  })

  test('of a cell that fails it comes behind the error', async () => {
    await using language = await openLanguage()
    const { messageId } = await language.kernel.run(`${wrong}\nthrow new Error('failed')`)
    const types = await waitFor(() => {
      const trace = language.kernel.trace(messageId).filter((type) => type !== 'idle' && type !== 'busy')
      return trace.includes('display_data') ? trace : undefined
    }, 30_000)
    expect(types).toEqual(['execute_input', 'error', 'display_data'])
  })

  test('HTML of what the cell says is escaped, and folds without a script', async () => {
    await using language = await openLanguage()
    const { messageId } = await language.kernel.run(
      'const wrong: "<img src=x onerror=alert(1)>" = "<b>bold</b>"',
    )
    const shown = await waitFor(
      () =>
        language.kernel.broadcasts.find(
          ({ parentId, type }) => parentId === messageId && type === 'display_data',
        ),
      30_000,
    )
    const { 'text/html': html = '', 'text/plain': text } = shown.content.data as Record<string, string>
    expect(text).toContain('"<b>bold</b>"')
    expect(html).toMatch(/^<details open/)
    expect(html).not.toMatch(/<img|<b>bold|<script/)
    expect(html).toContain('&#60;b&#62;bold')
  })

  test('silent cells and user expressions are not checked', async () => {
    await using language = await openLanguage()
    await language.kernel.run(`${wrong} + 1`, { silent: true })
    await language.kernel.run('const right = 1', { userExpressions: { one: 'right.nothing' } })
    // Behind both, so that theirs would have been shown by then.
    await language.warnings(wrong)
    expect(language.kernel.broadcasts.filter(({ type }) => type === 'display_data')).toHaveLength(1)
  })
})

describe('strict', () => {
  test('blocks a cell before anything of it runs, with line, column and caret', async () => {
    await using language = await openLanguage([], { env: { XDRLAB_TYPES: 'strict' } })
    const ran = await language.kernel.run('console.log("ran")\nconst size: number = "text"')
    expect(ran).toMatchObject({ status: 'error', stdout: '', executionCount: 1 })
    expect(ran.error?.ename).toBe('TypeCheckError')
    expect(ran.error?.evalue).toBe("Type 'string' is not assignable to type 'number'. (cell [1]:2:7)")
    expect(ran.error?.traceback).toEqual(
      expect.arrayContaining(['    at cell [1]:2:7', '2 | const size: number = "text"', '          ^']),
    )
    expect(ran.traceback).not.toMatch(/\.js|node:/)
    expect((await language.kernel.run('// @types off\ntypeof size')).text).toBe("'undefined'")
    expect(language.kernel.broadcasts.filter(({ type }) => type === 'display_data')).toEqual([])
  })

  test('stops what was sent behind it, as any error does', async () => {
    await using language = await openLanguage([], { env: { XDRLAB_TYPES: 'strict' } })
    const [first, second] = await Promise.all([language.kernel.run(wrong), language.kernel.run('1 + 1')])
    expect([first.status, second.status]).toEqual(['error', 'aborted'])
  })

  test('is interrupted like a cell that runs', async () => {
    await using language = await openLanguage([], { env: { XDRLAB_TYPES: 'strict' } })
    const running = language.kernel.run('const right: number = 1')
    await waitFor(() => language.kernel.broadcasts.find(({ type }) => type === 'execute_input'))
    await language.kernel.client.interrupt()
    expect((await running).error?.ename ?? 'KeyboardInterrupt').toBe('KeyboardInterrupt')
    expect((await language.kernel.run('1 + 1')).text).toBe('2')
  })
})

describe('the level', () => {
  test('of the notebook holds from the next cell on', async () => {
    await using language = await openLanguage()
    expect((await language.kernel.run(`checkTypes('strict'); ${wrong}`)).status).toBe('ok')
    expect((await language.kernel.run(`${wrong} + 2`)).error?.ename).toBe('TypeCheckError')
    expect((await language.kernel.run("checkTypes('off')")).status).toBe('ok')
    expect((await language.kernel.run(`${wrong} + 3`)).status).toBe('ok')
    expect((await language.kernel.run("// @types off\ncheckTypes('loud')")).error?.evalue).toContain('loud')
  })

  test.each([
    ['// @types strict', 'TypeCheckError'],
    ['/* @types strict */', 'TypeCheckError'],
    ['// a note\n\n// @types strict: before it runs', 'TypeCheckError'],
    ['/**\n * @types strict\n */', 'TypeCheckError'],
    ['const before = 1 // @types strict', undefined],
    ['// @types strictly', undefined],
  ])('of a cell: %s', async (comment, ename) => {
    await using language = await openLanguage()
    expect((await language.kernel.run(`${comment}\n${wrong}`)).error?.ename).toBe(ename)
  })

  test('off for the kernel means that there is no worker', async () => {
    await using language = await openLanguage([], { env: { XDRLAB_TYPES: 'off' } })
    await language.kernel.run('const rows = [1]')
    const reply = await language.kernel.client.request('shell', 'complete_request', {
      code: 'rows.ma',
      cursor_pos: 7,
    })
    expect(reply).toMatchObject({ matches: ['map'], metadata: { xdrlab: { types: 'off' } } })
  })
})
