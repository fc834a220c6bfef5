import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openKernel } from '../support/kernel-session.js'
import { setEnv, tempFolder } from '../support/temp-home.js'

describe('sql in a cell', () => {
  it('is there without an import, shows rows, and ends at the stop button', async () => {
    using home = tempFolder()
    using _env = setEnv({ XDRLAB_HOME: home.path, JPY_SESSION_NAME: join(home.path, 'notes.ipynb') })
    await using kernel = await openKernel()
    const databases = join(home.path, 'databases')

    const loaded = await kernel.run(`import { load } from 'xdrlab'
const few = 2
await load('hosts', [{ host: 'web', alerts: 73252035284761978n }, { host: 'db', alerts: 1n }])`)
    expect(loaded.text).toMatch(/^hosts: 2 rows, 2 columns\n[\s\S]*alerts +BIGINT/)
    expect(readdirSync(databases)).toContainEqual(expect.stringMatching(/^[0-9a-f]{24}\.duckdb$/))

    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the cell's
    const shown = await kernel.run('await sql`select host, alerts from hosts where alerts > ${few}`')
    expect(shown.text).toMatch(/^host +alerts\n.*\nweb +73252035284761978\n\(1 row\)/)
    // Not awaited: it runs to be shown.
    expect((await kernel.run('sql`select count(*) as n from hosts`')).text).toMatch(/n\n─\n2\n/)
    expect((await kernel.run('await sql`select host from hosts limit 0`')).text).toBe('(0 rows of host)')

    const wrong = await kernel.run('await sql`select hots from hosts`')
    expect(wrong.error).toMatchObject({ ename: 'XdrError' })
    expect(wrong.traceback).toContain('Candidate bindings: "host"')
    expect(wrong.traceback).not.toContain('database-engine')

    // Once: a second press, for what it shows of its progress, would meet the next cell.
    let isPressed = false
    const press = () => {
      if (!isPressed) void kernel.client.interrupt()
      isPressed = true
    }
    const running = kernel.run(
      "console.log('begun'); await sql`select count(*) from range(1000000000000) where range % 7 = 3`",
      { onOutput: press },
    )
    expect((await running).status).not.toBe('ok')
    expect((await kernel.run('await sql`select 1 as after`')).text).toMatch(/after\n/)
  })
})
