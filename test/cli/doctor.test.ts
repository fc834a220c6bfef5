import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import { version } from '../../src/package.js'
import {
  type CliHome,
  type CliResult,
  findLeaks,
  guardSecret,
  openHome,
  processesWith,
} from '../support/cli.js'
import { copyPackage } from '../support/package-copy.js'
import { startPrivateServer } from '../support/private-ca.js'
import { openSignedInHome } from '../support/signed-in-home.js'

afterAll(() => expect(findLeaks()).toEqual([]))

interface Line {
  id: string
  title: string
  state: 'ok' | 'warning' | 'broken'
  what: string
  todo?: string
}

/** CI machines are busy: each check has half a minute. */
const doctor = ['doctor', '--json', '--timeout', '30']

/** What the doctor finds, with the status it ends with. */
async function examine(home: CliHome, args: string[] = [], env: Record<string, string> = {}) {
  return readClean(await home.run([...doctor, ...args], { env }))
}

/** The same without a process, for checks that look at files and variables alone. */
async function examineHere(home: CliHome, args: string[], env: Record<string, string> = {}) {
  return readClean(await home.runHere([...doctor, ...args], { env }))
}

function readClean({ status, stdout, stderr }: CliResult) {
  expect(stderr).toBe('')
  return readReport(status, stdout)
}

function readReport(status: number | null, stdout: string) {
  const report: { version: string; ok: boolean; checks: Line[] } = JSON.parse(stdout)
  const of = (id: string) => report.checks.filter((line) => line.id === id)
  // What is not as it should be comes with what to do.
  expect(report.checks.filter(({ state, todo }) => (state === 'ok') !== (todo === undefined))).toEqual([])
  expect({ status, ok: report.ok }).toEqual(
    report.checks.some(({ state }) => state === 'broken')
      ? { status: 1, ok: false }
      : { status: 0, ok: true },
  )
  return { ...report, status, of }
}

/** A Jupyter that looks for its data where the test says. */
function fakeJupyter(home: CliHome, script: string): string {
  const path = home.path('bin/jupyter')
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
  return `${home.path('bin')}:${process.env.PATH}`
}

function listing(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => `${name} ${statSync(join(folder, name)).mode.toString(8)}`)
}

test('all that works is said to work, each part on its line, and nothing is changed', async () => {
  await using home = openHome()
  const data = home.path('env/share/jupyter')
  const PATH = fakeJupyter(home, `echo '{ "data": ["${data}"] }'`)
  await home.run(['install', '--prefix', home.path('env')])
  const before = [home.home, home.folder].map(listing)

  const report = await examine(home, [], { PATH, NODE_EXTRA_CA_CERTS: '' })

  expect(report.status).toBe(0)
  expect(report.version).toBe(version)
  expect(report.checks.map(({ id }) => id)).toEqual([
    ...['node', 'jupyter', 'kernelspec', 'kernel', 'zeromq', 'duckdb', 'types', 'store', 'keyring'],
    ...['browser', 'proxy', 'certificates', 'platforms', 'schemas', 'clock'],
  ])
  expect(report.checks.filter(({ state }) => state !== 'ok')).toEqual([])
  const whatOf = (id: string) => report.of(id)[0]?.what
  expect(whatOf('node')).toContain(`${process.versions.node} (${process.execPath}, `)
  expect(whatOf('jupyter')).toBe(home.path('bin/jupyter'))
  expect(whatOf('kernelspec')).toBe(
    `${join(data, 'kernels/xdrlab')} (TypeScript (xdrlab), version ${version})`,
  )
  expect(whatOf('kernel')).toMatch(/^starts and runs a cell/)
  expect(whatOf('zeromq')).toMatch(/^zeromq 6\.\d+\.\d+ sends and receives/)
  expect(whatOf('duckdb')).toMatch(/^DuckDB 1\.\d+\.\d+ answers/)
  expect(whatOf('types')).toMatch(/^TypeScript answers/)
  expect(whatOf('browser')).toContain('XDRLAB_BROWSER=none')
  expect(whatOf('platforms')).toBe('taegis, cisco-xdr, secure-endpoint')
  expect([home.home, home.folder].map(listing)).toEqual(before)
  expect(home.leftInTemp()).toEqual([])
})

describe('a kernelspec', () => {
  const specOf = (home: CliHome) => home.path('env/share/jupyter/kernels/xdrlab/kernel.json')

  async function examineSpec(
    change: (spec: Record<string, unknown>, record: Record<string, string>) => void,
  ) {
    await using home = openHome()
    const PATH = fakeJupyter(home, `echo '{ "data": ["${home.path('env/share/jupyter')}"] }'`)
    await home.runHere(['install', '--prefix', home.path('env')])
    const spec = JSON.parse(readFileSync(specOf(home), 'utf8'))
    change(spec, spec.metadata.xdrlab)
    writeFileSync(specOf(home), JSON.stringify(spec))
    const report = await examineHere(home, ['jupyter'], { PATH })
    return report.of('kernelspec').map(({ state, what, todo }) => ({ state, what, todo }))
  }

  test('whose Node.js is gone is a warning, since its launcher finds another', async () => {
    const found = await examineSpec((_spec, record) => {
      record.node = '/gone/bin/node'
    })
    expect(found).toEqual([
      {
        state: 'warning',
        what: expect.stringContaining('its Node.js /gone/bin/node is gone; it looks for another'),
        todo: expect.stringMatching(/^run "xdrlab install --prefix \S+\/env"$/),
      },
    ])
  })

  test('that names a Node.js that is gone, without a launcher, is broken', async () => {
    const found = await examineSpec((spec, record) => {
      record.node = '/gone/bin/node'
      spec.argv = ['/gone/bin/node', record.main, '{connection_file}']
    })
    expect(found).toMatchObject([
      { state: 'broken', what: expect.stringContaining('/gone/bin/node is gone') },
    ])
  })

  test('whose package is gone is broken', async () => {
    const found = await examineSpec((_spec, record) => {
      record.main = '/gone/dist/kernel/main.js'
    })
    expect(found).toMatchObject([
      { state: 'broken', what: expect.stringContaining('/gone/dist/kernel/main.js') },
    ])
  })

  test('of another version is a warning', async () => {
    const found = await examineSpec((_spec, record) => {
      record.version = '0.0.9'
    })
    expect(found).toMatchObject([
      { state: 'warning', what: expect.stringContaining(`of version 0.0.9; this is ${version}`) },
    ])
  })

  test('that this Jupyter does not look for is said, with the command that puts it there', async () => {
    await using home = openHome()
    const PATH = fakeJupyter(home, `echo '{ "data": ["${home.path('elsewhere')}"] }'`)
    await home.runHere(['install', '--prefix', home.path('env')])
    const report = await examineHere(home, ['jupyter'], { PATH, VIRTUAL_ENV: home.path('active') })
    expect(report.of('kernelspec')).toMatchObject([
      { state: 'ok', what: expect.stringContaining(home.path('env')) },
      { state: 'warning', what: 'none where this Jupyter looks', todo: 'run "xdrlab install --sys-prefix"' },
    ])
  })
})

test('a Jupyter that fails is broken, and the rest is examined all the same', async () => {
  await using home = openHome()
  const report = await examineHere(home, ['jupyter', 'node'], {
    PATH: fakeJupyter(home, 'echo nonsense; exit 1'),
  })
  expect(report.of('jupyter')).toMatchObject([
    { state: 'broken', what: expect.stringContaining('does not answer') },
  ])
  expect(report.of('node')[0]?.state).toBe('ok')
})

test('a check that hangs ends at its limit, and what it started ends with it', async () => {
  await using home = openHome()
  const PATH = fakeJupyter(home, 'exec sleep 6013')
  const { status, stdout } = await home.run(['doctor', 'jupyter', 'store', '--json', '--timeout', '1'], {
    env: { PATH },
  })
  expect(status).toBe(1)
  const { checks } = JSON.parse(stdout) as { checks: Line[] }
  expect(checks.find(({ id }) => id === 'jupyter')).toMatchObject({
    state: 'broken',
    what: 'no answer within 1 s',
    todo: expect.stringContaining('--timeout'),
  })
  expect(checks.find(({ id }) => id === 'store')?.state).toBe('ok')
  await expect.poll(() => processesWith('sleep 6013'), { timeout: 30_000 }).toEqual([])
})

test.each([
  [
    'cannot be loaded',
    'throw new Error("libzmq.so.5: cannot open shared object file")',
    /libzmq\.so\.5: cannot open/,
  ],
  ['ends its process', 'process.abort()', /its process ended with SIGABRT/],
])('a native part that %s is named, with the parts that need it, and no other', async (_name, code, why) => {
  await using home = openHome()
  const command = copyPackage(home.path('node_modules'), { zeromq: code })
  const { status, stdout } = spawnSync(process.execPath, [command, 'doctor', '--json', '--timeout', '30'], {
    cwd: home.folder,
    env: home.env,
    encoding: 'utf8',
  })
  const report = readReport(status, stdout)
  expect(report.of('zeromq')).toMatchObject([{ state: 'broken', what: expect.stringMatching(why) }])
  expect(report.of('kernel')[0]?.state).toBe('broken')
  for (const id of ['node', 'duckdb', 'types', 'store']) expect(report.of(id)[0]?.state).toBe('ok')
})

test('a check that there is none of is asked for wrongly', async () => {
  await using home = openHome()
  const { status, stdout, stderr } = await home.run(['doctor', 'weather'])
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  expect(stderr).toContain("'weather' is invalid")
  expect(stderr).toContain('Allowed choices are node, jupyter, kernel, ')
})

describe('sign-ins', () => {
  test.each([
    ['that others can read are broken', 0o755, 0o644, 'broken', /others on this machine can read 1 in/],
    ['in a folder that others look into are a warning', 0o755, 0o600, 'warning', /others may look into/],
    ['that only their person can read are right', 0o700, 0o644, 'ok', /^1 account in/],
  ])('%s', async (_name, folderMode, fileMode, state, what) => {
    await using home = openHome()
    mkdirSync(home.profiles)
    const file = join(home.profiles, 'one.json')
    writeFileSync(file, JSON.stringify({ version: 1, ...someone }))
    chmodSync(file, fileMode)
    chmodSync(home.profiles, folderMode)
    const [line] = (await examineHere(home, ['store'])).of('store')
    expect(line).toMatchObject({ state, what: expect.stringMatching(what) })
    if (state !== 'ok') expect(line?.todo).toContain(`chmod 700 ${home.profiles}`)
  })

  const someone = {
    provider: 'taegis',
    region: 'us1',
    origin: 'https://api.ctpx.secureworks.com',
    account: 'ana',
    savedAt: 1_700_000_000_000,
  }

  test('that were damaged are named', async () => {
    await using home = openHome()
    mkdirSync(home.profiles, { mode: 0o700 })
    writeFileSync(join(home.profiles, 'one.json.damaged-1'), '{}')
    expect((await examineHere(home, ['store'])).of('store')[0]).toMatchObject({
      state: 'warning',
      what: `1 damaged, set aside in ${home.profiles}`,
    })
    const half = join(home.profiles, 'two.json')
    writeFileSync(half, '{"version":1}')
    const { of } = await examineHere(home, ['store', 'clock'])
    expect(of('store')[0]).toMatchObject({
      state: 'warning',
      what: expect.stringContaining(`${half} is damaged`),
    })
    // To look changes nothing.
    expect(readFileSync(half, 'utf8')).toBe('{"version":1}')
  })

  test('kept later than now tell of a wrong clock', async () => {
    await using home = openHome()
    mkdirSync(home.profiles, { mode: 0o700 })
    const savedAt = Date.now() + 86_400_000
    writeFileSync(join(home.profiles, 'one.json'), JSON.stringify({ version: 1, ...someone, savedAt }))
    expect((await examineHere(home, ['clock'])).of('clock')).toMatchObject([
      { state: 'warning', what: expect.stringContaining('the clock is, or was, wrong') },
    ])
  })

  test('that have to be in a keyring that is not there are broken; else its lack is said', async () => {
    await using home = openHome()
    const none = { DBUS_SESSION_BUS_ADDRESS: '', XDG_RUNTIME_DIR: home.folder }
    expect(
      (await examine(home, ['keyring'], { ...none, XDRLAB_STORE: 'keyring' })).of('keyring'),
    ).toMatchObject([
      {
        state: 'broken',
        what: 'no desktop session runs here',
        todo: expect.stringContaining('XDRLAB_STORE=auto'),
      },
    ])
    expect((await examine(home, ['keyring'], { ...none, XDRLAB_STORE: 'auto' })).of('keyring')).toMatchObject(
      [{ state: 'ok', what: expect.stringContaining('no desktop session runs here') }],
    )
  })

  test('in a place that does not exist are broken', async () => {
    await using home = openHome()
    expect((await examineHere(home, ['store'], { XDRLAB_STORE: 'cloud' })).of('store')).toMatchObject([
      { state: 'broken', what: '"cloud" is no place for sign-ins' },
    ])
  })
})

describe('the network', () => {
  test('a proxy is shown by its host alone, its password never', async () => {
    guardSecret('a proxy password', 'correct-horse-battery')
    await using home = openHome()
    const env = { HTTPS_PROXY: 'http://ana:correct-horse-battery@proxy.example:3128' }
    expect((await examineHere(home, ['proxy'], env)).of('proxy')).toMatchObject([
      { state: 'ok', what: 'proxy.example:3128, with a user name' },
    ])
    const except = { ...env, NO_PROXY: '.secureworks.com' }
    expect((await examineHere(home, ['proxy'], except)).of('proxy')).toMatchObject([
      { state: 'ok', what: 'none for api.ctpx.secureworks.com (NO_PROXY leaves it out)' },
    ])
    expect(
      (await examineHere(home, ['proxy'], { HTTPS_PROXY: 'socks5://ana:correct-horse-battery@p:1' })).of(
        'proxy',
      ),
    ).toMatchObject([{ state: 'broken', what: expect.stringContaining('socks5 proxy') }])
  })

  test('certificates: a file that is there, one that is not, one without, one that has ended, and no check at all', async () => {
    await using home = openHome()
    await using good = await startPrivateServer(['DNS:private.test'])
    await using ended = await startPrivateServer(['DNS:private.test'], undefined, -1)
    const endedFile = home.write('ended.pem', ended.certificate.cert)
    const cases: [Record<string, string>, string, RegExp][] = [
      [{ XDRLAB_CA_CERTS: good.authority }, 'ok', /^XDRLAB_CA_CERTS: 1 in /],
      [{ XDRLAB_CA_CERTS: home.path('none.pem') }, 'broken', /cannot be read \(ENOENT\)/],
      [{ XDRLAB_CA_CERTS: home.write('empty.pem', 'no certificate') }, 'broken', /no certificate in/],
      [{ XDRLAB_CA_CERTS: endedFile }, 'warning', /all of them ended/],
      [
        {
          XDRLAB_CA_CERTS: home.write(
            'two.pem',
            `${readFileSync(good.authority, 'utf8')}${ended.certificate.cert}`,
          ),
        },
        'ok',
        /: 2 in /,
      ],
      [{ NODE_TLS_REJECT_UNAUTHORIZED: '0', NODE_NO_WARNINGS: '1' }, 'broken', /every request is refused/],
    ]
    for (const [env, state, what] of cases) {
      expect(
        (await examineHere(home, ['certificates'], { NODE_EXTRA_CA_CERTS: '', ...env })).of('certificates'),
      ).toMatchObject([{ state, what: expect.stringMatching(what) }])
    }
  })

  test('a file of own platforms with a mistake in it is named', async () => {
    await using home = openHome()
    const file = join(home.home, 'providers.json')
    writeFileSync(
      file,
      '{ "desk": { "kind": "basic", "api": "https://desk.example", "regoin": "x" }, "ok": { "kind": "bearer", "api": "https://ok.example" } }',
    )
    expect((await examineHere(home, ['platforms'])).of('platforms')).toMatchObject([
      { state: 'ok', what: 'taegis, cisco-xdr, secure-endpoint, ok' },
      { state: 'broken', what: expect.stringContaining(`${file}, desk`) },
    ])
    writeFileSync(file, '[')
    expect((await examineHere(home, ['platforms'])).of('platforms')).toMatchObject([
      { state: 'broken', what: `${file} is not a JSON object` },
    ])
  })

  test('--online asks the hosts, compares the clock, and tells what cannot be reached; without it nothing is sent', async () => {
    await using signedIn = await openSignedInHome()
    const { server, home } = signedIn
    const asked = () => server.proxy.to('/').length
    // Nothing leaves this machine: what is not on it goes to a proxy that is not there.
    const env = { HTTPS_PROXY: 'http://127.0.0.1:9', XDRLAB_REGION: '', XDRLAB_TAEGIS_REGION: 'sandbox' }
    await examineHere(home, ['clock'], env)
    expect(asked()).toBe(0)

    const online = await examine(home, ['clock', '--online'], env)
    expect(online.of('clock')).toMatchObject([
      { state: 'ok', what: expect.stringMatching(/^right to \d+ s$/) },
    ])
    const [own, ...others] = online.of('host')
    expect(own).toMatchObject({ state: 'ok', what: expect.stringContaining(new URL(server.origin).host) })
    expect(others.map(({ state }) => state)).toEqual(['warning', 'warning'])
    expect(others[0]?.what).toContain('cisco-xdr nam: the proxy 127.0.0.1:9 cannot be reached')
    expect(asked()).toBe(1)
    expect(server.proxy.to('/')[0]?.headers).not.toHaveProperty('authorization')

    const date = new Date(Date.now() + 600_000).toUTCString()
    server.proxy.fail('/', { kind: 'answer', status: 404, headers: { date } })
    expect((await examine(home, ['clock', '--online'], env)).of('clock')).toMatchObject([
      { state: 'warning', what: expect.stringMatching(/^(59\d|60\d) s behind the platform's$/) },
    ])
    // One that does not answer is said of that one.
    server.proxy.fail('/', { kind: 'hold' })
    const held = await home.run(['doctor', 'clock', '--online', '--json', '--timeout', '10'], { env })
    const hosts = (JSON.parse(held.stdout).checks as Line[]).filter(({ id }) => id === 'host')
    expect(hosts[0]).toMatchObject({
      state: 'broken',
      what: expect.stringContaining('did not answer within 8 s'),
    })
    expect(hosts).toHaveLength(3)
    server.proxy.fail('/', { kind: 'reset' })
    expect((await examine(home, ['clock', '--online'], env)).of('host')[0]).toMatchObject({
      state: 'broken',
      what: expect.stringContaining('the connection was reset'),
    })
  })
})

test('in a terminal the lines fit its width; colours are there, and not with NO_COLOR', async () => {
  await using home = openHome()
  const args = ['doctor', 'node', 'store', 'browser', 'clock', 'jupyter']
  await using coloured = home.startInTerminal(args)
  await using plain = home.startInTerminal(args, { env: { NO_COLOR: '1' } })
  const [first, second] = await Promise.all([coloured.exited, plain.exited])
  expect(first.stdout).toContain('\u001b[32m✓\u001b[39m Node.js')
  expect(second.stdout).not.toMatch(/\u001b\[\d+m/)
  const text = stripVTControlCharacters(second.stdout)
  expect(text).toMatch(/^✓ Node\.js {5,}\d/m)
  for (const line of text.split('\r\n')) {
    // A path alone is left whole.
    if (line.trim().includes(' ')) expect(line.length).toBeLessThanOrEqual(100)
  }
  const piped = await home.run(args)
  expect(piped.stdout).not.toContain('\u001b')
  expect(piped.stdout).toMatch(/\n\n(All is well|.*\d (broken|to look at))\.\n$/)
})
