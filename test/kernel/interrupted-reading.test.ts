import { expect, test } from 'vitest'
import { confirming } from '../support/confirming.js'
import { startDaySandbox } from '../support/day-sandbox.js'
import { type KernelSession, openKernel } from '../support/kernel-session.js'
import { isolatedHome } from '../support/sign-in.js'

const whereKept = 'kept: .collected of what toArray() was called on'

test('an interrupted toArray() says where its rows are, and there they are; a loop keeps none', async () => {
  using _home = isolatedHome()
  await using sandbox = await startDaySandbox()
  await using kernel = await openKernel({}, { XDRLAB_SANDBOX_URL: sandbox.origin })
  const signIn = `import { connect, taegis } from 'xdrlab'
    const xdr = await connect(taegis, { region: 'sandbox', username: 'someone', browser: false })`
  expect((await kernel.run(signIn, { onOutput: confirming(sandbox) })).error).toBeUndefined()

  using _slow = sandbox.slowDown()
  const said = await lastWords(
    kernel,
    `const quarter = xdr.alerts('FROM alert EARLIEST=-90d')\nawait quarter.toArray()`,
  )
  expect(said).toContain(whereKept)
  const read = /([\d,]+) rows read, then stopped/.exec(said)?.[1]?.replaceAll(',', '')
  expect(Number(read)).toBeGreaterThan(0)
  expect((await kernel.run('quarter.collected.length')).text).toBe(read)

  using _again = sandbox.slowDown()
  const loop = await lastWords(kernel, `for await (const _ of xdr.alerts('FROM alert EARLIEST=-90d')) {}`)
  expect(loop).toContain('rows read, then stopped')
  expect(loop).not.toContain('.collected')
})

/** What a reading that is interrupted once rows have come leaves on the screen. */
async function lastWords(kernel: KernelSession, code: string): Promise<string> {
  let isInterrupted = false
  const { error, outputs } = await kernel.run(code, {
    onOutput: ({ content }) => {
      if (isInterrupted || !/\d of [\d,]+ rows/.test(JSON.stringify(content))) return
      isInterrupted = true
      void kernel.client.interrupt()
    },
  })
  expect(error?.ename).toBe('KeyboardInterrupt')
  return JSON.stringify(outputs.findLast(({ type }) => type === 'update_display_data')?.content)
}
