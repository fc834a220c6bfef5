import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type KernelOutput, startKernel } from '../../kernel/client.js'
import { startSandbox } from '../../src/sandbox/index.js'
import { removeFolder } from '../support/temp-home.js'

test('an interrupted sign-in has taken its address and code away before the cell is idle', async () => {
  const home = await mkdtemp(join(tmpdir(), 'xdrlab-interrupt-'))
  await using sandbox = await startSandbox({ alerts: 10 })
  const order: string[] = []
  let lastDisplay = ''
  let address: string | undefined
  await using kernel = await startKernel({
    cwd: home,
    env: {
      ...process.env,
      XDRLAB_HOME: home,
      XDRLAB_SANDBOX_URL: sandbox.origin,
      XDRLAB_USERNAME: 'someone',
    },
    onBroadcast: ({ type, content }) =>
      order.push(type === 'status' ? String(content.execution_state) : type),
  })
  const onOutput = (output: KernelOutput) => {
    if (output.type !== 'display_data' && output.type !== 'update_display_data') return
    lastDisplay = JSON.stringify(output.content.data)
    address ??= />(http.*?)<\/a>/.exec(String(output.content.data['text/html']))?.[1]
    if (output.type === 'display_data') void kernel.interrupt()
  }
  const code = `import { connect, taegis } from 'xdrlab'\nawait connect(taegis, { region: 'sandbox' })`
  const { status, error } = await kernel.execute(code, { onOutput })
  expect([status, error?.ename]).toEqual(['error', 'KeyboardInterrupt'])
  // A narrow screen breaks the address, and never the code.
  expect(address).toMatch(/user_code=<span style="white-space:nowrap">[A-Z]{4}-[A-Z]{4}<\/span>$/)
  expect(lastDisplay).toContain('Not signed in to Taegis XDR: the sign-in was cancelled')
  expect(lastDisplay).not.toContain('user_code')
  expect(order.lastIndexOf('update_display_data')).toBeLessThan(order.lastIndexOf('idle'))
  expect(await kernel.execute('1 + 1')).toMatchObject({ status: 'ok' })
  removeFolder(home)
})
