// Given to a command as `--import`: notes what it loads in the file of XDRLAB_TEST_MODULES, one module a line.
import { appendFileSync } from 'node:fs'
import { createRequire, register } from 'node:module'

const hooks = `
import { appendFileSync } from 'node:fs'
export async function load(url, context, next) {
  appendFileSync(process.env.XDRLAB_TEST_MODULES, url + '\\n')
  return next(url, context)
}`
register(`data:text/javascript,${encodeURIComponent(hooks)}`)

process.on('exit', () => {
  // What CommonJS loads by itself goes past the hooks, as does what Node loads of its own.
  const required = Object.keys(createRequire(import.meta.url).cache)
  const builtIn = process.moduleLoadList.filter((name) => name.startsWith('NativeModule '))
  appendFileSync(process.env.XDRLAB_TEST_MODULES ?? '', `${[...required, ...builtIn].join('\n')}\n`)
})
