import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { gql } from '../../src/client/document.js'
import { noScreen } from '../../src/screen/screen.js'
import { answer, type Fault, reset } from '../support/fault-proxy.js'
import { recordingScreen } from '../support/recording-screen.js'
import { failureOf } from '../support/sign-in.js'
import { type SignedIn, signedIn } from '../support/taegis-client.js'
import { taegisPaths } from '../support/taegis-server.js'

const make = gql<{ createInvestigationV2: { id: string; title: string } }>`
  mutation Make($input: CreateInvestigationInput!) { createInvestigationV2(input: $input) { id title } }
`
const find = 'query ($in: InvestigationsV2Arguments!) { investigationsV2(arguments: $in) { totalCount } }'
const input = { title: 'Beacons of host-7', keyFindings: '<b>two</b> \u001b[31mhosts' }

/** How many investigations with this title the platform has. */
async function countMade({ xdr }: SignedIn): Promise<unknown> {
  const cql = `FROM investigation WHERE title = '${input.title}'`
  const data = await xdr.query(find, { in: { cql, page: 1, perPage: 10 } })
  return Object(data.investigationsV2).totalCount
}

for (const kind of ['notebook', 'terminal'] as const) {
  test(`in a ${kind} a mutation shows what it will do, asks, and says what it did`, async () => {
    await using it = await signedIn({
      screen: recordingScreen({ kind, answers: ['yes'] }),
      tenant: '50530',
    })
    const before = await countMade(it)
    const displays = it.screen.displays.length

    const data = await it.xdr.query(make, { input })

    expect(data.createInvestigationV2.title).toBe(input.title)
    expect(await countMade(it)).toBe(Number(before) + 1)
    const [shown] = it.screen.displays.slice(displays).flat()
    expect(shown?.text).toContain('This changes data on the platform')
    expect(shown?.text).toContain('createInvestigationV2')
    expect(shown?.text).toContain('Beacons of host-7')
    expect(shown?.text).toMatch(/Taegis XDR .*, tenant 50530/)
    expect(it.screen.asked.at(-1)?.label).toMatch(
      /^Send createInvestigationV2 \(.*tenant 50530\)\? Type yes$/,
    )
    expect(it.screen.notes.at(-1)).toMatchObject({
      level: 'info',
      text: expect.stringMatching(/^createInvestigationV2 was done on Taegis XDR/),
    })
  })

  test(`in a ${kind} anything but yes sends nothing`, async () => {
    for (const answered of ['', 'no', 'yes please', 'true']) {
      await using it = await signedIn({ screen: recordingScreen({ kind, answers: [answered] }) })

      const error = await failureOf(it.xdr.query(make, { input }))

      expect(error.code).toBe('XDR_CONFIRM_NEEDED')
      expect(error.message).toContain('nothing was changed')
      expect(it.queries()).toEqual([])
    }
  })
}

test.for(['notebook', 'none'] as const)(
  'where nobody can be asked (%s), a mutation and a post need confirm',
  async (kind) => {
    const screen = Object.assign(recordingScreen(), { ask: noScreen.ask })
    await using it = await signedIn({ screen })
    Object.assign(screen, { kind })

    for (const change of [it.xdr.query(make, { input }), it.xdr.post('/v1/things', {})]) {
      const error = await failureOf(change)
      expect(error.code).toBe('XDR_CONFIRM_NEEDED')
      expect(error.hint).toContain('confirm: true')
    }
    expect(it.queries()).toEqual([])
    expect(it.server.proxy.to('/v1/things')).toEqual([])
  },
)

test('a dry run shows what would be sent, hides what is named a secret, and sends nothing', async () => {
  await using it = await signedIn({ tenant: '50530' })
  const rotate =
    'mutation ($id: ID!, $secret: String!) { rotateClientSecret(id: $id, secret: $secret) { __typename } }'
  const secret = 'planted-secret-in-a-variable'

  const made = await it.xdr.query(make, { input }, { dryRun: true })
  const rotated = await it.xdr.query(rotate, { id: 7n, secret }, { dryRun: true, confirm: true })
  const posted = await it.xdr.post('/v1/things', { names: ['a'] }, { dryRun: true })

  expect(it.queries()).toEqual([])
  expect(it.server.proxy.to('/v1/things')).toEqual([])
  expect(it.screen.asked.filter(({ label }) => label.includes('Type yes'))).toEqual([])
  expect(made).toMatchObject({ dryRun: true, change: 'createInvestigationV2', input: { input } })
  expect(made.place).toMatch(/tenant 50530$/)
  expect(rotated).toMatchObject({ input: { id: 7n, secret: '‹hidden›' } })
  expect(posted).toMatchObject({ change: 'POST /v1/things', input: { names: ['a'] } })
  for (const planned of [made, rotated, posted]) {
    const bundle = Reflect.get(planned, Symbol.for('Jupyter.display'))()
    expect(bundle['text/plain']).toMatch(/^Dry run: nothing was sent\nrequest: /)
    expect(bundle['text/html']).not.toMatch(/<b>|\u001b/)
    expect(JSON.stringify(bundle) + inspect(planned)).not.toContain(secret)
  }
})

const unknown: { name: string; fault: Fault }[] = [
  { name: 'a reset connection', fault: reset },
  { name: 'HTTP 502', fault: answer(502, {}) },
  { name: 'an answer that is none', fault: { kind: 'answer', status: 200, body: '<html>' } },
]

test.for(unknown)('after $name it is said that the change may have been done', async ({ fault }) => {
  await using it = await signedIn()
  it.server.proxy.fail(taegisPaths.graphql, fault)

  const error = await failureOf(it.xdr.query(make, { input }, { confirm: true }))

  expect(error.hint).toMatch(/createInvestigationV2 .*may have been done/)
  expect(it.queries()).toHaveLength(1)
})

test('a refusal is a refusal: no word of what may have been done', async () => {
  await using it = await signedIn()

  const error = await failureOf(it.xdr.query(make, { input: { nonsense: true } }, { confirm: true }))

  expect(error.code).toBe('XDR_GRAPHQL')
  expect(error.hint).not.toContain('may have been done')
  expect(it.screen.notes.filter(({ text }) => text.includes('was done'))).toEqual([])
})

const refusedToken = { message: 'Token is expired', extensions: { code: 'UNAUTHENTICATED' } }

test('a mutation whose field was refused is not sent again, and the next one has a new sign-in', async () => {
  await using it = await signedIn()
  const before = await countMade(it)
  // The platform has done its part; what came after that was refused.
  const errors = [{ ...refusedToken, path: ['createInvestigationV2'] }]
  const text = () => JSON.stringify({ data: { createInvestigationV2: null }, errors })
  it.server.proxy.fail(taegisPaths.graphql, { kind: 'edit', text })

  const making = failureOf(it.xdr.query(make, { input }, { confirm: true }))
  await it.server.proxy.arrived(taegisPaths.token, 2)
  await it.server.approve()
  const error = await making

  expect(error).toMatchObject({ code: 'XDR_UNAUTHORIZED', status: 401 })
  expect(error.message).toContain('Token is expired (at createInvestigationV2)')
  expect(error.hint).toMatch(/sent once.*may have been done.*is renewed.*then send it again/)
  expect(await countMade(it)).toBe(Number(before) + 1)
  const tokens = it.queries().map(({ headers }) => headers.authorization)
  expect(tokens[1]).toBe(tokens[0])
  expect(tokens[2]).not.toBe(tokens[0])
})

test('a mutation that was refused as a whole goes again, once, with a new sign-in', async () => {
  await using it = await signedIn()
  const before = await countMade(it)
  const refused = answer(200, { data: null, errors: [refusedToken] })
  it.server.proxy.fail(taegisPaths.graphql, refused)

  const making = it.xdr.query(make, { input }, { confirm: true })
  await it.server.proxy.arrived(taegisPaths.token, 2)
  await it.server.approve()

  expect((await making).createInvestigationV2.title).toBe(input.title)
  expect(await countMade(it)).toBe(Number(before) + 1)
})
