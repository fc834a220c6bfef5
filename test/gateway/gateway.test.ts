import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningGateway, startGateway } from '../support/gateway.js'
import { type RemoteCell, type RemoteKernel, startRemoteKernel } from '../support/remote-kernel.js'
import { startTaegis, type TaegisServer, taegisPaths } from '../support/taegis-server.js'
import { removeFolder } from '../support/temp-home.js'

const signIn = `
  import { connect, taegis, gql } from 'xdrlab'
  const xdr = await connect(taegis, { region: 'sandbox' })
  console.log('connected')`
const isSignInShown = ({ content }: { content: Record<string, unknown> }) =>
  JSON.stringify(content).includes('QR code of the sign-in address')

let folder: string
let home: string
let opened: string
let taegis: TaegisServer
let gateway: RunningGateway

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'xdrlab-remote-'))
  home = join(folder, 'home')
  opened = join(folder, 'opened')
  // A browser that says so: on the gateway's machine, where nobody sits at it.
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  for (const name of ['xdg-open', 'x-www-browser'])
    writeFileSync(join(bin, name), `#!/bin/sh\necho "$@" >> ${opened}\n`, { mode: 0o755 })
  taegis = await startTaegis({ intervalS: 1 })
  gateway = await startGateway({
    PATH: `${bin}:${process.env.PATH}`,
    DISPLAY: ':99',
    XDRLAB_HOME: home,
    XDRLAB_STORE: 'file',
    XDRLAB_TYPES: 'off',
    XDRLAB_SANDBOX_URL: taegis.origin,
  })
})

afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]()
  await taegis?.[Symbol.asyncDispose]()
  removeFolder(folder)
})

/** Signs in as a person does who has only the notebook's page: types a name, and confirms the code elsewhere. */
async function signInOver(kernel: RemoteKernel): Promise<RemoteCell> {
  const cell = kernel.start(signIn, taegis.sandbox.user.username)
  await cell.until(isSignInShown)
  await taegis.approve()
  await cell.done
  return cell
}

test('two kernels over one gateway: sign-in, query, interrupt, restart', async () => {
  const as = { KERNEL_USERNAME: 'ana' }
  await using one = await startRemoteKernel(gateway, 'xdrlab', as)
  await using two = await startRemoteKernel(gateway, 'xdrlab', as)

  const cell = await signInOver(one)
  const signedIn = await cell.done
  expect(signedIn).toMatchObject({ status: 'ok', ename: undefined })
  expect(signedIn.prompts).toHaveLength(1)
  expect(signedIn.stdout).toContain('connected')
  // The address, the code and a QR instead of a browser on the gateway's machine.
  const shown = JSON.stringify(cell.messages.find(isSignInShown)?.content)
  expect(shown).toContain('user_code=')
  expect(shown).not.toContain('Your browser has been opened')
  expect(existsSync(opened)).toBe(false)

  // The other kernel is the same person's: nobody is asked, though somebody could be.
  expect(await two.run(signIn, 'nobody')).toMatchObject({ status: 'ok', prompts: [] })

  const query = (mark: string, offset: number) => `
    const found = await xdr.query(gql\`{ alertsServiceSearch(in: {
      cql_query: "FROM alert", limit: 3, offset: ${offset} }) { alerts { list { id } } } }\`)
    const list = found.alertsServiceSearch.alerts.list
    console.log('${mark}', list.map(({ id }) => id).join())`
  const [first, second] = await Promise.all([one.run(query('first:', 0)), two.run(query('second:', 3))])
  const idsOf = (text: string) =>
    text
      .replace(/^\w+: /, '')
      .trim()
      .split(',')
  expect(first.stdout).toMatch(/^first: /)
  expect(second.stdout).toMatch(/^second: /)
  expect(new Set([...idsOf(first.stdout), ...idsOf(second.stdout)]).size).toBe(6)
  expect(JSON.stringify(one.messages)).not.toContain('second:')
  expect(JSON.stringify(two.messages)).not.toContain('first:')

  // A long list in one, stopped in the middle, while the other goes on.
  const paging = one.start(`
    const rows = xdr.rows(gql\`{ alertsServiceSearch(in: { cql_query: "FROM alert", limit: 20 }) {
      alerts { list { id } } } }\`)
    const kept = []
    for (;;) for await (const { id } of rows) if (kept.push(id) % 20 === 0) console.log('so far', kept.length)`)
  await paging.until(() => /so far [1-9]\d\d/.test(paging.stdout))
  const counting = two.start(`
    for (let n = 0; n < 20; n++) await xdr.query(gql\`{ currentTDRUser { id } }\`).then(() => console.log(n))
    'counted'`)
  await counting.until(() => counting.stdout.includes('1\n'))
  await one.interrupt()
  expect(await paging.done).toMatchObject({ status: 'error', ename: 'KeyboardInterrupt' })
  expect(await counting.done).toMatchObject({ status: 'ok', text: "'counted'" })
  const after = await one.run('[kept.length >= 100, new Set(kept).size >= 100].join()')
  expect(after.text).toContain('true,true')

  await one.restart()
  const askedBefore = taegis.proxy.to(taegisPaths.begin).length
  const again = await one.run(signIn, 'nobody')
  expect(again).toMatchObject({ status: 'ok', prompts: [] })
  expect((await one.run('typeof kept')).text).toContain('undefined')
  expect((await one.run(query('again:', 0))).stdout.replace('again', 'first')).toBe(first.stdout)
  expect(taegis.proxy.to(taegisPaths.begin)).toHaveLength(askedBefore)
  // What the restart of one does to the other: nothing.
  expect((await two.run(`list.length`)).text).toBe('3')

  const spoken = JSON.stringify([...one.messages, ...two.messages]) + gateway.log
  for (const secret of issuedTokens()) expect(spoken).not.toContain(secret)
  expect(spoken).not.toContain(taegis.deviceCode())
})

test('another person of the same gateway and account does not go on with that sign-in', async () => {
  await using ana = await startRemoteKernel(gateway, 'xdrlab', { KERNEL_USERNAME: 'ana' })
  await using ben = await startRemoteKernel(gateway, 'xdrlab', { KERNEL_USERNAME: 'ben' })
  expect(await ana.run(signIn, 'nobody')).toMatchObject({ status: 'ok', prompts: [] })

  const asked = await ben.run(signIn)
  expect(asked.status).toBe('error')
  expect(asked.ename).toMatch(/^XdrError/)
  await signInOver(ben)

  const people = readdirSync(join(home, 'people')).sort()
  expect(people.map((name) => name.replace(/-[\da-f]{12}$/, ''))).toEqual(['ana', 'ben'])
  for (const name of people) {
    const profiles = readdirSync(join(home, 'people', name, 'profiles'))
    expect(profiles.filter((file) => file.endsWith('.json'))).toHaveLength(1)
  }
  expect(existsSync(join(home, 'profiles'))).toBe(false)
})

function issuedTokens(): string[] {
  const tokens = taegis.proxy
    .to(taegisPaths.token)
    .filter(({ status }) => status === 200)
    .map(({ answer }) => JSON.parse(answer ?? '{}').access_token as string)
  expect(tokens.length).toBeGreaterThan(0)
  return tokens
}
