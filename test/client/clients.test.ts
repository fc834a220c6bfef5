import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { XdrClient } from '../../src/client/client.js'
import { taegis } from '../../src/providers/taegis.js'
import { fileStore } from '../../src/store/file-store.js'
import { answer, times } from '../support/fault-proxy.js'
import { printed } from '../support/printed.js'
import { type RecordingScreen, recordingScreen } from '../support/recording-screen.js'
import { startRestServer } from '../support/rest-server.js'
import { connectWith, failureOf, isolatedHome } from '../support/sign-in.js'
import { startTaegis, type TaegisServer, taegisPaths } from '../support/taegis-server.js'
import { tempFolder } from '../support/temp-home.js'

interface Setup extends AsyncDisposable {
  server: TaegisServer
  xdr: XdrClient
  screen: RecordingScreen
  folder: string
  profiles: string
  /** The operations that went over the wire. */
  sent(): string[]
  /** The last secret that the platform gave out. */
  secret(): string
  /** Names of the files in the test's folder that hold it. */
  filesWithSecret(): string[]
}

/** A client at a sandbox of its own, with its sign-ins in files. */
async function signedIn(options: Parameters<typeof recordingScreen>[0] = {}): Promise<Setup> {
  const home = isolatedHome()
  const folder = tempFolder()
  const server = await startTaegis()
  const screen = recordingScreen({ kind: 'terminal', refreshMs: 60_000, ...options })
  const profiles = join(folder.path, 'profiles')
  const connecting = connectWith(taegis, {
    url: server.origin,
    username: server.sandbox.user.username,
    screen,
    store: fileStore(profiles, () => {}),
  })
  await server.proxy.arrived(taegisPaths.token)
  await server.approve()
  const requests = () => server.proxy.to(taegisPaths.graphql)
  const secret = () => {
    const texts = requests().map(({ answer: text = '' }) => /"client_secret":"([^"]+)"/.exec(text)?.[1])
    const last = texts.findLast((text) => text !== undefined)
    if (last === undefined) throw new Error('no secret has been given out')
    return last
  }
  return {
    server,
    xdr: await connecting,
    screen,
    folder: folder.path,
    profiles,
    sent: () => requests().map(({ body }) => /(?:mutation|query) (\w+)/.exec(body)?.[1] ?? ''),
    secret,
    filesWithSecret: () =>
      readdirSync(folder.path, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .filter((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8').includes(secret()))
        .map(({ name }) => name),
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]()
      folder[Symbol.dispose]()
      home[Symbol.dispose]()
    },
  }
}

describe('create', () => {
  test('gives the role’s id, asks first, and keeps the secret in a file for the person alone', async () => {
    await using it = await signedIn({ answers: ['yes'] })
    const file = join(it.folder, 'nightly.json')

    const made = await it.xdr.clients.create({
      name: 'nightly',
      roles: ['responder', 'auditor'],
      keep: 'file',
      file,
    })

    expect(it.screen.asked.at(-1)?.label).toMatch(
      /^Create the client credentials "nightly" \(responder, auditor\); .*Type yes$/,
    )
    expect(JSON.parse(it.server.proxy.to(taegisPaths.graphql).at(-1)?.body ?? '').variables).toEqual({
      name: 'nightly',
      roles: ['a72dace7-4536-4dbc-947d-015a8eb65f4d', 'ace1cae4-59fd-4fd1-9500-40077dc529a7'],
    })
    expect(made).toMatchObject({ name: 'nightly', roles: ['responder', 'auditor'], keptIn: file })
    expect(made.secret.reveal()).toBe(it.secret())
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      client_id: made.clientId,
      client_secret: it.secret(),
      name: 'nightly',
      origin: it.server.origin,
    })
    for (const text of [printed(made), it.screen.everything()]) expect(text).not.toContain(it.secret())
    expect(it.filesWithSecret()).toEqual(['nightly.json'])
  })

  test('keeps the secret in the store by default, and a person’s own sign-in stays the last one', async () => {
    await using it = await signedIn({ kind: 'notebook' })

    const made = await it.xdr.clients.create({ name: 'nightly', confirm: true })

    expect(made).toMatchObject({ roles: ['analyst'], keptIn: 'the store' })
    const [latest, ...others] = await fileStore(it.profiles, () => {}).list()
    expect(latest?.account).toBe(it.server.sandbox.user.username)
    expect(others.map(({ client }) => [client?.id, client?.secret.reveal()])).toEqual([
      [made.clientId, it.secret()],
    ])
    expect(it.screen.everything()).not.toContain(it.secret())
  })

  test('on the screen the secret is shown once, and gone after the person has it', async () => {
    await using it = await signedIn({ kind: 'notebook', answers: ['yes'] })

    // Confirmed or not: a notebook has to show that somebody is there.
    const made = await it.xdr.clients.create({ name: 'nightly', keep: 'screen', confirm: true })

    const views = it.screen.displays.at(-1) ?? []
    expect(views[0]?.text).toContain(it.secret())
    expect(views).toHaveLength(2)
    expect(JSON.stringify(views.at(-1))).not.toContain(it.secret())
    expect(it.screen.asked.map(({ label }) => label)).toEqual([
      expect.stringContaining('Type yes'),
      expect.stringContaining('Press Enter'),
    ])
    expect(made.keptIn).toBe('your screen only')
    expect(it.filesWithSecret()).toEqual([])
  })

  const unconfirmed: { name: string; screen: Parameters<typeof recordingScreen>[0]; confirm?: boolean }[] = [
    { name: 'the answer is no', screen: { kind: 'terminal', answers: ['no'] } },
    { name: 'the answer is nothing', screen: { kind: 'notebook', answers: [''] } },
    { name: 'nobody can be asked', screen: { kind: 'none' } },
  ]
  test.for(unconfirmed)('is not sent where $name', async ({ screen }) => {
    await using it = await signedIn()
    const file = join(it.folder, 'x.json')
    const other = recordingScreen(screen)
    const xdr = await connectWith(taegis, {
      url: it.server.origin,
      username: it.server.sandbox.user.username,
      store: fileStore(it.profiles, () => {}),
      screen: other,
    })

    const error = await failureOf(xdr.clients.create({ name: 'nightly', file }))

    expect(error.code).toBe('XDR_CONFIRM_NEEDED')
    expect(error.hint).toContain('confirm: true')
    expect(it.sent()).toEqual([])
    expect(existsSync(file)).toBe(false)
  })

  test('a taken name says to choose another, in both shapes of the error', async () => {
    await using it = await signedIn()
    await it.xdr.clients.create({ name: 'nightly', confirm: true })

    const own = await failureOf(it.xdr.clients.create({ name: 'nightly', confirm: true }))
    it.server.proxy.fail(taegisPaths.graphql, answer(200, { error: ['Existing client in tenant'] }))
    const documented = await failureOf(it.xdr.clients.create({ name: 'nightly', confirm: true }))
    it.server.proxy.fail(taegisPaths.graphql, answer(400, { error: ['Existing client in tenant'] }))
    const refused = await failureOf(it.xdr.clients.create({ name: 'nightly', confirm: true }))

    for (const error of [own, documented, refused]) {
      expect(error.code).toBe('XDR_GRAPHQL')
      expect(error.message).toContain('Existing client in tenant')
      expect(error.hint).toContain('choose another name')
    }
  })

  test('the limit of ten an hour is explained, and the change is sent once', async () => {
    await using it = await signedIn()
    const limited = [
      answer(429, {}, { 'retry-after': '1800' }),
      answer(200, { errors: [{ message: 'rate limit exceeded' }] }),
    ]

    for (const fault of limited) {
      it.server.proxy.fail(taegisPaths.graphql, fault)
      const error = await failureOf(it.xdr.clients.create({ name: 'eleventh', confirm: true }))
      expect(error.code).toBe('XDR_RATE_LIMITED')
      expect(error.hint).toContain('at most 10 an hour')
    }
    expect(it.sent()).toEqual(['createClient', 'createClient'])
  })

  test('the place is made sure of before anything is sent, and a file of somebody else’s is left alone', async () => {
    await using it = await signedIn()
    const taken = join(it.folder, 'taken.json')
    writeFileSync(taken, '{"mine":1}')
    const tries = [
      { keep: 'file' },
      { keep: 'file', file: taken },
      { file: join(it.folder, 'no', 'folder.json') },
      { keep: 'store', file: taken },
      { keep: 'elsewhere' },
    ]
    for (const options of tries) {
      const error = await failureOf(
        it.xdr.clients.create({ name: 'x', confirm: true, ...(options as object) }),
      )
      expect(error.code, JSON.stringify(options)).toMatch(/XDR_BAD_OPTION|XDR_STORE_UNWRITABLE/)
    }
    const forgetful = await failureOf(
      (async () => {
        const xdr = await connectWith(taegis, {
          url: it.server.origin,
          username: it.server.sandbox.user.username,
          store: { ...fileStore(it.profiles, () => {}), kind: 'memory' },
          screen: recordingScreen({ kind: 'terminal' }),
        })
        await xdr.clients.create({ name: 'x', confirm: true })
      })(),
    )
    expect(forgetful.message).toContain('keeps nothing')
    expect(it.sent()).toEqual([])
    expect(readFileSync(taken, 'utf8')).toBe('{"mine":1}')
  })

  test.for([{ name: '' }, { name: 'x', roles: ['owner'] }, { name: 'x', roles: ['toString'] }])(
    '%o is refused before it is sent',
    async (options) => {
      await using it = await signedIn()

      const error = await failureOf(it.xdr.clients.create({ confirm: true, ...options } as never))

      expect(error.code).toBe('XDR_BAD_OPTION')
      expect(it.sent()).toEqual([])
    },
  )

  test('a change without a secret in its answer says what to do', async () => {
    await using it = await signedIn()
    it.server.proxy.fail(taegisPaths.graphql, {
      kind: 'edit',
      text: (body) => body.replace(/"client_secret":"[^"]+"/, '"client_secret":null'),
    })

    const error = await failureOf(it.xdr.clients.create({ name: 'x', confirm: true }))

    expect(error.code).toBe('XDR_BAD_RESPONSE')
    expect(error.hint).toContain('forceRotate')
  })
})

describe('list', () => {
  test('filters and pages, with roles by name, as a table', async () => {
    await using it = await signedIn()

    const all = await it.xdr.clients.list()
    const [first] = (await it.xdr.clients.list({ page: 1, perPage: 1 })).clients
    const named = await it.xdr.clients.list({ name: 'ticket-sync', roles: ['analyst'] })
    const byId = await it.xdr.clients.list({ clientIds: [all.clients[0]?.clientId ?? ''] })

    expect(all.total).toBe(3)
    expect(all.clients.map(({ name }) => name)).toEqual(['nightly-report', 'ticket-sync', 'asset-export'])
    expect(first).toEqual(all.clients[1])
    expect(named.clients).toMatchObject([{ name: 'ticket-sync', roles: ['analyst'] }])
    expect(byId.clients).toEqual([all.clients[0]])
    expect((await it.xdr.clients.list({ roles: ['administrator'] })).clients).toEqual([])
    const display: unknown = Reflect.get(all, Symbol.for('Jupyter.display'))
    expect(typeof display === 'function' && display()).toMatchObject({
      'text/plain': expect.stringContaining('(3 rows, times in '),
    })
    expect((await failureOf(it.xdr.clients.list({ page: -1 }))).code).toBe('XDR_BAD_OPTION')
  })

  test('falls back to the older field where a deployment has no other, with quotes in a name kept', async () => {
    await using it = await signedIn()
    const unknown = answer(400, {
      errors: [{ message: 'Cannot query field "clientsSearch" on type "Query".' }],
    })
    it.server.proxy.fail(taegisPaths.graphql, unknown)

    const found = await it.xdr.clients.list({ name: 'ticket-sync', clientIds: [], perPage: 5 })
    expect(found.clients).toEqual([])
    it.server.proxy.fail(taegisPaths.graphql, unknown)
    expect((await it.xdr.clients.list({ name: 'ticket-sync' })).clients).toMatchObject([
      { name: 'ticket-sync' },
    ])
    it.server.proxy.fail(taegisPaths.graphql, unknown)
    expect((await it.xdr.clients.list({ name: 'a"b\\c\n' })).clients).toEqual([])

    expect(it.sent()).toEqual([
      'clientsSearch',
      'clients',
      'clientsSearch',
      'clients',
      'clientsSearch',
      'clients',
    ])
  })

  test('other failures are not tried with the older field', async () => {
    await using it = await signedIn()
    it.server.proxy.fail(
      taegisPaths.graphql,
      ...times(1, answer(200, { errors: [{ message: 'no permission' }] })),
    )

    expect((await failureOf(it.xdr.clients.list())).message).toContain('no permission')
    expect(it.sent()).toEqual(['clientsSearch'])
  })
})

describe('rotate and delete', () => {
  test('rotation takes the old secret, or the stored one, and replaces it where it stood', async () => {
    await using it = await signedIn()
    const file = join(it.folder, 'nightly.json')
    const made = await it.xdr.clients.create({ name: 'nightly', confirm: true, file })
    const first = it.secret()

    const second = await it.xdr.clients.rotate(made.clientId, made.secret, { confirm: true, file })
    expect(second.secret.reveal()).not.toBe(first)
    expect(JSON.parse(readFileSync(file, 'utf8')).client_secret).toBe(it.secret())
    const third = await it.xdr.clients.rotate(made.id, second.secret, { confirm: true })
    const fourth = await it.xdr.clients.rotate(made.clientId, undefined, { confirm: true })
    expect(fourth.secret.reveal()).not.toBe(third.secret.reveal())

    const wrong = await failureOf(it.xdr.clients.rotate(made.clientId, first, { confirm: true }))
    expect(wrong.code).toBe('XDR_GRAPHQL')
    expect(printed(wrong)).not.toContain(first)
    const forced = await it.xdr.clients.forceRotate(made.clientId, { confirm: true })
    expect(forced.keptIn).toBe('the store')
    expect(it.screen.everything()).not.toMatch(new RegExp(`${first}|${it.secret()}`))
  })

  test('the stored secret is found by the UUID as well, whichever listing the platform has', async () => {
    await using it = await signedIn()
    const other = await it.xdr.clients.create({ name: 'other', confirm: true })
    const made = await it.xdr.clients.create({ name: 'nightly', confirm: true })
    expect(made.id).not.toBe(made.clientId)

    const second = await it.xdr.clients.rotate(made.id, undefined, { confirm: true })
    expect(second).toMatchObject({ clientId: made.clientId, keptIn: 'the store' })
    it.server.proxy.fail(
      taegisPaths.graphql,
      answer(400, { errors: [{ message: 'Cannot query field "clientsSearch" on type "Query".' }] }),
    )
    const third = await it.xdr.clients.rotate(made.id, undefined, { confirm: true })

    expect(third.secret.reveal()).not.toBe(second.secret.reveal())
    const [, ...sent] = it.server.proxy.to(taegisPaths.graphql).map(({ body }) => body)
    expect(sent.filter((body) => body.includes(other.secret.reveal()))).toEqual([])
    await it.xdr.clients.rotate(made.clientId, undefined, { confirm: true })
    expect(it.sent().filter((name) => name.startsWith('clients'))).toHaveLength(3)
  })

  test('a UUID of another’s client, or a listing that is refused, takes no stored secret', async () => {
    await using it = await signedIn()
    const [strange] = (await it.xdr.clients.list()).clients
    await it.xdr.clients.create({ name: 'nightly', confirm: true })

    const unknown = await failureOf(it.xdr.clients.rotate(strange?.id ?? '', undefined, { confirm: true }))
    it.server.proxy.fail(taegisPaths.graphql, answer(200, { errors: [{ message: 'no permission' }] }))
    const refused = await failureOf(it.xdr.clients.rotate(strange?.id ?? '', undefined, { confirm: true }))

    for (const error of [unknown, refused]) expect(error.code).toBe('XDR_INPUT_NEEDED')
    expect(it.sent()).not.toContain('rotateClientSecret')
  })

  test('without the old secret rotation says what there is to do', async () => {
    await using it = await signedIn()
    const [client] = (await it.xdr.clients.list()).clients

    const error = await failureOf(it.xdr.clients.rotate(client?.id ?? '', undefined, { confirm: true }))

    expect(error.code).toBe('XDR_INPUT_NEEDED')
    expect(error.hint).toContain('forceRotate')
  })

  test('deletion asks, ends the client, and forgets its secret', async () => {
    await using it = await signedIn({ answers: ['no', 'yes'] })
    const made = await it.xdr.clients.create({ name: 'nightly', confirm: true })

    expect((await failureOf(it.xdr.clients.delete(made.id))).code).toBe('XDR_CONFIRM_NEEDED')
    expect((await it.xdr.clients.list({ name: 'nightly' })).clients).toHaveLength(1)
    expect(await it.xdr.clients.delete(made.id)).toEqual({
      id: made.id,
      clientId: made.clientId,
      name: 'nightly',
    })

    expect((await it.xdr.clients.list({ name: 'nightly' })).clients).toEqual([])
    const left = await fileStore(it.profiles, () => {}).list()
    expect(left.filter(({ client }) => client !== undefined)).toEqual([])
    expect((await failureOf(it.xdr.clients.delete(made.id, { confirm: true }))).code).toBe('XDR_GRAPHQL')
  })
})

test('a platform without client administration says so', async () => {
  await using server = await startRestServer()
  using _home = isolatedHome()
  const xdr = await connectWith(server.provider)

  expect((await failureOf(xdr.clients.list())).message).toContain('no client credentials that can be managed')
})
