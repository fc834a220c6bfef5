import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, expectTypeOf, test } from 'vitest'
import type { ConnectOptions } from '../../src/client/sign-in.js'
import { XdrError } from '../../src/errors.js'
import type { Provider, RegionName } from '../../src/providers/provider.js'
import { taegis } from '../../src/providers/taegis.js'
import { resolveTarget } from '../../src/providers/target.js'
import { tempFolder } from '../support/temp-home.js'

function failureOf(work: () => unknown): XdrError {
  try {
    work()
  } catch (error) {
    if (error instanceof XdrError) return error
    throw error
  }
  throw new Error('it succeeded')
}

const origins: [string, string, string][] = [
  ['us1', 'us1', 'https://api.ctpx.secureworks.com'],
  ['charlie', 'us1', 'https://api.ctpx.secureworks.com'],
  ['production', 'us1', 'https://api.ctpx.secureworks.com'],
  ['us2', 'us2', 'https://api.delta.taegis.secureworks.com'],
  ['delta', 'us2', 'https://api.delta.taegis.secureworks.com'],
  ['us3', 'us3', 'https://api.foxtrot.taegis.secureworks.com'],
  ['foxtrot', 'us3', 'https://api.foxtrot.taegis.secureworks.com'],
  ['eu', 'eu', 'https://api.echo.taegis.secureworks.com'],
  ['echo', 'eu', 'https://api.echo.taegis.secureworks.com'],
  ['euw1', 'euw1', 'https://api.golf.taegis.secureworks.com'],
  ['golf', 'euw1', 'https://api.golf.taegis.secureworks.com'],
  ['apse2', 'apse2', 'https://api.hotel.taegis.secureworks.com'],
  ['aps1', 'aps1', 'https://api.india.taegis.secureworks.com'],
  ['apne1', 'apne1', 'https://api.juliet.taegis.secureworks.com'],
  ['sae1', 'sae1', 'https://api.kilo.taegis.secureworks.com'],
  ['cac1', 'cac1', 'https://api.quebec.taegis.secureworks.com'],
  ['universal', 'universal', 'https://api.taegis.secureworks.com'],
  ['EU', 'eu', 'https://api.echo.taegis.secureworks.com'],
]

test.for(origins)('Taegis %s is region %s at %s', ([given, region, origin]) => {
  expect(resolveTarget(taegis, { region: given }, {})).toMatchObject({ region, origin })
})

test('no two names mean different regions', () => {
  const names = Object.entries(taegis.regions).flatMap(([name, { aliases }]) => [name, ...aliases])
  expect(new Set(names).size).toBe(names.length)
})

const choices: {
  name: string
  options: { region?: string; url?: string }
  env: NodeJS.ProcessEnv
  origin: RegExp
}[] = [
  { name: 'the default', options: {}, env: {}, origin: /ctpx/ },
  { name: 'XDRLAB_REGION', options: {}, env: { XDRLAB_REGION: 'delta' }, origin: /delta/ },
  {
    name: 'the option before XDRLAB_REGION',
    options: { region: 'eu' },
    env: { XDRLAB_REGION: 'us2' },
    origin: /echo/,
  },
  {
    name: 'an empty variable as none',
    options: {},
    env: { XDRLAB_REGION: '', XDRLAB_URL: '' },
    origin: /ctpx/,
  },
  {
    name: 'XDRLAB_URL',
    options: {},
    env: { XDRLAB_URL: 'https://x.example' },
    origin: /^https:\/\/x\.example$/,
  },
  {
    name: 'the region option before XDRLAB_URL',
    options: { region: 'eu' },
    env: { XDRLAB_URL: 'https://x.example' },
    origin: /echo/,
  },
  {
    name: 'the url option before all',
    options: { url: 'https://y.example:8443/graphql?a=1' },
    env: { XDRLAB_URL: 'https://x.example' },
    origin: /^https:\/\/y\.example:8443$/,
  },
  {
    name: 'http on loopback',
    options: { url: 'http://localhost:4000' },
    env: {},
    origin: /^http:\/\/localhost:4000$/,
  },
  {
    name: 'http on IPv6 loopback',
    options: { url: 'http://[::1]:4000' },
    env: {},
    origin: /^http:\/\/\[::1\]:4000$/,
  },
]

test.for(choices)('the target is found by $name', ({ options, env, origin }) => {
  expect(resolveTarget(taegis, options, env).origin).toMatch(origin)
})

test('an unknown region is an error that lists every name there is', () => {
  const error = failureOf(() => resolveTarget(taegis, { region: 'us\u001b[2J9' }, {}))

  expect(error.code).toBe('XDR_UNKNOWN_REGION')
  expect(error.message).toBe('Taegis XDR has no region "us[2J9"')
  for (const [name, { aliases }] of Object.entries(taegis.regions)) {
    for (const known of [name, ...aliases]) expect(error.hint).toContain(known)
  }
})

test.for(['toString', '__proto__', 'constructor'])('%s is no region', (region) => {
  expect(failureOf(() => resolveTarget(taegis, { region }, {})).code).toBe('XDR_UNKNOWN_REGION')
})

test('names in a person’s own provider are found in any letter case', () => {
  const own = { ...taegis, regions: { West: { origin: 'https://west.example', aliases: ['WST'] } } }
  for (const region of ['West', 'west', 'WST', 'wst']) {
    expect(resolveTarget(own, { region }, {}).origin).toBe('https://west.example')
  }
})

const badUrls: [string, RegExp][] = [
  ['http://api.example.com', /must use https/],
  ['http://127.0.0.1.example.com', /must use https/],
  ['http://localhost.example.com', /must use https/],
  ['http://127.1.example', /must use https/],
  ['ws://localhost', /must use https/],
  ['javascript:alert(1)', /must use https/],
  ['https://', /is not a URL/],
  ['api.example.com', /is not a URL/],
  ['https://ana:pass@api.example.com', /user name or password/],
  ['https://ana@api.example.com', /user name or password/],
]

test.for(badUrls)('the URL %s is refused', ([url, says]) => {
  const error = failureOf(() => resolveTarget(taegis, { url }, {}))
  expect(error.code).toBe('XDR_BAD_URL')
  expect(error.message).toMatch(says)
  expect(error.hint).toMatch(/https:\/\/|credentials/)
})

test('a provider written by hand is held to https as well', () => {
  const region = (origin: string) => ({ regions: { here: { origin, aliases: [] } }, defaultRegion: 'here' })
  for (const own of [
    { ...taegis, ...region('http://api.example.com') },
    { ...taegis, ...region('https://api.example.com'), graphql: 'http://api.example.com/graphql' },
    { ...taegis, ...region('https://api.example.com'), graphql: '//ana:pass@api.example.com/graphql' },
  ]) {
    expect(failureOf(() => resolveTarget(own, {}, {})).code).toBe('XDR_BAD_URL')
  }
})

describe('the sandbox', () => {
  test('is found by the file that it wrote', () => {
    using home = tempFolder()
    writeFileSync(join(home.path, 'sandbox.json'), '{"origin":"http://127.0.0.1:4321"}')
    const target = resolveTarget(taegis, { region: 'sandbox' }, { XDRLAB_HOME: home.path })
    expect(target).toMatchObject({ region: 'sandbox', origin: 'http://127.0.0.1:4321' })
  })

  test('is found by XDRLAB_SANDBOX_URL before that', () => {
    const env = { XDRLAB_SANDBOX_URL: 'http://127.0.0.1:9999/x' }
    expect(resolveTarget(taegis, { region: 'sandbox' }, env).origin).toBe('http://127.0.0.1:9999')
  })

  test.for([
    '',
    '{',
    'null',
    '{}',
    '{"origin":7}',
    '{"origin":"http://evil.example"}',
    '{"origin":"javascript:1"}',
  ])('is not found by a file with %s', (text) => {
    using home = tempFolder()
    mkdirSync(home.path, { recursive: true })
    writeFileSync(join(home.path, 'sandbox.json'), text)
    const error = failureOf(() => resolveTarget(taegis, { region: 'sandbox' }, { XDRLAB_HOME: home.path }))
    expect(error.code).toBe('XDR_SANDBOX')
    expect(error.hint).toContain('xdrlab sandbox')
  })
})

test('the type of a region knows every name and alias, and no other', () => {
  type Name = RegionName<typeof taegis>
  expectTypeOf<'us1' | 'charlie' | 'production' | 'golf' | 'universal' | 'sandbox'>().toExtend<Name>()
  expectTypeOf<'mars'>().not.toExtend<Name>()
  expectTypeOf<string>().not.toExtend<Name>()
  expectTypeOf<'mars'>().not.toExtend<NonNullable<ConnectOptions<typeof taegis>['region']>>()
  // A provider that is known only at run time takes any name.
  expectTypeOf<string>().toExtend<RegionName<Provider>>()
})
