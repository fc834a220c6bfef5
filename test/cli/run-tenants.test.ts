import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import { makeNotebook, readSaved } from '../notebook/nbformat.js'
import {
  type CliHome,
  findLeaks,
  guardSecretsOf,
  openHome,
  processesWith,
  shownText,
} from '../support/cli.js'
import { openSignedInHome } from '../support/signed-in-home.js'
import { startTaegis, taegisPaths } from '../support/taegis-server.js'
import { turn } from '../support/turn.js'

afterAll(() => expect(findLeaks()).toEqual([]))

interface Summary {
  status: string
  folder: string
  tenants: { tenant: string; name?: string; status: string; file: string; error?: Record<string, string> }[]
  error?: Record<string, string>
}

const connects = `import { connect, gql, taegis } from 'xdrlab'
const xdr = await connect(taegis, { region: 'sandbox' })`
const asks =
  'await xdr.query(gql`query { alertsServiceSearch(in: { cql_query: "FROM alert EARLIEST=-1d", limit: 1 }) { alerts { total_results } } }`)'
const says = `console.log('tenant', process.env.XDRLAB_TENANT)`

function summaryIn(folder: string): Summary {
  return JSON.parse(readFileSync(`${folder}/summary.json`, 'utf8'))
}

function statuses({ tenants }: Summary): Record<string, string> {
  return Object.fromEntries(tenants.map(({ tenant, status }) => [tenant, status]))
}

/** A notebook whose cell fails in its own way for each of these tenants. */
function troubled(home: CliHome): string {
  return home.write(
    'n.ipynb',
    makeNotebook(
      says,
      `import { spawnSync } from 'node:child_process'
switch (process.env.XDRLAB_TENANT) {
  case 'throws': throw new RangeError('<b>too</b> far')
  case 'dies': spawnSync('kill', ['-9', String(process.pid)])
  case 'hangs': await new Promise(() => {})
}`,
      `'the last'`,
    ),
  )
}

// Most of their time they wait for a limit.
describe.concurrent('tenants that end at a limit', () => {
  test('each has its notebook, the others go on, and terminal, page and summary say what happened', async () => {
    await using home = openHome()
    const { status, stdout, stderr } = await home.run([
      ...[
        'run',
        troubled(home),
        '--tenants',
        '11,throws,dies,hangs,55',
        '--timeout',
        '10',
        '--concurrency',
        '2',
      ],
    ])
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' })
    const folder = home.path('n.tenants')
    const files = ['11', '55', 'dies', 'hangs', 'throws'].map((id) => `${id}.ipynb`)
    expect(readdirSync(folder).sort()).toEqual([...files, 'index.html', 'summary.json'].sort())
    for (const file of files) {
      const { cells, problems, text } = readSaved(`${folder}/${file}`)
      expect(problems).toEqual([])
      const id = file.replace('.ipynb', '')
      expect(cells[0]?.text).toContain(`tenant ${id}`)
      expect(cells[2]?.text.includes('the last')).toBe(['11', '55'].includes(id))
      expect(JSON.parse(text).metadata.xdrlab_run).toMatchObject({ tenant: id })
    }

    const summary = summaryIn(folder)
    expect(summary).toMatchObject({ status: 'error', notebook: 'n.ipynb', folder })
    const ends = { '11': 'ok', throws: 'error', dies: 'died', hangs: 'timeout', '55': 'ok' }
    expect(statuses(summary)).toEqual(ends)
    expect(summary.tenants.map(({ tenant }) => tenant)).toEqual(['11', 'throws', 'dies', 'hangs', '55'])
    expect(summary.tenants[1]).toMatchObject({
      file: 'throws.ipynb',
      cells: 3,
      cellsRun: 2,
      failedCell: { index: 1 },
      error: { name: 'RangeError', message: '<b>too</b> far' },
    })

    for (const id of Object.keys(ends)) expect(stdout).toContain(`… tenant ${id}\n`)
    expect(stdout).toMatch(/^✓ tenant 11 · 3 of 3 cells in [\d.]+ s$/m)
    expect(stdout).toMatch(/^✗ tenant throws · 2 of 3 cells in .+ · cell 2: RangeError: <b>too<\/b> far$/m)
    expect(stdout).toMatch(
      /^2 of 5 tenants done, 1 failed, 1 out of time, 1 kernel died, in [\d.]+ s\.\n(?: {2}tenant (?:throws|dies|hangs): .+\n(?: {4}→ .+\n)?){3}The executed notebooks and their summary are in (.+) \(index\.html\)\n$/m,
    )
    expect(stdout).toContain('  tenant dies: XdrError [XDR_KERNEL]: the kernel ended by SIGKILL')

    const page = readFileSync(`${folder}/index.html`, 'utf8')
    expect(page).toContain('2 of 5 tenants done')
    expect(page).toContain('&#60;b&#62;too&#60;/b&#62; far')
    for (const file of files) expect(page).toContain(`href="./${file}"`)
    expect(page.indexOf('tenant throws')).toBeLessThan(page.indexOf('tenant 11'))
    for (const absent of ['<b>', '<script', 'http:', 'https:']) expect(page).not.toContain(absent)
    expect(home.leftInTemp()).toEqual([])
    expect(processesWith(home.temp)).toEqual([])
  })

  test('--total-timeout holds for all tenants together', async () => {
    await using home = openHome()
    const notebook = home.write('n.ipynb', makeNotebook(`await new Promise(() => {})`))
    const { status, stdout } = await home.run([
      ...['run', notebook, '--tenants', '1,2', '--concurrency', '1', '--total-timeout', '6', '--json'],
    ])
    expect(status).toBe(124)
    const summary: Summary = JSON.parse(stdout)
    expect(statuses(summary)).toEqual({ '1': 'timeout', '2': 'not-run' })
    expect(summary.tenants[0]?.error?.message).toContain('longer than the 6 s it may')
  })
})

describe('what is printed', () => {
  test('--json prints the summary and nothing else; --quiet only what went wrong', async () => {
    await using home = openHome()
    const notebook = home.write('n.ipynb', makeNotebook(says))
    const json = await home.run(['run', notebook, '--tenants', '1,2', '-o', home.path('out'), '--json'])
    expect(json).toMatchObject({ status: 0, stderr: '' })
    const summary: Summary = JSON.parse(json.stdout)
    expect(summary).toMatchObject({ status: 'ok', folder: home.path('out'), endedAt: expect.any(String) })
    expect(statuses(summary)).toEqual({ '1': 'ok', '2': 'ok' })
    expect(await home.run(['run', notebook, '--tenants', '1', '-q'])).toMatchObject({
      status: 0,
      stdout: '',
      stderr: '',
    })
    const bad = await home.run(['run', troubled(home), '--tenants', 'throws', '-q'])
    expect(bad).toMatchObject({ status: 1, stdout: '' })
    expect(bad.stderr).toMatch(/^0 of 1 tenants done, 1 failed, .+\n {2}tenant throws: RangeError/)
  })

  test('--stream prints the outputs of all, each line under its tenant', async () => {
    await using home = openHome()
    const source = `console.log('one\\ntwo')\nprocess.stdout.write('no line')\n'a value'`
    const notebook = home.write('n.ipynb', makeNotebook(source))
    const { status, stdout } = await home.run(['run', notebook, '--tenants', '7,8', '--stream'])
    expect(status).toBe(0)
    for (const id of ['7', '8']) {
      for (const line of ['[1/1] console.log', 'one', 'two', 'no line'])
        expect(stdout).toContain(`tenant ${id} │ ${line}`)
    }
  })
})

test('parameters are the same for all, and a parameter called tenant is each one’s own', async () => {
  await using home = openHome()
  const notebook = JSON.parse(
    makeNotebook(
      `const tenant: string = ''\nconst days: number = 1`,
      `console.log(tenant, days, typeof tenant)`,
    ),
  )
  notebook.cells[0].metadata.tags = ['parameters']
  const path = home.write('n.ipynb', JSON.stringify(notebook))
  const list = home.write('list.txt', '# by hand\n0011, Alder & Sons\n\n22\n0011\n')
  const { status, stdout } = await home.run(['run', path, '--tenants-file', list, '-p', 'days=7', '--json'])
  expect(status).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    parameters: { days: 7 },
    tenants: [{ tenant: '0011', name: 'Alder & Sons' }, { tenant: '22' }],
  })
  expect(readSaved(home.path('n.tenants/0011.ipynb')).cells.at(-1)?.text).toContain('0011 7 string')
  expect(readSaved(home.path('n.tenants/22.ipynb')).cells.at(-1)?.text).toContain('22 7 string')
  expect(readFileSync(home.path('n.tenants/index.html'), 'utf8')).toContain('Alder &#38; Sons (0011)')
  const wrong = await home.runHere(['run', path, '--tenants', '1', '-p', 'days=many'])
  expect(wrong.status).toBe(2)
  expect(wrong.stderr).toContain('days')
})

test('ids that are no file names stay in the folder, and apart', async () => {
  await using home = openHome()
  const notebook = home.write('n.ipynb', makeNotebook(says))
  const ids = ['../../out', 'a/b', 'a:b', 'A_b', '..']
  const { status } = await home.run(['run', notebook, '--tenants', ids.join(','), '--concurrency', '3'])
  expect(status).toBe(0)
  const { tenants } = summaryIn(home.path('n.tenants'))
  expect(new Set(tenants.map(({ file }) => file.toLowerCase())).size).toBe(ids.length)
  for (const { tenant, file } of tenants) {
    expect(file).toMatch(/^[\w-][\w.-]*\.ipynb$/)
    expect(readSaved(home.path(`n.tenants/${file}`)).cells[0]?.text).toContain(`tenant ${tenant}`)
  }
  expect(readdirSync(home.folder).sort()).toEqual(['n.ipynb', 'n.tenants'])
})

test('every kernel has a database of its own', async () => {
  await using home = openHome()
  const source = [
    `import { load } from 'xdrlab'\nawait load('mine', [{ tenant: process.env.XDRLAB_TENANT }])`,
    "await sql`select 'row of ' || tenant as found from mine`",
  ]
  const notebook = home.write('n.ipynb', makeNotebook(...source))
  const { status, stdout } = await home.run(['run', notebook, '--tenants', '1,2,3', '--concurrency', '3'], {
    env: { XDRLAB_DATABASE: home.path('one.duckdb') },
  })
  expect({ status, stdout }).toMatchObject({ status: 0 })
  for (const id of ['1', '2', '3'])
    expect(readSaved(home.path(`n.tenants/${id}.ipynb`)).cells[1]?.text).toContain(`row of ${id}`)
  expect(existsSync(home.path('one.duckdb'))).toBe(false)
})

test('Ctrl-C stops all of them, and keeps what is there', async () => {
  await using home = openHome()
  const waits = `console.log('waits')\nawait new Promise(() => {})`
  const notebook = home.write('n.ipynb', makeNotebook(says, waits, `'never'`))
  await using running = home.start(['run', notebook, '--tenants', '1,2,3', '--concurrency', '2', '--stream'])
  await running.until(/tenant 1 │ waits/)
  await running.until(/tenant 2 │ waits/)
  running.kill('SIGINT')
  const { status, stdout } = await running.exited
  expect(status).toBe(130)
  expect(stdout).toContain('0 of 3 tenants done, 2 interrupted, 1 not run')
  const summary = summaryIn(home.path('n.tenants'))
  expect(summary.status).toBe('interrupted')
  expect(statuses(summary)).toEqual({ '1': 'interrupted', '2': 'interrupted', '3': 'not-run' })
  for (const id of ['1', '2']) {
    const { cells, problems } = readSaved(home.path(`n.tenants/${id}.ipynb`))
    expect(problems).toEqual([])
    expect(cells[1]?.text).toContain('waits')
  }
  expect(readFileSync(home.path('n.tenants/index.html'), 'utf8')).not.toContain('href="./3.ipynb"')
  expect(home.leftInTemp()).toEqual([])
  expect(processesWith(home.temp)).toEqual([])
})

test('kill -9 leaves a page that says how far it came, beside the notebooks', async () => {
  await using home = openHome()
  const source = `if (process.env.XDRLAB_TENANT === '2') {\n  console.log('waits')\n  await new Promise(() => {})\n}`
  const notebook = home.write('n.ipynb', makeNotebook(source))
  await using running = home.start(['run', notebook, '--tenants', '1,2,3', '--concurrency', '1'])
  const folder = home.path('n.tenants')
  await running.until(/… tenant 2$/m)
  // Two files, one after the other.
  const page = () => readFileSync(`${folder}/index.html`, 'utf8')
  while (statuses(summaryIn(folder))['2'] !== 'running' || !page().includes('1 running')) await turn()
  running.kill('SIGKILL')
  await running.exited
  expect(statuses(summaryIn(folder))).toEqual({ '1': 'ok', '2': 'running', '3': 'waiting' })
  expect(page()).toContain('1 of 3 tenants done, 1 waiting, 1 running')
  expect(readSaved(`${folder}/1.ipynb`).problems).toEqual([])
  while (processesWith(home.temp).length > 0) await turn()
})

test('in a terminal one display shows all that run', async () => {
  await using home = openHome()
  const gate = `import { existsSync } from 'node:fs'
while (!existsSync('gate')) await new Promise((resolve) => setTimeout(resolve, 10))`
  const notebook = home.write('n.ipynb', makeNotebook(gate))
  await using running = home.startInTerminal(['run', notebook, '--tenants', '1,2,3', '--concurrency', '2'])
  await running.until(
    /… tenant 1 · \[1\/1\] while .+ s\r?\n… tenant 2 · \[1\/1\] while .+ s\r?\n0 of 3 tenants done, 1 waiting, 2 running · [\d.]+ s/,
  )
  home.write('gate', '')
  const { status, stdout } = await running.exited
  expect(status).toBe(0)
  expect(shownText(stdout)).toMatch(
    /^(?:✓ tenant [123] · 1 of 1 cell in [\d.]+ s\n){3}3 of 3 tenants done, in /,
  )
})

test('a folder that cannot be made, or a page that cannot be written, is told before anything runs', async () => {
  await using home = openHome()
  const notebook = home.write('n.ipynb', makeNotebook(says))
  const { status, stdout, stderr } = await home.runHere(['run', notebook, '--tenants', '1', '-o', notebook])
  expect({ status, stdout }).toEqual({ status: 5, stdout: '' })
  expect(stderr).toMatch(
    /^XdrError \[XDR_FILE\]: the folder .+ cannot be made \(EEXIST\)\n {2}→ .+--output\n$/,
  )
})

describe('on the sandbox', () => {
  test('all tenants that the sign-in may see run, each as its own, after one sign-in', async () => {
    await using server = await startTaegis({ intervalS: 1 })
    const { id, secret } = server.sandbox.clients.taegis
    await using home = openHome({
      XDRLAB_SANDBOX_URL: server.origin,
      XDRLAB_TAEGIS_SANDBOX_CLIENT_ID: id,
      XDRLAB_TAEGIS_SANDBOX_CLIENT_SECRET: secret,
    })
    const notebook = home.write('n.ipynb', makeNotebook(says))
    await using running = home.start([
      ...['run', notebook, '--tenants', 'all', '--region', 'sandbox', '--concurrency', '2'],
    ])
    await running.until(/^✓ Harbour Managed Security \(50530\) · 1 of 1 cell in /m)
    await running.until(/^✓ Alder Dairy \(50611\) · 1 of 1 cell in /m)
    running.kill('SIGINT')
    expect((await running.exited).status).toBe(130)
    const { tenants } = summaryIn(home.path('n.tenants'))
    // Of the forty in the data, two are switched off.
    expect(tenants).toHaveLength(38)
    expect(tenants.find(({ tenant }) => tenant === '50611')).toMatchObject({
      name: 'Alder Dairy',
      status: 'ok',
    })
    expect(readSaved(home.path('n.tenants/50611.ipynb')).cells[0]?.text).toContain('tenant 50611')
    expect(server.proxy.to('/auth/api/v2/auth/token')).toHaveLength(1)
  })

  test('--sandbox signs in once for all, and a tenant without rights fails alone', async () => {
    await using home = openHome()
    const notebook = home.write('n.ipynb', makeNotebook(connects, asks, `'the last'`))
    const { status, stdout, stderr } = await home.run([
      ...['run', notebook, '--sandbox', '--tenants', '50611,99999,50648'],
    ])
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' })
    const folder = home.path('n.tenants')
    expect(statuses(summaryIn(folder))).toEqual({ '50611': 'ok', '99999': 'error', '50648': 'ok' })
    expect(stdout).toMatch(
      /^ {2}tenant 99999: .+ you have no access to this tenant\n {4}→ .+administers it$/m,
    )
    const refused = readSaved(`${folder}/99999.ipynb`)
    expect(refused.problems).toEqual([])
    expect(refused.cells[0]?.text).toContain('Signed in as analyst@sandbox.example')
    expect(refused.cells[1]?.text).toContain('no access to this tenant')
    expect(readSaved(`${folder}/50648.ipynb`).cells[2]?.text).toContain('the last')
    expect(readdirSync(home.profiles)).toEqual([])
  })

  test('with neither a stored sign-in nor client credentials, no run goes on, and what to set is said', async () => {
    await using server = await startTaegis({ intervalS: 1 })
    await using home = openHome({ XDRLAB_SANDBOX_URL: server.origin, XDRLAB_USERNAME: 'someone' })
    const notebook = home.write('n.ipynb', makeNotebook(connects))
    const listed = await home.run(['run', notebook, '--tenants', '1,2,3,4,5', '--concurrency', '1'])
    expect(listed.status).toBe(1)
    expect(statuses(summaryIn(home.path('n.tenants')))).toEqual({
      '1': 'error',
      ...{ '2': 'not-run', '3': 'not-run', '4': 'not-run', '5': 'not-run' },
    })
    expect(listed.stdout).toMatch(
      /^The others were not begun: a sign-in to Taegis XDR is needed and nobody is there\n {2}→ set XDRLAB_TAEGIS_CLIENT_ID and .+xdrlab login/m,
    )
    const all = await home.runHere(['run', notebook, '--tenants', 'all', '--region', 'sandbox'])
    expect(all).toMatchObject({ status: 1, stdout: '' })
    expect(all.stderr).toMatch(/^XdrError \[XDR_SIGN_IN_NEEDED\]: .+\n {2}→ set XDRLAB_TAEGIS_CLIENT_ID and /)
    expect(server.proxy.to(taegisPaths.begin)).toEqual([])
  })

  test('a stored sign-in is what all of them use', async () => {
    await using signedIn = await openSignedInHome()
    const { server, home } = signedIn
    const notebook = home.write('n.ipynb', makeNotebook(connects, asks))
    const before = server.proxy.to(taegisPaths.begin).length
    const { status } = await home.run(['run', notebook, '--tenants', '50611,50648', '--concurrency', '2'])
    guardSecretsOf(server)
    expect(status).toBe(0)
    expect(server.proxy.to(taegisPaths.begin)).toHaveLength(before)
    const asked = server.proxy.to(taegisPaths.graphql).map(({ headers }) => headers['x-tenant-context'])
    expect(asked).toEqual(expect.arrayContaining(['50611', '50648']))
  })
})
