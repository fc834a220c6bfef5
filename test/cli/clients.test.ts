import { readFileSync, statSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CliHome, findLeaks, guardSecret, shownText, writtenText } from '../support/cli.js'
import { answer, type Fault, pass, reset } from '../support/fault-proxy.js'
import { openSignedInHome, type SignedInHome } from '../support/signed-in-home.js'
import { type TaegisServer, taegisPaths } from '../support/taegis-server.js'

let signedIn: SignedInHome
let server: TaegisServer
let home: CliHome

beforeAll(async () => {
  signedIn = await openSignedInHome()
  ;({ server, home } = signedIn)
})

afterAll(async () => {
  await signedIn[Symbol.asyncDispose]()
  expect(findLeaks()).toEqual([])
})

const requests = () => server.proxy.to(taegisPaths.graphql)

function lastSecret(): string {
  const texts = requests().map(({ answer: text = '' }) => /"client_secret":"([^"]+)"/.exec(text)?.[1])
  return texts.findLast((text) => text !== undefined) ?? ''
}

/** Every secret but the one that goes to the screen may be in the chosen file and nowhere else. */
function guardLast(): void {
  guardSecret('a client secret', lastSecret())
}

describe('clients', () => {
  test('without a terminal a change needs --yes, and nothing is sent', async () => {
    const before = requests().length

    const { status, stderr } = await home.run(['clients', 'create', 'nightly'])

    expect(status).toBe(1)
    expect(stderr).toContain('XDR_CONFIRM_NEEDED')
    expect(stderr).toContain('--yes')
    expect(requests().length).toBe(before)
  })

  test('create keeps the secret in the store; list shows the client; rotate finds the secret; delete ends it', async () => {
    const created = await home.run(['clients', 'create', 'nightly', '--role', 'auditor', '--yes', '--json'])
    guardLast()
    expect(created).toMatchObject({ status: 0, stderr: '' })
    const { created: client } = JSON.parse(created.stdout)
    expect(client).toMatchObject({ name: 'nightly', roles: ['auditor'], keptIn: 'the store' })

    const listed = await home.run(['clients', 'list', '--name', 'nightly'])
    expect(JSON.parse(listed.stdout)).toMatchObject({ total: 1, clients: [{ clientId: client.clientId }] })

    const rotated = await home.run(['clients', 'rotate', client.clientId, '--yes'])
    guardLast()
    expect(rotated).toMatchObject({ status: 0, stderr: '' })
    expect(rotated.stdout).toContain('the secret is in the store')

    const taken = await home.run(['clients', 'create', 'nightly', '-y'])
    expect(taken.status).toBe(1)
    expect(taken.stderr).toContain('choose another name')

    const deleted = await home.run(['clients', 'delete', client.id, '--yes'])
    expect(deleted).toMatchObject({ status: 0, stdout: `deleted: nightly · client id ${client.clientId}\n` })
  })

  test('--file keeps the secret in a file for the person alone, and the trace does not have it', async () => {
    const file = home.path('../kept.json')

    const { status, stdout, stderr } = await home.run([
      ...['clients', 'create', 'to-a-file', '--file', file, '--yes', '--trace'],
    ])

    expect({ status, stdout }).toMatchObject({ status: 0, stdout: expect.stringContaining('kept.json') })
    const { client_secret: kept } = JSON.parse(readFileSync(file, 'utf8'))
    expect(kept).toBe(lastSecret())
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(stderr).toMatch(/^trace POST http:\/\/127\.0\.0\.1:\d+\/graphql · 200 · \d+ ms/m)
    expect(stderr + stdout).not.toContain(kept)
    expect(stderr).toContain('authorization: ‹hidden›')
  })

  test('in a terminal the change is asked for, and the secret is shown until the person has it', async () => {
    const cli = home.startInTerminal(['clients', 'create', 'on-screen', '--keep', 'screen'])
    await cli.until(/Type yes/)
    cli.type('yes\r')
    await cli.until(/client secret +\S+/)
    await cli.until(/Press Enter/)
    const secret = lastSecret()
    expect(writtenText(cli.stdout)).toContain(secret)
    cli.type('\r')

    const { status, stdout } = await cli.exited

    expect(status).toBe(0)
    expect(shownText(stdout)).not.toContain(secret)
    expect(shownText(stdout)).toContain('was shown here once')
  })

  test('rotate asks for an old secret that is not in the store, without showing it', async () => {
    const made = await home.run([
      'clients',
      'create',
      'asked',
      '--file',
      home.path('../asked.json'),
      '-y',
      '--json',
    ])
    const { created } = JSON.parse(made.stdout)
    const old = lastSecret()

    const cli = home.startInTerminal(['clients', 'rotate', created.clientId, '--yes', '--keep', 'store'])
    await cli.until(/Old secret of/)
    cli.type(`${old}\r`)
    const { status, stdout } = await cli.exited

    expect(status).toBe(0)
    expect(lastSecret()).not.toBe(old)
    expect(stdout).not.toContain(old)
    expect(stdout).not.toContain(lastSecret())
  })

  test('a notebook that makes a client, prints it and throws with it is saved without the secret', async () => {
    const cell = (source: string) => ({
      cell_type: 'code',
      id: source.slice(0, 8).replaceAll(/\W/g, '-'),
      metadata: {},
      outputs: [],
      execution_count: null,
      source,
    })
    const notebook = home.write(
      'make.ipynb',
      JSON.stringify({
        cells: [
          cell(`import { connect, taegis } from 'xdrlab'\nconst xdr = await connect(taegis)`),
          cell(`const made = await xdr.clients.create({ name: 'from-a-cell', confirm: true })\nmade`),
          cell(`console.log(made, JSON.stringify(made), made.secret.reveal())`),
          cell(`display.html('<b>' + made.secret.reveal() + '</b>')`),
        ],
        metadata: {
          kernelspec: { name: 'xdrlab', display_name: 'TypeScript (xdrlab)', language: 'typescript' },
        },
        nbformat: 4,
        nbformat_minor: 5,
      }),
    )

    const { status, stderr } = await home.run(['run', notebook])
    guardLast()

    expect({ status, stderr }).toMatchObject({ status: 0 })
    const executed = readFileSync(home.path('make.executed.ipynb'), 'utf8')
    expect(executed).toContain('from-a-cell')
    expect(executed).toContain('redacted')
    expect(executed).not.toContain(lastSecret())
  })

  test.for([
    { args: ['create', 'x', '--role', 'owner', '-y'], says: 'analyst' },
    { args: ['create', 'x', '--keep', 'file', '-y'], says: 'path' },
    { args: ['create', 'x', '--keep', 'nowhere'], says: 'Allowed choices' },
    { args: ['list', '--page', '-1'], says: 'at least 0' },
  ])('$args is asked for wrongly', async ({ args, says }) => {
    const { status, stderr } = await home.run(['clients', ...args])
    expect(status).toBe(2)
    expect(stderr).toContain(says)
  })
})

describe('get', () => {
  test('prints one answer as a line of JSON, by the stored sign-in', async () => {
    const { status, stdout, stderr } = await home.run(['get', '/assets/version'])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(JSON.parse(stdout)).toMatchObject({ revision: 'sandbox' })
  })

  test('an error has its code and request id, and ends with 1', async () => {
    const { status, stdout, stderr } = await home.run(['get', '/nothing'])
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toMatch(/^XdrError \[XDR_HTTP\]: GET http:\S+\/nothing answered HTTP 404/)
    expect(stderr).toMatch(/request id: \S+/)
  })

  test('--pages writes every row once as a line, through faults', async () => {
    const rows = Array.from({ length: 5 }, (_, i) => ({ id: i, big: '73252035284761978' }))
    const page = (start: number): Fault => ({
      kind: 'answer',
      status: 200,
      body: JSON.stringify({
        meta: { start, size: 2, total: 5 },
        data: rows.slice(start, start + 2),
      }).replaceAll('"73252035284761978"', '73252035284761978'),
    })
    server.proxy.fail('/v3/organizations', page(0), reset, page(2), answer(503, {}), page(4), pass)

    const { status, stdout } = await home.run([
      'get',
      '/v3/organizations',
      '--pages',
      '--size',
      '2',
      '-q',
      'a=1',
      '-q',
      'a=2',
    ])

    expect(status).toBe(0)
    expect(stdout).toBe(rows.map(({ id }) => `{"id":${id},"big":73252035284761978}\n`).join(''))
  })

  test.for([
    { args: ['/x', '-q', 'novalue'], says: 'name=value' },
    { args: ['https://other.example/x'], says: 'is another server' },
  ])('$args is refused', async ({ args, says }) => {
    const { status, stderr } = await home.run(['get', ...args])
    expect(status).not.toBe(0)
    expect(stderr).toContain(says)
  })
})
