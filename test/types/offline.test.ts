import { chmodSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openLanguage } from '../support/language-session.js'
import { tempFolder } from '../support/temp-home.js'

test('types ask no registry: npm is not run, and nothing is put into the home', async () => {
  using home = tempFolder()
  using bin = tempFolder()
  const npm = join(bin.path, 'npm')
  writeFileSync(npm, `#!/bin/sh\necho "$@" >> ${join(bin.path, 'asked')}\n`)
  chmodSync(npm, 0o755)
  const env = { HOME: home.path, PATH: `${bin.path}:${process.env.PATH}` }
  await using language = await openLanguage([], {
    env,
    files: { 'helper.js': 'module.exports = require("lodash")' },
  })
  // Both are answered by a project that is open, whose types would be looked for before.
  expect(await language.warnings("import lodash from './helper.js'\nconst one: number = 'x'")).not.toEqual([])
  expect((await language.complete('"text".toUpperC|')).names).toContain('toUpperCase')
  expect(readdirSync(home.path)).toEqual([])
  expect(readdirSync(bin.path)).toEqual(['npm'])
})
