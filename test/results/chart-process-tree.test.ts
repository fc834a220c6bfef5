import { expect, test } from 'vitest'
import { chart } from '../../src/results/charts/chart.js'
import { chartValues } from '../support/chart-parts.js'
import { makeProcesses } from '../support/chart-rows.js'

const process = (id: string, parent: string | null, more: Record<string, unknown> = {}) => ({
  processCorrelationID: id,
  parentProcessCorrelationID: parent,
  imagePath: `C:\\bin\\${id}.exe`,
  ...more,
})

const treeOf = async (rows: object, options = {}) =>
  (await chart.processTree(rows, options).text(200)).split('\n').slice(1)

test('children stand below their parents, as a tree', async () => {
  const rows = [process('c', 'b'), process('a', null), process('b', 'a'), process('d', 'a')]
  expect(await treeOf(rows)).toEqual(['a.exe', '├─ b.exe', '│  └─ c.exe', '└─ d.exe'])
})

test('children stand in the order in which they began', async () => {
  const rows = [
    process('a', null, { processCreationTime: 1_780_000_000_000_000 }),
    process('late', 'a', { processCreationTime: 1_780_000_009_000_000 }),
    process('early', 'a', { processCreationTime: 1_780_000_001_000_000 }),
  ]
  expect(await treeOf(rows)).toEqual(['a.exe', '├─ early.exe', '└─ late.exe'])
})

test('what was read twice is one, and what is not read is said', async () => {
  const rows = [process('a', null, { childrenCount: 3 }), process('a', null), process('b', 'a')]
  expect(await treeOf(rows)).toEqual(['a.exe  +2 children not read', '└─ b.exe'])
})

test('a parent that is missing leaves its children together', async () => {
  const lines = await treeOf([process('b', 'x'), process('c', 'x'), process('d', 'y')])
  expect(lines).toEqual([
    '(a parent that is not among these rows)',
    '├─ b.exe',
    '└─ c.exe',
    'd.exe',
    '(2 parents not among these rows)',
  ])
})

test('who is their own ancestor is drawn once', async () => {
  const lines = await treeOf([
    process('a', 'c'),
    process('b', 'a'),
    process('c', 'b'),
    process('self', 'self'),
  ])
  expect(lines).toEqual([
    'self.exe',
    'a.exe  ↺ its own ancestor',
    '└─ b.exe',
    '   └─ c.exe',
    '(1 process is among their own ancestors)',
  ])
})

test('a very wide tree is cut with a count, and what leads to an alert is kept', async () => {
  const many = Array.from({ length: 5000 }, (_, i) => process(`p${i}`, 'a'))
  const rows = [process('a', null), ...many, process('bad', 'p4999', { alerts: ['alert://1'] })]
  const lines = await treeOf(rows, { limit: 4 })
  expect(lines).toEqual([
    'a.exe',
    '├─ p0.exe',
    '├─ p4999.exe',
    '│  └─ [in an alert] bad.exe',
    '└─ … 4,998 more',
    '(4 of 5,002 processes)',
  ])
})

test('a very deep tree is cut with a count', async () => {
  const rows = Array.from({ length: 20_000 }, (_, i) => process(`p${i}`, i === 0 ? null : `p${i - 1}`))
  const tree = chart.processTree(rows)
  const lines = (await tree.text(200)).split('\n')
  expect(lines.at(-2)).toContain('… 19,976 more')
  expect((await chartValues(tree)).length).toBeLessThan(200)
})

test('command lines are cut in the drawing and whole in its tooltip', async () => {
  const command = `powershell.exe -EncodedCommand ${'A'.repeat(600)}`
  const values = await chartValues(chart.processTree([process('a', null, { commandline: command })]))
  const line = values.find(({ text }) => text !== undefined)
  expect(line?.text.length).toBeLessThan(150)
  expect(line?.whole).toContain(command)
})

test('events of plain columns make a tree, by host and process id', async () => {
  const rows = [
    { host_id: 'h', process_id: 1, parent_process_id: null, image_path: '/sbin/init' },
    { host_id: 'h', process_id: 2, parent_process_id: 1, commandline: '"/usr/bin/my shell" -c ls' },
    { host_id: 'other', process_id: 1, parent_process_id: null, image_path: '/sbin/launchd' },
  ]
  const lines = await treeOf(rows)
  expect(lines.map((line) => line.trimEnd())).toEqual([
    'init',
    '└─ my shell  "/usr/bin/my shell" -c ls',
    'launchd',
  ])
})

test('alerts, blocked processes and administrators have their colours', async () => {
  const values = await chartValues(chart.processTree(makeProcesses()))
  const kinds = new Map(values.filter(({ label }) => label).map(({ label, series }) => [label, series]))
  expect(kinds.get('powershell.exe')).toBe('in an alert')
  expect(kinds.get('certutil.exe')).toBe('blocked')
  expect(kinds.get('wininit.exe')).toBe('administrator')
  expect(kinds.get('explorer.exe')).toBe('process')
})
