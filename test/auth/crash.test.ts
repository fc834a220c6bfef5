import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { fileStore } from '../../src/store/file-store.js'
import { paths, startAuthServer } from '../support/auth-server.js'
import { answer, changed } from '../support/fault-proxy.js'
import { isolatedHome } from '../support/sign-in.js'

const script = fileURLToPath(new URL('../support/crash-process.mjs', import.meta.url))
const clientSecret = 'SENTINEL-secret-of-the-client'

async function crash(issuer: string, way: string, reports: string) {
  const flags = [
    ...['--report-uncaught-exception', '--report-on-fatalerror', `--report-directory=${reports}`],
    // The names of its peers, which it would ask a name server for.
    '--report-exclude-network',
  ]
  const child = spawn(process.execPath, [...flags, script], { timeout: 50_000 })
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text
    })
  }
  child.stdin.end(JSON.stringify({ issuer, clientSecret, way }))
  const [status] = await once(child, 'close')
  return { status, ...output }
}

test.each([
  ['throws', 1],
  ['rejects', 1],
  ['throws no error', 1],
  ['fails within a query', 1],
  ['writes a report', 0],
])(
  'a program that %s shows no secret: not printed, not in Node’s report, not in its title',
  async (way, status) => {
    using home = isolatedHome()
    await using server = await startAuthServer({ clientSecret, approvesAtOnce: true })
    // These programs live in real time.
    server.proxy.failAlways(paths.begin, changed({ interval: 0.05 }))
    const reports = join(home.path, 'reports')
    mkdirSync(reports)
    server.proxy.fail('/graphql', answer(200, { data: { ok: true } }))
    server.proxy.failAlways('/graphql', answer(200, { errors: [{ message: 'broken' }] }))
    const ended = await crash(server.issuer, way, reports)

    const [profile] = fileStore(home.profiles, () => {}).list()
    const { accessToken, refreshToken } = profile?.session ?? {}
    const basic = server.proxy.to(paths.token)[0]?.headers.authorization?.split(' ')[1]
    const secrets = [
      accessToken?.reveal(),
      refreshToken?.reveal(),
      server.deviceCode(),
      clientSecret,
      basic,
    ].filter((secret) => secret !== undefined)
    expect(secrets).toHaveLength(5)
    const written = readdirSync(reports).map((name) => readFileSync(join(reports, name), 'utf8'))
    expect(ended.status, ended.stderr).toBe(status)
    // The flags have worked: Node has written down what it knows of the process.
    expect(written.map((text) => JSON.parse(text).header.event)).toHaveLength(1)
    expect(JSON.parse(ended.stdout.split('\n')[0] ?? '')).toMatchObject({
      title: expect.stringContaining('node'),
    })
    const everything = [ended.stdout, ended.stderr, ...written].join('\n')
    for (const secret of secrets) expect(everything).not.toContain(secret)
    const others = readdirSync(home.path).filter((name) => name !== 'profiles' && name !== 'reports')
    expect(others).toEqual([])
  },
)
