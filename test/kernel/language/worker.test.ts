import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { startKernel } from '../../../kernel/client.js'
import { waitFor } from '../../support/kernel-session.js'
import { cursorOf, openLanguage } from '../../support/language-session.js'
import { isAlive } from '../../support/processes.js'

interface Process {
  pid: number
  parent: number
  command: string
}

function processes(): Process[] {
  return execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => {
      const [, pid, parent, command = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []
      return { pid: Number(pid), parent: Number(parent), command }
    })
}

function childOf(parent: number | undefined, name: RegExp): Process | undefined {
  return processes().find((each) => each.parent === parent && name.test(each.command))
}

/** Of a kernel whose types are known. */
async function findWorker(kernelPid: number | undefined): Promise<{ worker: number; typescript: number }> {
  return await waitFor(() => {
    const worker = childOf(kernelPid, /language[\\/]main\.js/)
    const typescript = worker && childOf(worker.pid, /--lsp/)
    return worker && typescript && { worker: worker.pid, typescript: typescript.pid }
  }, 30_000)
}

describe('the worker', () => {
  test('is not there before the first answer, and comes by itself', async () => {
    await using language = await openLanguage()
    await findWorker(language.kernel.client.pid)
  })

  test('ends with the kernel, and TypeScript with it', async () => {
    const language = await openLanguage()
    await language.complete('0|')
    const { worker, typescript } = await findWorker(language.kernel.client.pid)
    await language[Symbol.asyncDispose]()
    await waitFor(() => (isAlive(worker) || isAlive(typescript) ? undefined : true), 30_000)
  })

  test('ends with a kernel that is killed', async () => {
    const kernel = await startKernel({ cwd: process.cwd(), env: { ...process.env, XDRLAB_TYPES: 'warn' } })
    const { worker, typescript } = await findWorker(kernel.pid)
    process.kill(kernel.pid ?? 0, 'SIGKILL')
    await kernel.exited
    await waitFor(() => (isAlive(worker) || isAlive(typescript) ? undefined : true), 30_000)
  })

  test('ends with a kernel that is killed while the worker starts', async () => {
    const kernel = await startKernel({ cwd: process.cwd(), env: { ...process.env, XDRLAB_TYPES: 'warn' } })
    const worker = await waitFor(() => childOf(kernel.pid, /language[\\/]main\.js/))
    process.kill(kernel.pid ?? 0, 'SIGKILL')
    await kernel.exited
    await waitFor(() => (isAlive(worker.pid) || childOf(worker.pid, /--lsp/) ? undefined : true), 30_000)
  })

  test.each(['worker', 'typescript'] as const)(
    'killed in between (%s): cells run, live names are known, and types come back with what was declared',
    async (which) => {
      await using language = await openLanguage(['const rows: { host: string }[] = [{ host: "a" }]'])
      await language.complete('0|')
      const before = await findWorker(language.kernel.client.pid)
      process.kill(before[which], 'SIGKILL')
      await waitFor(() => (isAlive(before.typescript) || isAlive(before.worker) ? undefined : true), 30_000)
      expect((await language.kernel.run('const meanwhile = "text"; rows.length')).text).toBe('1')
      const reply = await language.kernel.client.request('shell', 'complete_request', cursorOf('rows[0].ho|'))
      expect(reply.matches).toEqual(['host'])
      // Again with types, of both cells.
      expect((await language.complete('rows.map((each) => each.ho|)')).names).toEqual(['host'])
      expect((await language.complete('meanwhile.toUp|')).names).toEqual(['toUpperCase'])
      const after = await findWorker(language.kernel.client.pid)
      expect(after.worker).not.toBe(before.worker)
    },
  )

  test('answers for the cell that is asked about, while others are checked and asked about', async () => {
    await using language = await openLanguage(['const hosts: { name: string; port: number }[] = []'])
    await language.complete('0|')
    for (let n = 0; n < 10; n++) {
      await language.kernel.run(`const wrong${n}: number = 'text'`)
      // Its check has just begun.
      const [members, hover, methods, name] = await Promise.all([
        language.complete(`const host${n} = hosts[0]!\nhost${n}.|`),
        language.inspect('hosts[0].po|rt', 1),
        language.complete(`const ports${n} = hosts.map(({ port }) => port)\nports${n}.fil|`),
        language.complete('hos|'),
      ])
      expect(members.names).toEqual(['name', 'port'])
      expect(hover?.text).toMatch(/port: number/)
      expect(methods.names).toEqual(['fill', 'filter'])
      expect(name.names[0]).toBe('hosts')
    }
  })

  test('knows a cell as soon as it has ended', async () => {
    await using language = await openLanguage()
    await language.complete('0|')
    for (let n = 0; n < 40; n++) {
      await language.kernel.run(`let told = { part${n}: 1 } as { part${n}: number }`)
      const { matches } = await language.complete('told.part|')
      expect(matches).toMatchObject([{ text: `part${n}`, signature: 'number' }])
    }
  })

  test('that cannot be started costs nothing but the types, and says so once', async () => {
    const language = await openLanguage(['const rows = [{ host: "a" }]'])
    await language.complete('0|')
    const { worker } = await findWorker(language.kernel.client.pid)
    // In a folder that is gone no process starts.
    rmSync(language.kernel.folder, { recursive: true })
    process.kill(worker, 'SIGKILL')
    const inspect = async () => {
      const reply = await language.kernel.client.request('shell', 'inspect_request', cursorOf('rows|'))
      return String((reply.data as Record<string, unknown>)['text/plain'])
    }
    expect(await waitForText(inspect, /types are not available/)).toContain('rows: Array')
    expect(await inspect()).not.toContain('not available')
    // Beyond the first attempt to start another.
    await language.kernel.run('await new Promise((resolve) => setTimeout(resolve, 1_500))')
    expect((await language.kernel.run('const wrong: number = ""; rows.length')).text).toBe('1')
    const reply = await language.kernel.client.request('shell', 'complete_request', cursorOf('rows[0].ho|'))
    expect(reply).toMatchObject({ matches: ['host'], metadata: { xdrlab: { types: 'none in time' } } })
    expect(await inspect()).not.toContain('not available')
    await language[Symbol.asyncDispose]()
    expect(String(language.kernel.client.endError).split('language worker').length - 1).toBe(1)
  })

  test.each(['worker', 'typescript'] as const)('that never answers (%s) holds nobody up', async (which) => {
    await using language = await openLanguage(['const rows = [{ host: "a" }]'])
    await language.complete('0|')
    const pids = await findWorker(language.kernel.client.pid)
    process.kill(pids[which], 'SIGSTOP')
    try {
      const reply = await language.kernel.client.request('shell', 'complete_request', cursorOf('rows[0].ho|'))
      expect(reply).toMatchObject({ matches: ['host'], metadata: { xdrlab: { types: 'none in time' } } })
      expect((await language.kernel.run('const wrong: number = ""; rows.length')).text).toBe('1')
      const { data } = await language.kernel.client.request('shell', 'inspect_request', cursorOf('rows|'))
      expect((data as Record<string, unknown>)['text/plain']).toContain('rows: Array')
    } finally {
      process.kill(pids[which], 'SIGCONT')
    }
    // What was said meanwhile is not lost.
    expect((await language.complete('wrong.toFi|')).names).toContain('toFixed')
  })
})

async function waitForText(read: () => Promise<string>, pattern: RegExp): Promise<string> {
  const end = performance.now() + 10_000
  for (;;) {
    const text = await read()
    if (pattern.test(text)) return text
    if (performance.now() > end) throw new Error(`it never said ${pattern}`)
  }
}
