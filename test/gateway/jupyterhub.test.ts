import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningHub, startHub } from '../support/jupyterhub.js'
import { startRemoteKernel } from '../support/remote-kernel.js'
import { startTaegis, type TaegisServer } from '../support/taegis-server.js'

let taegis: TaegisServer
let hub: RunningHub

beforeAll(async () => {
  taegis = await startTaegis({ intervalS: 1 })
  hub = await startHub(['ana', 'ben'], { XDRLAB_SANDBOX_URL: taegis.origin, DISPLAY: ':99' })
})

afterAll(async () => {
  await hub?.[Symbol.asyncDispose]()
  await taegis?.[Symbol.asyncDispose]()
})

const signIn = `
  import { connect, taegis } from 'xdrlab'
  const xdr = await connect(taegis, { region: 'sandbox', store: 'file' })`
const isSignInShown = ({ content }: { content: Record<string, unknown> }) =>
  JSON.stringify(content).includes('Waiting for the browser')

test('two people of a hub sign in each for themselves, also where they have one account and one home', async () => {
  const [anas, bens] = await Promise.all([hub.serverOf('ana'), hub.serverOf('ben')])
  await using ana = await startRemoteKernel(anas, 'xdrlab')
  await using ben = await startRemoteKernel(bens, 'xdrlab')

  const cell = ana.start(signIn, taegis.sandbox.user.username)
  const shown = JSON.stringify((await cell.until(isSignInShown)).content)
  expect(shown).not.toContain('Your browser has been opened')
  await taegis.approve()
  expect(await cell.done).toMatchObject({ status: 'ok' })

  // One is known again by a kernel that starts later, the other has to sign in.
  await using anaAgain = await startRemoteKernel(anas, 'xdrlab')
  expect(await anaAgain.run(signIn, 'nobody')).toMatchObject({ status: 'ok', prompts: [] })
  const bensCell = ben.start(signIn, taegis.sandbox.user.username)
  await bensCell.until(isSignInShown)
  await taegis.approve()
  expect((await bensCell.done).prompts).toHaveLength(1)

  const kept = join(hub.home, '.config', 'xdrlab', 'people')
  const people = readdirSync(kept).sort()
  expect(people.map((name) => name.replace(/-[\da-f]{12}$/, ''))).toEqual(['ana', 'ben'])
  const tokens = people.map((name) => {
    const profiles = join(kept, name, 'profiles')
    expect((statSync(profiles).mode & 0o777).toString(8)).toBe('700')
    const [file = ''] = readdirSync(profiles).filter((entry) => entry.endsWith('.json'))
    expect((statSync(join(profiles, file)).mode & 0o777).toString(8)).toBe('600')
    return JSON.parse(readFileSync(join(profiles, file), 'utf8')).session.accessToken as string
  })
  expect(new Set(tokens).size).toBe(2)
  const spoken = JSON.stringify([...ana.messages, ...anaAgain.messages, ...ben.messages]) + hub.log
  for (const token of tokens) expect(spoken).not.toContain(token)
})

test('what the hub lets a server in with is blanked out of outputs', async () => {
  await using kernel = await startRemoteKernel(await hub.serverOf('ana'), 'xdrlab')
  const length = await kernel.run('process.env.JUPYTERHUB_API_TOKEN.length')
  expect(Number(length.text)).toBeGreaterThan(16)

  const printed = await kernel.run(
    'console.log(process.env.JUPYTERHUB_USER, process.env.JUPYTERHUB_API_TOKEN)',
  )
  expect(printed.stdout).toMatch(/^ana ‹redacted: [\w ]+›\n$/)
})
