import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readSdkCache, type SdkCache } from '../../src/auth/taegis-sdk.js'
import { AccessToken, Secret } from '../../src/secrets.js'
import { memoryStore, type ProfileStore } from '../../src/store/profile.js'
import { printed } from '../support/printed.js'
import { jwtOf, sectionOf, tenantClaim } from '../support/sdk-cache.js'
import { failureOf } from '../support/sign-in.js'
import { type TempFolder, tempFolder } from '../support/temp-home.js'

const now = Date.parse('2026-05-04T12:00:00Z')
const inS = (seconds: number) => now / 1000 + seconds
const liveToken = jwtOf({ exp: inS(3600), email: 'ana@example.com', [tenantClaim]: '50530' })

function cacheFile(folder: TempFolder, content: string): string {
  const path = join(folder.path, 'config')
  writeFileSync(path, content, { mode: 0o600 })
  return path
}

async function read(
  content: string,
  parts: { store?: ProfileStore; env?: NodeJS.ProcessEnv } = {},
): Promise<SdkCache> {
  using folder = tempFolder()
  return readSdkCache(cacheFile(folder, content), parts.store ?? memoryStore(), now, parts.env ?? {})
}

test.each([
  ['charlie', 'us1', 'https://api.ctpx.secureworks.com'],
  ['production', 'us1', 'https://api.ctpx.secureworks.com'],
  ['US1', 'us1', 'https://api.ctpx.secureworks.com'],
  ['Delta', 'us2', 'https://api.delta.taegis.secureworks.com'],
  ['us3', 'us3', 'https://api.foxtrot.taegis.secureworks.com'],
  ['echo', 'eu', 'https://api.echo.taegis.secureworks.com'],
  ['golf', 'euw1', 'https://api.golf.taegis.secureworks.com'],
  ['apse2', 'apse2', 'https://api.hotel.taegis.secureworks.com'],
  ['india', 'aps1', 'https://api.india.taegis.secureworks.com'],
  ['juliet', 'apne1', 'https://api.juliet.taegis.secureworks.com'],
  ['sae1', 'sae1', 'https://api.kilo.taegis.secureworks.com'],
  ['quebec', 'cac1', 'https://api.quebec.taegis.secureworks.com'],
  ['universal', 'universal', 'https://api.taegis.secureworks.com'],
])('the SDK’s environment %s is our region %s', async (environment, region, origin) => {
  const { entries, warnings } = await read(sectionOf(environment, { access_token: liveToken }))

  expect(warnings).toEqual([])
  expect(entries).toMatchObject([
    {
      environment,
      region,
      skipped: [],
      signIn: {
        ...{ provider: 'taegis', region, origin, account: 'ana@example.com', savedAt: now },
        session: { subject: 'ana@example.com', tenants: ['50530'], refreshToken: undefined },
      },
    },
  ])
  expect(entries[0]?.signIn?.session.accessToken.reveal()).toBe(liveToken)
  expect(entries[0]?.signIn?.session.accessToken.expiresAt).toBe(now + 3_600_000)
})

test.each([
  ['expired', jwtOf({ exp: inS(-60) }), /^expired at /],
  ['within the 15 s that the SDK leaves as well', jwtOf({ exp: inS(14) }), /^expired at /],
  ['no JWT', 'a-token-without-dots', /^its token is unreadable$/],
  ['a JWT without an end', jwtOf({ email: 'ana@example.com' }), /^its token is unreadable$/],
  ['a JWT with an end of another type', jwtOf({ exp: '2030' }), /^its token is unreadable$/],
  ['a JWT of other letters', `${liveToken}é`, /^its token is unreadable$/],
  ['over two lines', `${liveToken}\n  second`, /^its token is unreadable$/],
])('a token that is %s is skipped with the reason', async (_what, token, why) => {
  const { entries } = await read(sectionOf('charlie', { access_token: token }))
  expect(entries.map((entry) => entry.signIn)).toEqual([undefined])
  expect(entries[0]?.skipped).toEqual([expect.stringMatching(why)])
})

test('an environment of one’s own, and the sandbox of ours, are no places that we know', async () => {
  const { entries } = await read(
    sectionOf('staging', { access_token: liveToken }) + sectionOf('sandbox', { access_token: liveToken }),
  )
  expect(entries).toEqual([
    { environment: 'staging', skipped: ['unknown environment'] },
    { environment: 'sandbox', skipped: ['unknown environment'] },
  ])
})

test('what is cleared, and settings that are no environment, are not mentioned', async () => {
  const { entries } = await read(
    `${sectionOf('charlie', { access_token: '' })}[templates]\njinja2 = .\n[DEFAULT]\naccess_token = ${liveToken}\n`,
  )
  expect(entries).toEqual([])
})

test('of two names of one place, the token that lives longest is taken', async () => {
  const longer = jwtOf({ exp: inS(7200), email: 'ana@example.com' })
  const bens = jwtOf({ exp: inS(60), email: 'ben@example.com' })
  const { entries } = await read(
    sectionOf('charlie', { access_token: liveToken }) +
      sectionOf('us1', { access_token: longer }) +
      sectionOf('production', { access_token: bens }),
  )
  expect(entries.map(({ environment, signIn, skipped }) => [environment, signIn?.account, skipped])).toEqual([
    ['charlie', undefined, ['the same sign-in stands under us1 and lives longer']],
    ['us1', 'ana@example.com', []],
    ['production', 'ben@example.com', []],
  ])
})

test.each([
  ['lives longer', 3_601, undefined, false],
  ['has a refresh token', -60, new Secret('refresh-token-of-ana'), false],
  ['ends sooner', 60, undefined, true],
])('a sign-in of ours that %s', async (_what, seconds, refreshToken, isTaken) => {
  const store = memoryStore()
  const session = {
    accessToken: new AccessToken('our-own-token-of-ana', now + seconds * 1000),
    refreshToken,
    subject: undefined,
    tenants: [],
  }
  const origin = 'https://api.ctpx.secureworks.com'
  await store.write({
    ...{ provider: 'taegis', region: 'us1', origin, account: 'ana@example.com', savedAt: 1, session },
  })

  const [entry] = (await read(sectionOf('us1', { access_token: liveToken }), { store })).entries

  expect(entry?.signIn !== undefined).toBe(isTaken)
  expect(entry?.skipped).toEqual(isTaken ? [] : ['xdrlab has this sign-in, and its own lives as long'])
})

test.each([
  ['nobody', {}],
  ['a client of ours', { email: 'client:nightly' }],
])('a token that names %s is kept under no account', async (_who, claims) => {
  const token = jwtOf({ exp: inS(3600), ...claims })
  const [entry] = (await read(sectionOf('us1', { access_token: token }))).entries
  expect(entry?.signIn?.account).toBe('default')
})

const named = sectionOf('charlie', { CLIENT_ID: 'CHARLIE_ID', CLIENT_SECRET: 'CHARLIE_SECRET' })

test('client credentials are in the variables that the file names', async () => {
  const env = { CHARLIE_ID: 'nightly', CHARLIE_SECRET: 'the-secret-of-nightly' }
  const [set] = (await read(named, { env })).entries
  expect(set?.client).toMatchObject({
    ...{
      provider: 'taegis',
      region: 'us1',
      account: 'client:nightly',
      from: 'CHARLIE_ID and CHARLIE_SECRET',
    },
    ...{ session: undefined, client: { id: 'nightly' } },
  })
  expect(set?.client?.client.secret.reveal()).toBe('the-secret-of-nightly')

  const [unset] = (await read(named, { env: { CHARLIE_ID: 'nightly' } })).entries
  expect(unset).toMatchObject({
    skipped: ['client credentials: CHARLIE_ID and CHARLIE_SECRET are not set here'],
  })
  expect(unset?.client).toBeUndefined()
})

test.each(['aB3dE6gH9jK2mN5p', '0123456789abcdef0123', 'with spaces in it', 'se-cret'])(
  'credentials that somebody wrote in place of the names are neither shown nor taken: %s',
  async (secret) => {
    const { entries } = await read(sectionOf('charlie', { client_id: 'SOME_ID', client_secret: secret }), {
      env: { SOME_ID: 'x', [secret]: 'y' },
    })
    expect(entries).toEqual([
      {
        environment: 'charlie',
        region: 'us1',
        skipped: ['its client_id and client_secret are no names of variables'],
      },
    ])
  },
)

test('names from the file cannot steer a terminal', async () => {
  const { entries } = await read(
    sectionOf('us1\u001b[2J\u202e', { access_token: liveToken }) +
      sectionOf('x'.repeat(5_000), { access_token: liveToken }),
  )
  expect(entries.map(({ environment }) => environment)).toEqual(['us1[2J', `${'x'.repeat(39)}…`])
})

test('comments, blank lines, a BOM, Windows line ends and either delimiter are read as Python reads them', async () => {
  const text = `\ufeff# made by hand\r\n[charlie]\r\n; a note\r\n\r\nAccess_Token: ${liveToken}\r\n`
  expect((await read(text)).entries[0]?.signIn?.account).toBe('ana@example.com')
})

test.each([
  ['JSON', '{"access_token": "SENTINEL-token-0123"}', 1],
  ['a value before any section', 'access_token = SENTINEL-token-0123', 1],
  ['a line without a value', '[us1]\naccess_token SENTINEL-token-0123', 2],
  ['a section twice', '[us1]\na = 1\n[us1]\n', 3],
  ['a key twice', '[us1]\naccess_token = 1\nACCESS_TOKEN = SENTINEL-token-0123', 3],
  ['binary', '\u0000\u0001\u0002', 1],
])('a file with %s is refused by its line, which is not quoted', async (_what, text, line) => {
  const error = await failureOf(read(text))
  expect(error).toMatchObject({
    code: 'XDR_BAD_OPTION',
    message: expect.stringContaining(`(line ${line})`),
    hint: expect.stringContaining('--from'),
  })
  expect(printed(error)).not.toContain('SENTINEL')
})

test.each<[string, (folder: string) => string, RegExp]>([
  ['absent', (folder) => join(folder, 'none'), /none is not there/],
  ['in a folder that is a file', (folder) => join(folder, 'config', 'x'), /is not there/],
  ['a folder', (folder) => folder, /is not a file/],
  [
    'a pipe that nobody writes to',
    (folder) => {
      execFileSync('mkfifo', [join(folder, 'pipe')])
      return join(folder, 'pipe')
    },
    /is not a file/,
  ],
  [
    'a link',
    (folder) => {
      symlinkSync(join(folder, 'config'), join(folder, 'link'))
      return join(folder, 'link')
    },
    /is a link; name the file itself/,
  ],
  ['a device', () => '/dev/zero', /is not a file/],
  [
    'too large',
    (folder) => {
      writeFileSync(join(folder, 'large'), 'x'.repeat(1024 * 1024 + 1))
      return join(folder, 'large')
    },
    /is too large/,
  ],
])('a file that is %s is an error that says so', async (_what, make, says) => {
  using folder = tempFolder()
  cacheFile(folder, '')
  const error = await failureOf(readSdkCache(make(folder.path), memoryStore(), now, {}))
  expect([error.code, error.message]).toEqual(['XDR_BAD_OPTION', expect.stringMatching(says)])
})

test('a file that others may read is said; it is read, and left as it is', async () => {
  using folder = tempFolder()
  mkdirSync(join(folder.path, 'sdk'), { mode: 0o755 })
  const path = cacheFile(folder, sectionOf('us1', { access_token: liveToken }))
  chmodSync(path, 0o644)
  const before = readFileSync(path, 'utf8')

  const cache = await readSdkCache(path, memoryStore(), now, {})

  expect(cache.warnings).toEqual([expect.stringContaining('others on this machine may read or change')])
  expect(cache.entries[0]?.signIn?.account).toBe('ana@example.com')
  expect(readFileSync(path, 'utf8')).toBe(before)
})
