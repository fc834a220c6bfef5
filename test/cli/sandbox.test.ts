import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openHome } from '../support/cli.js'

const few = ['--port', '0', '--alerts', '50']
const ready = /Ctrl-C stops it/

test('says where it runs and who can sign in, and is found as region sandbox until it is stopped', async () => {
  await using home = openHome()
  const addressFile = join(home.home, 'sandbox.json')
  await using running = home.start(['sandbox', ...few])
  await running.until(ready)
  const [, origin = ''] = await running.until(/The sandbox runs at (http:\/\/127\.0\.0\.1:\d+)\n/)
  expect(running.stdout).toContain('Test user: analyst@sandbox.example')
  expect(running.stdout).toContain('xdrlab login --region sandbox')
  expect((await fetch(`${origin}/assets/version`)).status).toBe(200)
  expect(JSON.parse(readFileSync(addressFile, 'utf8'))).toEqual({ origin })
  expect(statSync(home.profiles).mode & 0o777).toBe(0o700)

  await using login = home.startInTerminal(['login', '-r', 'sandbox'])
  await login.until(/Taegis username \[analyst@sandbox\.example\]: $/)
  login.type('\r')
  await login.until(new RegExp(`Open {3}${origin}/device\\?user_code=\\S+`))

  const pressed = performance.now()
  running.kill('SIGINT')
  const { status, stderr } = await running.exited
  // It was asked to stop, and it did: no failure.
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(performance.now() - pressed).toBeLessThan(3_000)
  expect(existsSync(addressFile)).toBe(false)
  expect(readdirSync(home.profiles)).toEqual([])
  login.kill('SIGKILL')
  const gone = await home.run(['logout', '-r', 'sandbox'])
  expect(gone).toMatchObject({ status: 1, stdout: '' })
  expect(gone.stderr).toContain('[XDR_SANDBOX]: no sandbox runs on this machine\n  → start one with')
})

test('in a terminal Ctrl-C stops it with 0, and the terminal’s end does so too', async () => {
  await using home = openHome()
  await using first = home.startInTerminal(['sandbox', ...few])
  await first.until(ready)
  first.type('\u0003')
  expect((await first.exited).status).toBe(0)
  await using second = home.start(['sandbox', ...few])
  await second.until(ready)
  second.kill('SIGHUP')
  expect((await second.exited).status).toBe(0)
  expect(existsSync(join(home.home, 'sandbox.json'))).toBe(false)
})

test('--json prints one object, and the address file of a later sandbox stays', async () => {
  await using home = openHome()
  await using first = home.start(['sandbox', ...few, '--json'])
  const [line] = await first.until(/^.+\n/)
  expect(JSON.parse(line)).toEqual({
    origin: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    user: { username: 'analyst@sandbox.example', password: expect.any(String) },
  })
  await using second = home.start(['sandbox', ...few, '--json'])
  const { origin } = JSON.parse((await second.until(/^.+\n/))[0])
  first.kill('SIGINT')
  const { status, stdout } = await first.exited
  expect({ status, stdout }).toEqual({ status: 0, stdout: line })
  expect(JSON.parse(readFileSync(join(home.home, 'sandbox.json'), 'utf8'))).toEqual({ origin })
})

test('--all prints every platform with its cell and its variables, --json the same', async () => {
  await using home = openHome()
  await using running = home.start(['sandbox', ...few, '--all'])
  await running.until(ready)
  await using machine = home.start(['sandbox', ...few, '--all', '--json'])
  const [line] = await machine.until(/^.+\n/)
  const { origin, platforms } = JSON.parse(line)
  expect(platforms.map(({ title }: { title: string }) => title)).toEqual([
    'Taegis XDR',
    'Cisco XDR',
    'Cisco Secure Endpoint',
    'ThreatSwitch',
    'User name and password',
    'A key in a header',
  ])
  for (const { title, variables } of platforms) {
    expect(running.stdout).toContain(title)
    for (const [name, value] of Object.entries(variables)) {
      expect(running.stdout).toContain(`  export ${name}=${value}\n`)
    }
  }
  // What is printed is right: it signs in.
  const { variables } = platforms[0]
  const response = await fetch(`${origin}/auth/api/v2/auth/token`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${btoa(`${variables.XDRLAB_SANDBOX_CLIENT_ID}:${variables.XDRLAB_SANDBOX_CLIENT_SECRET}`)}`,
      'content-type': 'application/json',
    },
    body: '{"grant_type":"client_credentials"}',
  })
  expect(response.status).toBe(200)
})

test('a port that is taken is an error with 1, and nothing is left', async () => {
  const taken = createServer()
  taken.listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  await using home = openHome()
  const { status, stdout, stderr } = await home.run(['sandbox', '--port', String(port)])
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  expect(stderr).toBe(
    `XdrError [XDR_SANDBOX]: port ${port} is taken\n  → choose another port, or none for any free one\n`,
  )
  expect(readdirSync(home.home)).toEqual([])
  taken.close()
})

test('a home that cannot be written is an error with 1, and the server does not run on', async () => {
  await using home = openHome()
  const env = { XDRLAB_HOME: '/dev/null/home' }
  const { status, stdout, stderr } = await home.run(['sandbox', ...few], { env })
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  expect(stderr).toMatch(/^XdrError \[XDR_STORE_UNWRITABLE\]: .+\n {2}→ .*XDRLAB_HOME/)
})
