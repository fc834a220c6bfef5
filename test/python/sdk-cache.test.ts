import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readSdkCache } from '../../src/auth/taegis-sdk.js'
import { memoryStore } from '../../src/store/profile.js'
import { jwtOf } from '../support/sdk-cache.js'
import { tempFolder } from '../support/temp-home.js'

/** `write_to_config` of taegis-sdk-python 2.0.4, which is a page of Python's own library. */
const writeToConfig = `
import json, sys
from configparser import ConfigParser
path, entries = sys.argv[1], json.load(sys.stdin)
for section, key, value in entries:
    config = ConfigParser()
    open(path, "a").close()
    with open(path) as f:
        config.read_file(f)
    if not config.has_section(section):
        config.add_section(section)
    config[section][key] = value
    with open(path, mode="w") as f:
        config.write(f)
`

test('what Python’s configparser writes, as the SDK does, is read', async () => {
  using folder = tempFolder()
  const path = join(folder.path, 'config')
  const exp = Math.floor(Date.now() / 1000) + 3600
  const first = jwtOf({ exp, email: 'ana@example.com' })
  const second = jwtOf({ exp, sub: 'ben' })
  const entries = [
    ['charlie', 'access_token', 'replaced'],
    ['charlie', 'access_token', first],
    ['templates', 'jinja2', '.'],
    ['UNIVERSAL', 'access_token', second],
    ['delta', 'access_token', ''],
    ['echo', 'CLIENT_ID', 'ECHO_ID'],
    ['echo', 'CLIENT_SECRET', 'ECHO_SECRET'],
    ['notes', 'text', 'two lines:\nthe second = more; 100%%'],
  ]
  execFileSync('python3', ['-c', writeToConfig, path], { input: JSON.stringify(entries) })

  const cache = await readSdkCache(path, memoryStore(), Date.now(), {
    ECHO_ID: 'nightly',
    ECHO_SECRET: 'the-secret-of-nightly',
  })

  const found = cache.entries.map(({ environment, region, signIn, client }) => [
    environment,
    region,
    signIn?.session.accessToken.reveal(),
    client?.client.id,
  ])
  expect(found).toEqual([
    ['charlie', 'us1', first, undefined],
    ['UNIVERSAL', 'universal', second, undefined],
    ['echo', 'eu', undefined, 'nightly'],
  ])
})
