import { afterAll, beforeAll, expect, test } from 'vitest'
import { Approval } from '../../src/cli/run-sandbox.js'
import { findLeaks, guardSecretsOf } from '../support/cli.js'
import { type KernelSession, openKernel, type Ran, waitFor } from '../support/kernel-session.js'
import { readmeCells } from '../support/readme.js'
import { startTaegis, type TaegisServer } from '../support/taegis-server.js'
import { tempFolder } from '../support/temp-home.js'

/** What is another's in the README and the sandbox's here; everything else is run as it stands there. */
const replaced = (code: string) =>
  code
    .replaceAll(/region: '(us1|eu)'/g, "region: 'sandbox'")
    .replace('https://id.example.com', `${server.sandbox.origin}/oidc`)
    .replace("clientId: 'notebooks'", "clientId: 'xdrlab-sandbox'")
    .replace('https://api.example.com', server.sandbox.origin)

interface Cell {
  /** Part of its text. */
  has: string
  check: (ran: Ran) => void | Promise<void>
}

const longestWaitMs = 40_000
const textOf = (ran: Ran) => JSON.stringify(ran.outputs)
const shows = (pattern: RegExp) => (ran: Ran) => expect(textOf(ran)).toMatch(pattern)
const runs = () => {}
const signedIn = shows(/Signed in as analyst@sandbox\.example/)

/** Each TypeScript block of the README, in order. */
const cells: Cell[] = [
  { has: "connect(taegis, { region: 'us1' })", check: signedIn },
  {
    has: 'limit: 3',
    check: ({ text }) => {
      expect(text).toMatch(/^id +status +metadata\.title +metadata\.severity\n/)
      expect(text).toMatch(/\(3 rows\)$/)
    },
  },
  { has: 'oauth({', check: signedIn },
  {
    has: 'emial',
    check: async () => {
      const note = () =>
        kernel.broadcasts.find((each) => JSON.stringify(each).includes("Property 'emial' does not exist"))
      expect(JSON.stringify(await waitFor(note, longestWaitMs))).toContain("Did you mean 'email'?")
    },
  },
  {
    has: 'xdr.rows(',
    check: (ran) => {
      expect(ran.stdout.trim().split('\n').length).toBeGreaterThan(100)
      const last = ran.outputs.at(-1)
      expect(JSON.stringify(last)).toContain('<table')
    },
  },
  { has: 'forTenants', check: ({ stdout }) => expect(stdout).toMatch(/^50530 alert:/m) },
  { has: ".into('alerts')", check: runs },
  { has: 'chart.bar', check: shows(/image\/svg|vegalite/) },
  { has: 'chart.alertTimeline', check: shows(/image\/svg|vegalite/) },
  { has: '/** Host names. */', check: runs },
  { has: 'secureEndpoint', check: ({ stdout }) => expect(stdout.trim()).not.toBe('') },
  {
    has: 'clients.create',
    // Its last line deletes what the first has made.
    check: async (ran) => {
      expect(textOf(ran)).not.toContain('type error')
      const left = await kernel.run('(await xdr.clients.list()).clients.map(({ name }) => name).join()')
      expect(left.text).toContain('nightly-report')
      expect(left.text).not.toMatch(/nightly\b(?!-)/)
    },
  },
  { has: 'satisfies Provider', check: runs },
]

/** A file of the source tree, no cell: test/providers/twenty-lines.test.ts puts it there. */
const noCell = 'satisfies Provider'

const home = tempFolder()
let server: TaegisServer
let kernel: KernelSession
let approval: Approval
const over = new AbortController()

beforeAll(async () => {
  server = await startTaegis({ intervalS: 1, alerts: 1500 })
  approval = new Approval(server.sandbox, () => {}, over.signal)
  const { ciscoXdr } = server.sandbox.clients
  kernel = await openKernel(
    {},
    {
      XDRLAB_HOME: home.path,
      XDRLAB_STORE: 'file',
      XDRLAB_BROWSER: 'none',
      XDRLAB_TYPES: '',
      XDRLAB_SANDBOX_URL: server.origin,
      XDRLAB_SECURE_ENDPOINT_REGION: 'sandbox',
      XDRLAB_CISCO_XDR_SANDBOX_CLIENT_ID: ciscoXdr.id,
      XDRLAB_CISCO_XDR_SANDBOX_CLIENT_SECRET: ciscoXdr.secret,
    },
  )
})

afterAll(async () => {
  over.abort()
  guardSecretsOf(server)
  await kernel[Symbol.asyncDispose]()
  await server[Symbol.asyncDispose]()
  home[Symbol.dispose]()
  expect(findLeaks()).toEqual([])
})

test('every TypeScript block of the README is a cell here, in its order', () => {
  const found = readmeCells()
  expect(found.map((code) => cells.find(({ has }) => code.includes(has))?.has ?? code)).toEqual(
    cells.map(({ has }) => has),
  )
})

test.each(cells.map(({ has }) => has).filter((has) => has !== noCell))('%s', async (has) => {
  const code = readmeCells().find((each) => each.includes(has)) ?? ''
  const ran = await kernel.run(replaced(code), {
    allowStdin: true,
    timeoutMs: 50_000,
    onInput: async (prompt) => (/username/i.test(prompt) ? server.sandbox.user.username : 'yes'),
    onOutput: (output) => approval.watch(output),
  })
  expect(ran.traceback).toBe('')
  await cells.find((cell) => cell.has === has)?.check(ran)
})
