import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot, version } from '../../src/package.js'
import { type CliHome, openHome } from '../support/cli.js'

const where = [
  ...['--provider', '--method', '--region', '--url', '--username', '--tenant'],
  ...['--issuer', '--client-id', '--scope', '--api', '--trace'],
]
const commands: Record<string, string[]> = {
  login: [...where, '--no-browser', '--json'],
  logout: [...where, '--all', '--json'],
  whoami: [...where, '--explain', '--json'],
  import: [],
  'import taegis-sdk': ['--from', '--with-clients', '--dry-run', '--yes', '--json'],
  query: [
    ...[...where, '--variables', '--operation', '--yes', '--dry-run', '--check'],
    ...['--strict', '--path', '--timeout', '--json'],
  ],
  get: [...where, '--query', '--pages', '--size', '--limit', '--timeout', '--json'],
  clients: [],
  'clients list': [...where, '--name', '--id', '--role', '--page', '--per-page', '--json'],
  'clients create': [...where, '--keep', '--file', '--yes', '--json', '--role'],
  'clients rotate': [...where, '--keep', '--file', '--yes', '--json', '--force'],
  'clients delete': [...where, '--yes', '--json'],
  cache: [],
  'cache ls': ['--json'],
  'cache rm': ['--all', '--stale', '--json'],
  types: [...where, '--output', '--schema', '--check'],
  run: [
    ...['--parameter', '--raw', '--parameters-file'],
    ...['--output', '--sandbox', '--approve', '--timeout', '--json'],
  ],
  share: [],
  'share check': ['--staged', '--json'],
  'share clean': ['--output', '--stdout', '--pseudonymise'],
  'share install-hook': ['--remove'],
  sandbox: ['--port', '--seed', '--alerts', '--all', '--json'],
  lab: ['--port', '--no-browser'],
  install: ['--user', '--sys-prefix', '--prefix', '--papermill', '--json'],
  uninstall: ['--user', '--sys-prefix', '--prefix', '--papermill', '--json'],
}

/** The options of a help text; every one has words beside it. */
function optionsIn(help: string): string[] {
  return [...help.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)(?: <[^>]+>)? {2,}\S/gm)].map(([, name = '']) => name)
}

test('every command has help that lists each of its options', async () => {
  await using home = openHome()
  const all = await home.run(['--help'])
  expect(all).toMatchObject({ status: 0, stderr: '' })
  const listed = [...all.stdout.matchAll(/^ {2}([a-z]+) (?:\[|<| )/gm)].map(([, name]) => name)
  expect(listed).toEqual([...Object.keys(commands).filter((name) => !name.includes(' ')), 'help'])
  // The places of sign-ins are the choices of a variable, which no command lists.
  const places = [...all.stdout.matchAll(/^ {4}([a-z]+) {2,}\S/gm)].map(([, name]) => name)
  expect(places).toEqual(['auto', 'keyring', 'file', 'memory'])
  const helps = await Promise.all(
    Object.keys(commands).map((name) => home.run([...name.split(' '), '--help'])),
  )
  for (const [i, [name, options]] of Object.entries(commands).entries()) {
    const { status, stdout, stderr } = helps[i] ?? all
    expect({ name, status, stderr }).toEqual({ name, status: 0, stderr: '' })
    expect({ name, options: optionsIn(stdout) }).toEqual({
      name,
      options: [...options, '--help', '--version'],
    })
  }
})

test('whoami takes --trace, and has nothing to say with it', async () => {
  await using home = openHome()
  expect(await home.run(['whoami', '--trace'])).toMatchObject({
    status: 1,
    stdout: 'nobody is signed in; "xdrlab login" signs you in\n',
    stderr: '',
  })
})

test('--version is the package’s, and no arguments give the help', async () => {
  await using home = openHome()
  expect(await home.run(['--version'])).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: '' })
  expect(version).toBe(JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')).version)
  const bare = await home.run([])
  expect(bare.stdout + bare.stderr).toContain('Usage: xdrlab [options] [command]')
})

test.each([
  [['lgin'], "unknown command 'lgin'", 'Did you mean login?'],
  [['login', '--regoin', 'us1'], "unknown option '--regoin'", 'Did you mean --region?'],
  [['run'], "missing required argument 'notebook'", 'xdrlab --help'],
  [['whoami', 'me'], 'a platform goes with --explain', 'add --explain'],
  [['sandbox', '--port', '99999'], 'a port from 0 to 65535 is needed', 'xdrlab --help'],
  [['sandbox', '--alerts', '1.5'], 'a whole number above 0 is needed', 'xdrlab --help'],
  [['run', 'n.ipynb', '--timeout', '-1'], 'a number above 0', 'xdrlab --help'],
  [['query', '-', '--timeout', '1e9'], 'at most 2147483', 'xdrlab --help'],
])('%j is asked for wrongly: exit code 2, with what was meant', async (args, why, help) => {
  await using home = openHome()
  const { status, stdout, stderr } = await home.run(args)
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  expect(stderr).toContain(why)
  expect(stderr).toContain(help)
  expect(stderr).not.toContain('    at ')
})

test.each([
  [2, ['login', '-r', 'mars'], {}, 'XDR_UNKNOWN_REGION', /no region "mars"/],
  [2, ['query', '-'], { XDRLAB_REGION: 'mars' }, 'XDR_UNKNOWN_REGION', /no region "mars"/],
  [2, ['login', '--client-id', 'x'], {}, 'XDR_BAD_OPTION', /--client-id goes with --issuer/],
  [2, ['login', '--issuer', 'https://id.example'], {}, 'XDR_BAD_OPTION', /--issuer needs --client-id/],
  [1, ['login', '--url', 'http://xdr.example'], {}, 'XDR_BAD_URL', /must use https/],
  [1, ['logout', '--url', 'nonsense'], {}, 'XDR_BAD_URL', /nonsense/],
  [1, ['login', '-r', 'sandbox'], {}, 'XDR_SANDBOX', /no sandbox runs/],
])('exit code %i: %j with %j says %s, as text and as one JSON object', async (code, args, env, name, why) => {
  await using home = openHome()
  const run = (more: string[]) => home.run([...args, ...more], { env, input: '{ a }' })
  const [text, json] = await Promise.all([run([]), run(['--json'])])
  expect(text).toMatchObject({ status: code, stdout: '' })
  expect(text.stderr).toMatch(new RegExp(`^XdrError \\[${name}\\]: .+\\n {2}→ .+\\n$`))
  expect(text.stderr).toMatch(why)
  expect(json).toMatchObject({ status: code, stdout: '' })
  expect(JSON.parse(json.stderr)).toEqual({
    error: {
      name: 'XdrError',
      code: name,
      message: expect.stringMatching(why),
      hint: expect.stringMatching(/\w/),
    },
  })
  expectNothingWritten(home)
})

function expectNothingWritten(home: CliHome): void {
  expect([...readdirSync(home.home), ...readdirSync(home.folder)]).toEqual([])
}
