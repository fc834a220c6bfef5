import { describe, expect, test } from 'vitest'
import { XdrError } from '../../src/errors.js'
import { proxyFor } from '../../src/proxy.js'
import { liveSecrets } from '../../src/secrets.js'
import { printed } from '../support/printed.js'

const platform = new URL('https://api.example.com/graphql')
const proxy = 'http://proxy.example:3128'
const route = (url: string, env: NodeJS.ProcessEnv) => proxyFor(new URL(url), env)?.url.origin

describe('which variable counts', () => {
  const cases: { env: NodeJS.ProcessEnv; url?: string; goes: string | undefined }[] = [
    { env: {}, goes: undefined },
    { env: { HTTPS_PROXY: proxy }, goes: proxy },
    { env: { https_proxy: proxy }, goes: proxy },
    { env: { https_proxy: 'http://lower.example:1', HTTPS_PROXY: proxy }, goes: 'http://lower.example:1' },
    { env: { HTTP_PROXY: proxy }, goes: proxy },
    { env: { HTTP_PROXY: 'http://other.example:1', HTTPS_PROXY: proxy }, goes: proxy },
    { env: { ALL_PROXY: proxy }, goes: proxy },
    { env: { HTTPS_PROXY: '', https_proxy: '  ' }, goes: undefined },
    { env: { HTTPS_PROXY: 'proxy.example:3128' }, goes: proxy },
    { env: { HTTPS_PROXY: 'https://proxy.example' }, goes: 'https://proxy.example' },
  ]
  test.for(cases)('$env → $goes', ({ env, goes }) => {
    expect(route(platform.href, env)).toBe(goes)
  })
})

describe('NO_PROXY', () => {
  const cases: { list: string; url: string; direct: boolean }[] = [
    { list: 'example.com', url: 'https://example.com', direct: true },
    { list: 'example.com', url: 'https://api.example.com', direct: true },
    { list: '.example.com', url: 'https://api.example.com', direct: true },
    { list: '*.example.com', url: 'https://api.example.com', direct: true },
    { list: 'EXAMPLE.com', url: 'https://api.example.com', direct: true },
    { list: 'example.com', url: 'https://badexample.com', direct: false },
    { list: 'example.com', url: 'https://example.com.evil.test', direct: false },
    { list: 'a.test, example.com', url: 'https://example.com', direct: true },
    { list: 'a.test example.com', url: 'https://example.com', direct: true },
    { list: 'example.com:443', url: 'https://example.com', direct: true },
    { list: 'example.com:8443', url: 'https://example.com', direct: false },
    { list: 'example.com:8443', url: 'https://example.com:8443', direct: true },
    { list: '*', url: 'https://anything.test', direct: true },
    { list: '10.0.0.0/8', url: 'https://10.9.8.7', direct: true },
    { list: '10.0.0.0/8', url: 'https://11.0.0.1', direct: false },
    { list: '10.0.0.0/99', url: 'https://10.9.8.7', direct: false },
    { list: '192.0.2.7', url: 'https://192.0.2.7', direct: true },
    { list: '2001:db8::1', url: 'https://[2001:db8::1]:8443', direct: true },
    { list: '[2001:db8::1]:8443', url: 'https://[2001:0db8:0::1]:8443', direct: true },
    { list: '[2001:db8::1]:443', url: 'https://[2001:db8::1]:8443', direct: false },
    { list: '2001:db8::/32', url: 'https://[2001:db8:1::2]', direct: true },
    { list: 'example.com', url: 'https://example.com./', direct: true },
    { list: '', url: 'https://example.com', direct: false },
    { list: ',,', url: 'https://example.com', direct: false },
  ]
  test.for(cases)('"$list" and $url: direct $direct', ({ list, url, direct }) => {
    expect(route(url, { HTTPS_PROXY: proxy, NO_PROXY: list })).toBe(direct ? undefined : proxy)
    expect(route(url, { https_proxy: proxy, no_proxy: list })).toBe(direct ? undefined : proxy)
  })
})

test.for([
  'http://localhost:8787',
  'https://localhost',
  'https://sandbox.localhost',
  'http://127.0.0.1:1',
  'https://127.9.9.9',
  'https://[::1]:8443',
  'https://[::ffff:127.0.0.1]',
])('%s is this machine, and asked directly', (url) => {
  expect(route(url, { HTTPS_PROXY: proxy, HTTP_PROXY: proxy })).toBeUndefined()
})

test.for([
  { given: 'http://ann:p%40ss%2Fword@proxy.example:3128', means: 'ann:p@ss/word' },
  { given: 'http://ann:100%sure-it-is@proxy.example:3128', means: 'ann:100%sure-it-is' },
  { given: 'ann:plain-password@proxy.example:3128', means: 'ann:plain-password' },
  { given: 'http://token-alone@proxy.example:3128', means: 'token-alone:' },
])('the credentials of $given go into one header and nowhere else', ({ given, means }) => {
  const found = proxyFor(platform, { HTTPS_PROXY: given })

  expect(found?.authorization).toBe(`Basic ${Buffer.from(means).toString('base64')}`)
  expect(printed(found?.url)).not.toContain(means.split(':')[1] || 'token-alone')
  expect([...liveSecrets().keys()]).toContain(Buffer.from(means).toString('base64'))
})

test.for([
  'http://ann:Sentinel-password@',
  'socks5://ann:Sentinel-password@proxy.example',
  'http://ann:Sentinel-password@ho st',
])('an address that cannot be used is refused without showing its password (%s)', (value) => {
  let error: unknown
  try {
    proxyFor(platform, { HTTPS_PROXY: value })
  } catch (thrown) {
    error = thrown
  }
  expect(error).toBeInstanceOf(XdrError)
  expect(error).toMatchObject({ code: 'XDR_PROXY', message: expect.stringContaining('HTTPS_PROXY') })
  expect(printed(error)).not.toContain('Sentinel-password')
})
