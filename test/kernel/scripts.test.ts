import { SourceMap } from 'node:module'
import { expect, test } from 'vitest'
import { findScript, rememberScript } from '../../kernel/scripts.js'

const sourceMap = () => new SourceMap({ version: 3, mappings: '', sources: [], names: [] } as never)

test('the oldest texts make room for new ones, and the newest is kept whatever its size', () => {
  const half = 1 << 24
  for (const name of ['first', 'second', 'third'])
    rememberScript(name, { label: name, sourceMap, length: half })
  expect(['first', 'second', 'third'].map((name) => findScript(name)?.label)).toEqual([
    undefined,
    'second',
    'third',
  ])
  rememberScript('huge', { label: 'huge', sourceMap, length: 100 * half })
  expect(['second', 'third', 'huge'].map((name) => findScript(name)?.label)).toEqual([
    undefined,
    undefined,
    'huge',
  ])
})
