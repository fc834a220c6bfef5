import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type KernelSession, openKernel, waitFor } from '../support/kernel-session.js'

let kernel: KernelSession
beforeAll(async () => {
  kernel = await openKernel()
})
afterAll(async () => {
  await kernel[Symbol.asyncDispose]()
})

/** Answers in order, and keeps what was asked. */
function answering(...answers: string[]) {
  const asked: [string, boolean][] = []
  return {
    asked,
    options: {
      allowStdin: true,
      onInput: async (prompt: string, isPassword: boolean) => {
        asked.push([prompt, isPassword])
        return answers[asked.length - 1] ?? ''
      },
    },
  }
}

// The screen is handed to the library; a cell reaches it as the library does.
const screenOf = `const { currentScreen } = await import(${JSON.stringify(new URL('../../dist/src/screen/screen.js', import.meta.url).href)})
const screen = await currentScreen()`

describe('questions', () => {
  test('input and password reach the person and come back', async () => {
    const { asked, options } = answering('ann', 'short')
    const { text } = await kernel.run(
      'const who = await input("Who? "); const secret = await password(); [who, secret.length]',
      options,
    )
    expect(asked).toEqual([
      ['Who? ', false],
      ['Password: ', true],
    ])
    expect(text).toBe("[ 'ann', 5 ]")
  })

  test('asked at the same time are put one after the other', async () => {
    const { asked, options } = answering('1', '2', '3')
    const { text } = await kernel.run('await Promise.all([input("a"), input("b"), input("c")])', options)
    expect(asked.map(([prompt]) => prompt)).toEqual(['a', 'b', 'c'])
    expect(text).toBe("[ '1', '2', '3' ]")
  })

  test('of the library show what is taken for an empty answer, and take it', async () => {
    await kernel.run(screenOf)
    const { asked, options } = answering('', 'bob')
    const { text } = await kernel.run(
      'const q = { label: "Taegis username", initial: "ann" }; [await screen.ask(q), await screen.ask(q)]',
      options,
    )
    expect(asked[0]).toEqual(['Taegis username [ann]: ', false])
    expect(text).toBe("[ 'ann', 'bob' ]")
  })

  test('where nobody can answer fail at once and name the way out', async () => {
    await kernel.run(screenOf)
    const { error } = await kernel.run('await screen.ask({ label: "Taegis username" })')
    expect(error?.traceback[0]).toBe(
      'XdrError [XDR_INPUT_NEEDED]: Taegis username is needed and this front end cannot ask',
    )
    expect(error?.traceback[1]).toContain('XDRLAB_USERNAME')
  })

  test('end with the cell when it is interrupted, and a late answer goes nowhere', async () => {
    let answer = (_text: string) => {}
    const waiting = kernel.run('await input("stale? ")', {
      allowStdin: true,
      onInput: () => {
        void kernel.client.interrupt()
        return new Promise((resolve) => {
          answer = resolve
        })
      },
    })
    expect((await waiting).error?.ename).toBe('KeyboardInterrupt')
    const { asked, options } = answering('fresh')
    const next = kernel.run('await input("fresh? ")', options)
    answer('stale')
    expect((await next).text).toBe("'fresh'")
    expect(asked).toEqual([['fresh? ', false]])
  })
})

describe('the library’s screen', () => {
  test('shows a view in all its types and updates it in its place', async () => {
    await kernel.run(screenOf)
    const { outputs } = await kernel.run(`
      const live = screen.show({ text: 'one', html: '<p>one</p>', data: { 'application/vnd.x+json': { n: 1 } } })
      live.update({ text: 'two' })`)
    expect(outputs).toMatchObject([
      {
        type: 'display_data',
        content: {
          data: { 'text/plain': 'one', 'text/html': '<p>one</p>', 'application/vnd.x+json': { n: 1 } },
        },
      },
      { type: 'update_display_data', content: { data: { 'text/plain': 'two' } } },
    ])
    const [first, second] = outputs
    expect(second?.content).toMatchObject({
      transient: first !== undefined && 'transient' in first.content ? first.content.transient : {},
    })
  })

  test('notes information on stdout and warnings on stderr', async () => {
    await kernel.run(screenOf)
    const { stdout, stderr } = await kernel.run(
      'screen.note("info", "did it"); screen.note("warning", "mind it")',
    )
    expect({ stdout, stderr }).toEqual({ stdout: 'did it\n', stderr: 'warning: mind it\n' })
  })

  test('aborts what runs when the person interrupts', async () => {
    await kernel.run(screenOf)
    const running = kernel.run(`
      const { signal } = screen
      signal.addEventListener('abort', () => console.log('told'))
      console.log('listening')
      await new Promise((resolve) => setTimeout(resolve, 60_000))`)
    await waitFor(() => kernel.broadcasts.find(({ content }) => content.text === 'listening\n'))
    await kernel.client.interrupt()
    expect((await running).error?.ename).toBe('KeyboardInterrupt')
    expect((await kernel.run('[signal.aborted, screen.signal.aborted]')).text).toBe('[ true, false ]')
  })
})

describe('a secret that the process knows', () => {
  test('appears in no stream, result, display, error or reply', async () => {
    const secrets = JSON.stringify(new URL('../../dist/src/secrets.js', import.meta.url).href)
    // Put together at run time: the source of a cell is echoed to front ends.
    await kernel.run(`const { Secret } = await import(${secrets})
      const token = ['tok/"quoted"', '\\\\\\\\-sentinel-', '3141592653'].join('')
      const hidden = new Secret(token)`)
    const cells = [
      'console.log(token); console.error({ deep: [token] }); console.log(JSON.stringify({ token }))',
      'token',
      'new Map([[token, hidden]])',
      'display.json({ token })',
      'display.html("<b>" + token + "</b>"); console.log(new URLSearchParams({ token }).toString())',
      'throw new Error("with " + token, { cause: token })',
      'await import("./" + token)',
      'setTimeout(() => { throw new Error(token) }, 1); await new Promise((resolve) => setTimeout(resolve, 50))',
      'hidden',
    ]
    const replies: unknown[] = []
    for (const code of cells) {
      replies.push(await kernel.run(code, { userExpressions: { again: 'token' } }))
    }
    const everything = JSON.stringify([replies, kernel.broadcasts])
    expect(everything).not.toContain('sentinel-3141592653')
    expect(everything).toContain('‹redacted: secret›')
  })

  test('typed as a password is one of them', async () => {
    const { options } = answering('correct-horse-battery')
    const { stdout, text } = await kernel.run(
      'const pw = await password("PIN: "); console.log(pw); pw',
      options,
    )
    expect(stdout + text).toBe("‹redacted: password›\n'‹redacted: password›'")
  })
})
