import { expect, test } from 'vitest'
import { taegis } from '../../src/providers/taegis.js'
import { noScreen } from '../../src/screen/screen.js'
import { memoryStore } from '../../src/store/profile.js'
import { fakeClock } from '../support/fake-clock.js'
import { answer } from '../support/fault-proxy.js'
import { type RecordingScreen, recordingScreen } from '../support/recording-screen.js'
import { connectWith, failureOf, isolatedHome } from '../support/sign-in.js'
import { taegisPaths as paths, startTaegis, type TaegisServer } from '../support/taegis-server.js'
import { setEnv } from '../support/temp-home.js'

const pending = answer(400, { error: 'authorization_pending' })

async function signIn(server: TaegisServer, screen: RecordingScreen, options: object = {}) {
  const clock = fakeClock()
  server.proxy.fail(paths.token, pending)
  clock.during(1, () => server.approve())
  const xdr = await connectWith(taegis, { url: server.origin, store: 'file', screen, clock, ...options })
  return { xdr, clock }
}

const sources: {
  name: string
  option?: string
  env?: string
  remembered?: string
  typed?: string[]
  used: string
}[] = [
  { name: 'the option wins', option: 'option', env: 'env', remembered: 'before', used: 'option' },
  { name: 'then XDRLAB_USERNAME', env: 'env', remembered: 'before', used: 'env' },
  { name: 'an empty option counts as none', option: '', env: 'env', used: 'env' },
  {
    name: 'then the person, who can take the last one by Enter',
    remembered: 'before',
    typed: [],
    used: 'before',
  },
  { name: 'or type another', remembered: 'before', typed: ['typed'], used: 'typed' },
  { name: 'with nothing known, the person types it', env: '', typed: ['  typed '], used: 'typed' },
]

test.for(sources)('$name', async ({ option, env, remembered, typed, used }) => {
  using _home = isolatedHome()
  await using server = await startTaegis()
  if (remembered !== undefined) {
    const first = await signIn(server, recordingScreen(), { username: remembered })
    expect(first.xdr.session.account).toBe(remembered)
  }
  using _env = setEnv({ XDRLAB_USERNAME: env })
  const screen = recordingScreen({ answers: typed ?? [] })
  // What was remembered has run out meanwhile.
  const clock = fakeClock(Date.now() + 7_200_000)
  server.proxy.fail(paths.token, pending)
  clock.during(1, () => server.approve())

  const xdr = await connectWith(taegis, {
    url: server.origin,
    store: 'file',
    screen,
    clock,
    ...(option === undefined ? {} : { username: option }),
  })

  expect(xdr.session.account).toBe(used)
  expect(screen.asked).toEqual(typed === undefined ? [] : [{ label: 'Taegis username', initial: remembered }])
  expect(screen.displays[0]?.[0]?.text).toContain(`as ${used}`)
})

test('a live stored token means no question and no request', async () => {
  using _home = isolatedHome()
  await using server = await startTaegis()
  await signIn(server, recordingScreen(), { username: 'ana' })
  const before = server.proxy.seen.length
  const screen = recordingScreen()

  const xdr = await connectWith(taegis, { url: server.origin, store: 'file', screen })

  expect(screen.asked).toEqual([])
  expect(screen.displays).toEqual([])
  expect(server.proxy.seen).toHaveLength(before)
  expect(xdr.session.account).toBe('ana')
  expect(screen.notes.map((note) => note.text)).toEqual([expect.stringContaining('Signed in as')])
})

test('fresh signs in anew beside a live token, and proposes its account', async () => {
  using _home = isolatedHome()
  await using server = await startTaegis()
  await signIn(server, recordingScreen(), { username: 'ana' })
  const screen = recordingScreen()

  await signIn(server, screen, { fresh: true })

  expect(screen.asked).toEqual([{ label: 'Taegis username', initial: 'ana' }])
  expect(screen.displays).toHaveLength(1)
})

test('two accounts are kept beside each other, and each is found by its name', async () => {
  using _home = isolatedHome()
  await using server = await startTaegis()
  await signIn(server, recordingScreen(), { username: 'ana' })
  await signIn(server, recordingScreen(), { username: 'ben' })
  const before = server.proxy.seen.length

  const accounts = []
  for (const username of ['ana', 'ben']) {
    const xdr = await connectWith(taegis, { url: server.origin, store: 'file', username })
    accounts.push(xdr.session.account)
  }

  expect(accounts).toEqual(['ana', 'ben'])
  expect(server.proxy.seen).toHaveLength(before)
})

test('with no answer to the question nothing is sent', async () => {
  using _home = isolatedHome()
  await using server = await startTaegis()

  const error = await failureOf(
    connectWith(taegis, { url: server.origin, screen: recordingScreen({ answers: ['   '] }) }),
  )

  expect(error.code).toBe('XDR_INPUT_NEEDED')
  expect(error.hint).toContain('XDRLAB_USERNAME')
  expect(server.proxy.seen).toEqual([])
})

test.for([{ username: undefined }, { username: 'ana' }])(
  'where nobody is, a needed sign-in fails at once and says what to do (username: $username)',
  async ({ username }) => {
    using _home = isolatedHome()
    await using server = await startTaegis()
    const screen = { ...recordingScreen({ kind: 'none' }), ask: noScreen.ask }

    const error = await failureOf(
      connectWith(taegis, { url: server.origin, screen, ...(username === undefined ? {} : { username }) }),
    )

    expect(error.code).toBe('XDR_SIGN_IN_NEEDED')
    expect(error.hint).toContain('xdrlab login')
    expect(screen.displays).toEqual([])
    expect(server.proxy.seen).toEqual([])
  },
)

test('the screen where nobody is answers no question, and says what to set', async () => {
  const error = await failureOf(noScreen.ask({ label: 'Taegis username' }))

  expect(error.code).toBe('XDR_INPUT_NEEDED')
  expect(error.message).toContain('Taegis username')
  expect(error.hint).toContain('set XDRLAB_USERNAME')
})

test('where nobody is, a stored live token works without a word', async () => {
  using _home = isolatedHome()
  await using server = await startTaegis()
  const store = memoryStore()
  await signIn(server, recordingScreen(), { username: 'ana', store })
  const screen = recordingScreen({ kind: 'none' })

  const xdr = await connectWith(taegis, { url: server.origin, store, screen })

  expect(await xdr.query('{ currentTDRUser { email } }')).toMatchObject({ currentTDRUser: { email: /@/ } })
  expect(screen.notes).toEqual([])
})
