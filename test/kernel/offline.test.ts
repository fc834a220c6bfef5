import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startSandbox } from '../../src/sandbox/index.js'
import { confirming } from '../support/confirming.js'
import { openKernel } from '../support/kernel-session.js'
import { isolatedHome } from '../support/sign-in.js'

/** As if so much time had gone by that every token has ended. */
function endTokens(profiles: string): void {
  for (const name of readdirSync(profiles)) {
    const path = join(profiles, name)
    const text = readFileSync(path, 'utf8')
    if (!text.includes('"expiresAt"')) continue
    writeFileSync(path, text.replace(/("expiresAt":\s*)\d+/, `$1${Date.now() - 1000}`))
  }
}

const notebook = (origin: string, username: string, maxAge: string | number) => ({
  connect: `import { connect, taegis, gql, sql, cache } from 'xdrlab'
    const xdr = await connect(taegis, ${JSON.stringify({ url: origin, username, browser: false })})`,
  show: `xdr.alerts('FROM alert EARLIEST=-30d', { limit: 20, cache: ${JSON.stringify(maxAge)} })`,
  load: `await xdr.alerts('FROM alert EARLIEST=-30d', { limit: 20, cache: ${JSON.stringify(maxAge)} }).into('alerts')`,
  ask: 'await sql`select count(*)::int as n from alerts`',
  query: 'await xdr.query(gql`query { currentTDRUser { email } }`)',
})

test('a notebook that is opened again without a network shows and queries what is kept, and goes on when it is back', async () => {
  using home = isolatedHome()
  let sandbox = await startSandbox({ alerts: 300 })
  const { origin, user } = sandbox
  const port = Number(new URL(origin).port)
  const cells = notebook(origin, user.username, '1h')
  const outdated = notebook(origin, user.username, 1)
  try {
    {
      await using kernel = await openKernel()
      expect((await kernel.run(cells.connect, { onOutput: confirming(sandbox) })).error).toBeUndefined()
      const { text } = await kernel.run(cells.show)
      expect(text).toContain('20 rows')
      expect((await kernel.run(cells.load)).error).toBeUndefined()
    }
    await sandbox.close()
    endTokens(home.profiles)

    await using kernel = await openKernel()
    const connected = await kernel.run(cells.connect)
    expect(connected.error).toBeUndefined()
    expect(connected.stderr).toMatch(/^warning: offline: .*connection refused.*\n$/)
    expect(connected.stderr).toContain(
      `Nobody is signed in to Taegis XDR; rows that are kept for ${user.username}`,
    )

    const shown = await kernel.run(cells.show)
    expect(shown.text).toContain('20 rows')
    expect(shown.stdout).toMatch(/^from the cache, .* old\n$/)
    expect((await kernel.run(cells.load)).error).toBeUndefined()
    expect((await kernel.run(cells.ask)).text).toContain('20')

    const stale = await kernel.run(outdated.show)
    expect(stale.text).toContain('20 rows')
    expect(stale.stderr).toMatch(/connection refused.*; these rows are from the cache, .* old\n$/)
    expect((await kernel.run(outdated.load)).stderr).toContain('these rows are from the cache')

    const refused = await kernel.run(cells.query)
    expect(refused.error?.evalue).toMatch(/connection refused/)
    expect(refused.traceback).toContain('XDR_NETWORK')
    // Rows of a question that was never asked are not there.
    expect((await kernel.run(cells.load.replace('30d', '29d'))).traceback).toContain('XDR_NETWORK')

    sandbox = await startSandbox({ alerts: 300, port })
    const back = await kernel.run(cells.query, { onOutput: confirming(sandbox) })
    expect(back.error).toBeUndefined()
    expect(JSON.stringify(back.outputs.at(-1))).toContain(user.username)
    expect((await kernel.run(outdated.show)).stderr).toBe('')
  } finally {
    await sandbox.close()
  }
})

test('nobody sees what is kept for another account, nor after a sign-out', async () => {
  using home = isolatedHome()
  const sandbox = await startSandbox({ alerts: 300 })
  const { origin, user } = sandbox
  const cells = notebook(origin, user.username, '1h')
  {
    await using kernel = await openKernel()
    await kernel.run(cells.connect, { onOutput: confirming(sandbox) })
    expect((await kernel.run(cells.load)).error).toBeUndefined()
  }
  await sandbox.close()
  endTokens(home.profiles)

  await using kernel = await openKernel()
  const other = await kernel.run(notebook(origin, 'somebody.else@example.com', '1h').connect)
  expect(other.traceback).toContain('XDR_NETWORK')
  expect(other.stderr).toBe('')

  for (const name of readdirSync(home.profiles)) {
    const path = join(home.profiles, name)
    const { session: _, ...profile } = JSON.parse(readFileSync(path, 'utf8'))
    writeFileSync(path, JSON.stringify(profile))
  }
  expect((await kernel.run(cells.connect)).traceback).toContain('XDR_NETWORK')
})
