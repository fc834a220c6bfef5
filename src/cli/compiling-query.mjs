// Runs one query by the bundle, and keeps what V8 has made of it; see compile.mjs.
import { writeFileSync } from 'node:fs'
import { createRequire, Module } from 'node:module'
import { fileURLToPath } from 'node:url'
import { compiledPath, runScript } from '../../dist/src/cli/compiled.js'

const bundle = fileURLToPath(new URL('../../dist/bin/query.cjs', import.meta.url))
const { exports, script } = runScript(bundle, { require: createRequire(bundle), Module })
process.on('exit', (code) => {
  if (code === 0) writeFileSync(compiledPath(bundle), script.createCachedData())
})
const options = { variables: '{"cql":"FROM alert"}', timeout: 60 }
await exports.runQueryCommand({ argument: process.argv[2] ?? '', options })
