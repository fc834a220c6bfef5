import { expect, test } from 'vitest'
import { openKernel } from '../support/kernel-session.js'
import { randomText } from './random-text.js'

/**
 * Text that waits is sent by a second thread's order in the midst of whatever the kernel does, be it the look for new
 * secrets, which takes a while for many of them: that thread asks again and again then.
 */
test.each([0, 1, 2])('secrets that become known while printed text waits are hidden, %i', async (round) => {
  await using kernel = await openKernel()
  const ours = JSON.stringify(new URL('../../dist/src/secrets.js', import.meta.url).href)
  const late = randomText(40, 900 + round)
  await kernel.run(`
    const { rememberSecret } = await import(${ours})
    const { randomBytes } = await import('node:crypto')`)
  await kernel.run(`
    console.log('waiting')
    for (let n = 0; n < 400; n++) rememberSecret(randomBytes(30).toString('base64url'))`)
  await kernel.run(`
    const late = Buffer.from('${Buffer.from(late).toString('hex')}', 'hex').toString()
    rememberSecret(late, 'client secret')`)

  const { stdout } = await kernel.run('console.log("it is", late)')

  expect(stdout).toBe('it is ‹redacted: client secret›\n')
})
