import { existsSync, readFileSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, test } from 'vitest'
import { startKernel } from '../../kernel/client.js'
import { openKernel } from '../support/kernel-session.js'

describe('the client', () => {
  test('loses none of the first outputs', async () => {
    for (let n = 0; n < 5; n++) {
      await using kernel = await openKernel()
      expect((await kernel.run('console.log("first"); 1')).outputs).toHaveLength(2)
    }
  })

  test('rejects when the kernel dies in mid-cell, and says how', async () => {
    await using kernel = await openKernel()
    const dying = kernel.run('console.log("running"); await new Promise(() => {})', {
      onOutput: () => process.kill(kernel.client.pid ?? 0, 'SIGKILL'),
    })
    await expect(dying).rejects.toMatchObject({
      code: 'XDR_KERNEL',
      message: expect.stringContaining('SIGKILL'),
    })
    await expect(kernel.run('1')).rejects.toMatchObject({ code: 'XDR_KERNEL' })
    expect(await kernel.client.exited).toEqual({ code: null, signal: 'SIGKILL' })
    await kernel.client.interrupt()
  })

  test('says at once when a kernel cannot start', async () => {
    const started = performance.now()
    const bad = startKernel({ cwd: process.cwd(), nodeArgs: ['--no-such-option'] })
    await expect(bad).rejects.toMatchObject({
      code: 'XDR_KERNEL',
      message: expect.stringContaining('exit code'),
    })
    expect(performance.now() - started).toBeLessThan(5_000)
  })

  test('says so when the notebook’s folder is not there', async () => {
    await expect(startKernel({ cwd: '/no/such/folder' })).rejects.toMatchObject({ code: 'XDR_KERNEL' })
  })

  test('can be stopped while it starts', async () => {
    const signal = AbortSignal.timeout(1)
    await expect(startKernel({ cwd: process.cwd(), signal })).rejects.toMatchObject({ code: 'XDR_ABORTED' })
  })

  test('leaves no files and no process behind', async () => {
    const kernel = await openKernel()
    const { connectionFile, pid = 0 } = kernel.client
    expect(existsSync(connectionFile)).toBe(true)
    await kernel[Symbol.asyncDispose]()
    expect(existsSync(dirname(connectionFile))).toBe(false)
    expect(() => process.kill(pid, 0)).toThrow()
  })

  test('ends a kernel that no longer answers', async () => {
    await using kernel = await openKernel()
    process.kill(kernel.client.pid ?? 0, 'SIGSTOP')
    const stuck = kernel.run('1', { timeoutMs: 60_000 }).catch((error: unknown) => error)
    expect(await kernel.client.shutdown()).toEqual({ code: null, signal: 'SIGKILL' })
    expect(await stuck).toMatchObject({ code: 'XDR_KERNEL' })
  })

  test('a kernel whose client was killed ends by itself', async () => {
    await using outer = await openKernel()
    // A kernel started from a cell has that cell's process as its client.
    const path = JSON.stringify(new URL('../../dist/kernel/client.js', import.meta.url).href)
    const { text } = await outer.run(
      `const { startKernel } = await import(${path}); const inner = await startKernel({ cwd: process.cwd() }); inner.pid + ' ' + inner.connectionFile`,
    )
    const [, pid, connectionFile = ''] = /^'(\d+) (.*)'$/.exec(text ?? '') ?? []
    process.kill(outer.client.pid ?? 0, 'SIGKILL')
    expect(Number(pid)).toBeGreaterThan(1)
    // In a container without an init process, an ended orphan stays as a zombie: `Z`.
    await expect.poll(() => isRunning(Number(pid)), { timeout: 10_000 }).toBe(false)
    rmSync(dirname(connectionFile), { recursive: true })
  })

  test('passes an error of its listeners on', async () => {
    await using kernel = await openKernel()
    const broken = kernel.run('1', {
      onOutput: () => {
        throw new Error('listener')
      },
    })
    await expect(broken).rejects.toThrow('listener')
    const unanswered = kernel.run('await input("? ")', {
      allowStdin: true,
      onInput: async () => {
        throw new Error('nobody there')
      },
    })
    await expect(unanswered).rejects.toThrow('nobody there')
    expect((await kernel.run('2')).text).toBe('2')
  })
})

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return process.platform !== 'linux' || !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}
