import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { request } from 'undici'
import { expect, test } from 'vitest'
import { packageRoot } from '../../src/package.js'
import { removeFolder } from '../support/temp-home.js'

test('xdrlab lab serves the first notebook with the kernel in it, and Ctrl-C ends it whole', async () => {
  const home = await mkdtemp(join(tmpdir(), 'xdrlab-lab-'))
  const main = join(packageRoot, 'dist', 'bin', 'xdrlab.cjs')
  const child = spawn(process.execPath, [main, 'lab', '--no-browser', '--port', '0'], {
    env: { ...process.env, XDRLAB_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = once(child, 'exit')
  let log = ''
  const address = await new Promise<URL>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        log += chunk.toString()
        const found = /http:\/\/127\.0\.0\.1:\d+\/lab\S*\?token=\w+/.exec(log)?.[0]
        if (found !== undefined) resolve(new URL(found))
      })
    }
    child.once('exit', (code) => reject(new Error(`it ended with ${code}:\n${log}`)))
  })
  const sandbox = /http:\/\/127\.0\.0\.1:\d+/.exec(log)?.[0] ?? ''
  expect(address.pathname).toBe('/lab/tree/01-getting-started.ipynb')
  expect((await request(`${sandbox}/assets/version`)).statusCode).toBe(200)

  const specs = await request(`${address.origin}/api/kernelspecs${address.search}`)
  const { kernelspecs } = (await specs.body.json()) as {
    kernelspecs: Record<string, { spec: { display_name: string } }>
  }
  expect(kernelspecs.xdrlab?.spec.display_name).toBe('TypeScript (xdrlab)')

  child.kill('SIGINT')
  expect(await exited).toEqual([0, null])
  await expect(request(`${sandbox}/assets/version`)).rejects.toThrow('ECONNREFUSED')
  await expect(request(address)).rejects.toThrow('ECONNREFUSED')
  removeFolder(home)
})
