import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { signIn } from '../../sandbox/signed-in.js'
import { type LanguageSession, openLanguage } from '../../support/language-session.js'
import { isolatedHome } from '../../support/sign-in.js'
import { startTaegis, type TaegisServer } from '../../support/taegis-server.js'

let server: TaegisServer
let language: LanguageSession
const home = isolatedHome()

/** A kernel that is signed in to a platform which has a field that no schema of ours has. */
beforeAll(async () => {
  server = await startTaegis()
  const edit = (body: string) => body.replaceAll('"name":"notebook"', '"name":"notebooks"')
  server.proxy.failAlways('/graphql', { kind: 'edit', text: edit })
  const env = {
    XDRLAB_HOME: home.path,
    XDRLAB_TOKEN: await signIn(server.sandbox),
    XDRLAB_SANDBOX_URL: server.origin,
  }
  language = await openLanguage([], { env })
}, 90_000)

afterAll(async () => {
  await language[Symbol.asyncDispose]()
  await server[Symbol.asyncDispose]()
  home[Symbol.dispose]()
})

const patience = { timeout: 60_000, interval: 500 }

test('before the sign-in the schema that ships is proposed', async () => {
  expect((await language.complete('gql`{ noteb| }`')).names).toEqual(['notebook'])
})

test('behind a sign-in the platform’s own schema is proposed, and queries are held to it', async () => {
  const signedIn = await language.kernel.run(
    "import { connect, gql, taegis } from 'xdrlab'\nconst xdr = await connect(taegis, { region: 'sandbox' })",
  )
  expect(signedIn.status).toBe('ok')
  await vi.waitFor(async () => {
    expect((await language.complete('gql`{ noteb| }`')).names).toEqual(['notebooks'])
  }, patience)
  expect(readdirSync(join(home.path, 'schemas')).length).toBeGreaterThan(1)

  const { error, traceback } = await language.kernel.run(
    '// @types off\nawait xdr.query(gql`{ notebook { id } }`)',
  )
  expect(error?.evalue).toContain('Cannot query field "notebook" on type "Query". Did you mean "notebooks"')
  expect(traceback).toContain('^^^^^^^^')
})

test('what the schema has is shown and searched in a cell', async () => {
  const shown = await language.kernel.run("await xdr.schema.show('AlertsResponse')")
  expect(shown.text).toMatch(/^type AlertsResponse\n {2}status: RPCResponseStatus/)
  const [first] = shown.outputs
  expect(JSON.stringify(first)).toContain('<code>alerts: AlertsList</code>')

  const found = await language.kernel.run("await xdr.schema.search('threatWatchlist')")
  expect(found.text).toContain('Query.threatWatchlist')
})

test('CQL is completed in the cell', async () => {
  expect((await language.complete("xdr.alerts('FROM alert WHERE sev|')")).names).toEqual(['severity'])
  expect((await language.complete("const s = '🚨'; xdr.events('FROM process WHERE comm|')")).names).toEqual([
    'commandline',
  ])
})
