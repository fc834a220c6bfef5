import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../../src/clock.js'
import { cachedSource } from '../../src/results/cache.js'
import { type CliHome, openHome } from '../support/cli.js'
import { recordingScreen } from '../support/recording-screen.js'
import { listSource } from '../support/row-source.js'
import { setEnv } from '../support/temp-home.js'

/** Rows that are kept in a home, asked for so long ago. */
async function keep(home: CliHome, query: string, rowCount: number, ageMs = 0): Promise<void> {
  using _env = setEnv({ XDRLAB_HOME: home.home })
  const rows = Array.from({ length: rowCount }, (_, id) => ({ id }))
  const clock = { ...systemClock, now: () => Date.now() - ageMs }
  const source = cachedSource(listSource(rows, { provenance: { query } }), '1h', {
    screen: recordingScreen(),
    clock,
  })
  for await (const _ of source.rows());
}

describe('xdrlab cache', () => {
  it('lists what is kept', async () => {
    await using home = openHome()
    expect(await home.run(['cache', 'ls'])).toMatchObject({ status: 0, stdout: 'nothing is kept\n' })
    await keep(home, 'query Old { alerts { id } }', 1_234, 7_300_000)
    await keep(home, 'query New {\n  assets { id } }', 5)
    const { stdout, status } = await home.run(['cache', 'ls'])
    expect(status).toBe(0)
    const [head, , first, second] = stdout.split('\n')
    expect(head).toMatch(/^id +age +rows +size +provider +tenant +query$/)
    expect(first).toMatch(/^[0-9a-f]{16} +\d+ seconds? +5 +\d kB +taegis +50530 +query New \{$/)
    expect(second).toMatch(/^[0-9a-f]{16} +2 hours, stale +1234 +\d+ kB +taegis +50530 +query Old/)
    const json = JSON.parse((await home.run(['cache', 'ls', '--json'])).stdout)
    expect(json).toMatchObject([
      { rows: 5, stale: false, maxAgeSeconds: 3600, query: 'query New {\n  assets { id } }' },
      { rows: 1_234, stale: true, provider: 'taegis', tenant: '50530' },
    ])
  })

  it('shows nothing of a query that could control a terminal', async () => {
    await using home = openHome()
    await keep(home, 'query { a } # \u001b[31mred', 1)
    expect((await home.run(['cache', 'ls'])).stdout).not.toContain('\u001b')
    expect((await home.run(['cache', 'ls', '--json'])).stdout).not.toContain('\u001b')
  })

  it('takes away what is named, all or none of it', async () => {
    await using home = openHome()
    await keep(home, 'query A { a }', 1)
    await keep(home, 'query B { b }', 1)
    const folder = join(home.home, 'results')
    const [one = '', other = ''] = readdirSync(folder).map((name) => name.replace('.parquet', ''))
    const unknown = await home.run(['cache', 'rm', one, 'nope'])
    expect(unknown).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('nothing is kept under nope'),
    })
    expect(readdirSync(folder)).toHaveLength(2)
    expect(await home.run(['cache', 'rm', one])).toMatchObject({ status: 0, stdout: '1 removed\n' })
    expect(readdirSync(folder)).toEqual([`${other}.parquet`])
    const all = await home.run(['cache', 'rm', '--all', '--json'])
    expect(JSON.parse(all.stdout)).toEqual({ removed: [other], damaged: 0 })
    expect(readdirSync(folder)).toEqual([])
  })

  it('takes away what is stale, and what is damaged', async () => {
    await using home = openHome()
    await keep(home, 'query Old { a }', 1, 7_300_000)
    await keep(home, 'query New { b }', 1)
    const damaged = join(home.home, 'results', '0123456789abcdef.parquet')
    writeFileSync(damaged, 'no parquet')
    expect((await home.run(['cache', 'ls'])).stderr).toContain('1 damaged')
    expect(await home.run(['cache', 'rm', '--stale'])).toMatchObject({ status: 0, stdout: '2 removed\n' })
    expect(existsSync(damaged)).toBe(false)
    expect(JSON.parse((await home.run(['cache', 'ls', '--json'])).stdout)).toMatchObject([
      { query: 'query New { b }' },
    ])
  })

  it('says how it is used', async () => {
    await using home = openHome()
    expect(await home.run(['cache', 'rm'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--stale'),
    })
    expect(await home.run(['cache', 'rm', '--all', '--stale'])).toMatchObject({ status: 2 })
    expect(await home.run(['cache', 'rm', '0123456789abcdef', '--all'])).toMatchObject({ status: 2 })
    const help = await home.run(['cache', '--help'])
    expect(help.stdout).toMatch(/ls[^\n]*\n[\s\S]*rm/)
  })
})
