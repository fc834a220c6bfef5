import { describe, expect, test } from 'vitest'
import { signInMimeType } from '../../src/auth/sign-in-view.js'
import type { Output } from '../../src/notebook/notebook-file.js'
import { type KernelOutput, OutputCollector, withoutPendingSignIns } from '../../src/notebook/outputs.js'

const out = (text: string, name: 'stdout' | 'stderr' = 'stdout'): KernelOutput => ({
  type: 'stream',
  content: { name, text },
})
const show = (text: string, id?: string): KernelOutput => ({
  type: 'display_data',
  content: {
    data: { 'text/plain': text },
    metadata: { of: text },
    ...(id === undefined ? {} : { transient: { display_id: id } }),
  },
})
const update = (text: string, id: string): KernelOutput => ({
  type: 'update_display_data',
  content: { data: { 'text/plain': text }, metadata: {}, transient: { display_id: id } },
})
const clear = (wait: boolean): KernelOutput => ({ type: 'clear_output', content: { wait } })

const stream = (text: string, name = 'stdout') => ({ output_type: 'stream', name, text })
const display = (text: string, metadata: object = { of: text }) => ({
  output_type: 'display_data',
  data: { 'text/plain': text },
  metadata,
})

function collect(...messages: KernelOutput[]): Output[] {
  const outputs: Output[] = []
  const collector = new OutputCollector()
  for (const message of messages) collector.add(outputs, message)
  return outputs
}

test.each<[string, KernelOutput[], object[]]>([
  ['pieces of one stream are one output', [out('a'), out('b\n'), out('c')], [stream('ab\nc')]],
  [
    'two streams stay in the order they came',
    [out('a'), out('!', 'stderr'), out('b')],
    [stream('a'), stream('!', 'stderr'), stream('b')],
  ],
  [
    'a display ends a stream',
    [out('a'), show('x'), out('b'), out('c')],
    [stream('a'), display('x'), stream('bc')],
  ],
  ['a display id is not kept', [show('x', 'one')], [display('x')]],
  [
    'an update replaces data and metadata in its place',
    [show('x', 'one'), out('after'), update('y', 'one')],
    [display('y', {}), stream('after')],
  ],
  [
    'an update reaches every display of its id, and no other',
    [show('x', 'one'), show('x', 'two'), show('x', 'one'), update('y', 'one')],
    [display('y', {}), display('x'), display('y', {})],
  ],
  ['an update of a display that nobody has shown is dropped', [out('a'), update('y', 'one')], [stream('a')]],
  ['clear_output empties at once', [out('a'), show('x'), clear(false)], []],
  ['clear_output with wait keeps what is there', [out('a'), clear(true)], [stream('a')]],
  ['clear_output with wait empties before the next output', [out('a'), clear(true), out('b')], [stream('b')]],
  ['an update is no next output', [show('x', 'one'), clear(true), update('y', 'one')], [display('y', {})]],
  [
    'clear_output at once overtakes one that waits',
    [out('a'), clear(true), clear(false), out('b'), out('c')],
    [stream('bc')],
  ],
])('%s', (_name, messages, outputs) => {
  expect(collect(...messages)).toEqual(outputs)
})

test('fields that nbformat does not know are not kept', () => {
  const result = {
    type: 'execute_result' as const,
    content: {
      data: { 'text/plain': '1' },
      metadata: {},
      execution_count: 3,
      transient: { display_id: 'x' },
    },
  }
  const error = {
    type: 'error' as const,
    content: { ename: 'E', evalue: 'v', traceback: ['E: v'], status: 'error', execution_count: 3 },
  }
  expect(collect(result, error)).toEqual([
    { output_type: 'execute_result', data: { 'text/plain': '1' }, metadata: {}, execution_count: 3 },
    { output_type: 'error', ename: 'E', evalue: 'v', traceback: ['E: v'] },
  ])
})

test('a later cell updates the display of an earlier one', () => {
  const collector = new OutputCollector()
  const first: Output[] = []
  const second: Output[] = []
  collector.add(first, show('x', 'one'))
  collector.add(second, out('b'))
  collector.add(second, update('y', 'one'))
  expect(first).toEqual([display('y', {})])
  expect(second).toEqual([stream('b')])
})

test('a clear_output that still waits when its cell ends does not empty the next cell', () => {
  const collector = new OutputCollector()
  const first: Output[] = []
  const second: Output[] = []
  collector.add(first, out('a'))
  collector.add(first, clear(true))
  collector.add(second, out('b'))
  collector.add(second, out('c'))
  expect(first).toEqual([stream('a')])
  expect(second).toEqual([stream('bc')])
})

describe('a sign-in that waits', () => {
  const pending: KernelOutput = {
    type: 'display_data',
    content: {
      data: {
        'text/plain': 'Open https://xdr.example/device?user_code=ABCD-EFGH',
        'text/html': '<a href="https://xdr.example/device?user_code=ABCD-EFGH">',
        [signInMimeType]: { user_code: 'ABCD-EFGH' },
      },
      metadata: {},
      transient: { display_id: 'one' },
    },
  }

  test('is kept without its address and code, and everything beside it stays', () => {
    const kept = withoutPendingSignIns(collect(out('a'), pending, show('x')))
    expect(kept).toEqual([
      stream('a'),
      display('✗ Not signed in: the run ended before the sign-in did', {}),
      display('x'),
    ])
  })

  test('is still updated when it ends after its cell was kept', () => {
    const collector = new OutputCollector()
    const outputs: Output[] = []
    collector.add(outputs, pending)
    expect(JSON.stringify(withoutPendingSignIns(outputs))).not.toContain('ABCD')
    collector.add([], update('✓ Signed in', 'one'))
    expect(withoutPendingSignIns(outputs)).toEqual([display('✓ Signed in', {})])
  })
})
