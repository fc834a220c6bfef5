import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CliHome, findLeaks, guardSecret, openHome } from '../support/cli.js'
import { type Peer, type SocketServer, sentinelToken, startSocketServer } from '../support/socket-server.js'

const long = '73252035284761978'
const document = 'subscription ($n: Int64) { ticks(n: $n) }'

let server: SocketServer
let home: CliHome
let script: (peer: Peer) => void = () => {}

beforeAll(async () => {
  server = await startSocketServer({ framing: 'legacy-apollo', script: (peer) => script(peer) })
  home = openHome({ XDRLAB_TICKER_TOKEN: sentinelToken })
  guardSecret('the token', sentinelToken)
  const { subscriptions } = server.provider()
  mkdirSync(home.home, { recursive: true })
  const ticker = { kind: 'bearer', api: server.origin, graphql: '/graphql', subscriptions }
  writeFileSync(join(home.home, 'providers.json'), JSON.stringify({ ticker }))
})
afterAll(async () => {
  await home[Symbol.asyncDispose]()
  await server[Symbol.asyncDispose]()
  expect(findLeaks()).toEqual([])
})

const args = ['query', '-', '-p', 'ticker']

test('a subscription is printed as lines of JSON, whole numbers with every digit', async () => {
  script = (peer) => {
    peer.socket.send(`{"id":"1","type":"data","payload":{"data":{"n":${long}}}}`)
    peer.data({ data: { tick: 2 } })
    peer.complete()
  }
  const result = await home.run([...args, '-v', `{"n": ${long}}`], { input: document })
  expect(result).toMatchObject({ status: 0, stderr: '', stdout: `{"n":${long}}\n{"tick":2}\n` })
  expect(JSON.stringify(server.received.at(-1))).toContain('ticks')
})

test('each line is there as soon as its message, and Ctrl-C ends it with 130', async () => {
  script = (peer) => peer.data({ data: { tick: 1 } })
  await using cli = home.start(args, { input: document })
  await cli.until(/\{"tick":1\}\n/)
  cli.kill('SIGINT')
  const { status, stderr } = await cli.exited
  expect(status).toBe(130)
  expect(stderr).toContain('XDR_ABORTED')
})

test('a reader that has seen enough ends it quietly', async () => {
  script = (peer) => {
    const timer = setInterval(() => peer.data({ data: { tick: 'x'.repeat(5_000) } }), 5)
    peer.socket.once('close', () => clearInterval(timer))
  }
  home.write('ticks.graphql', document)
  const { status, stderr, stdout } = await home.shell(
    '$XDRLAB query ticks.graphql -p ticker --trace | head -n 1; echo ended',
  )
  expect(status).toBe(0)
  expect(stdout).toMatch(/^\{"tick":"x+"\}\nended\n$/)
  expect(stderr).toMatch(/^trace GET ws:\/\/[^\n]+access-token-‹hidden›[^\n]+\n$/)
})

test('a reader that takes its time holds the server back and gets every line', async () => {
  const count = 3_000
  script = (peer) => {
    for (let tick = 1; tick <= count; tick++) peer.data({ data: { tick, filler: 'x'.repeat(1_000) } })
    peer.complete()
  }
  home.write('ticks.graphql', document)
  const { stdout } = await home.shell('$XDRLAB query ticks.graphql -p ticker | (sleep 1; wc -l)')
  expect(stdout.trim()).toBe(String(count))
})

test('a partial message makes the exit code 1, a failed subscription says why', async () => {
  script = (peer) => {
    peer.data({ data: { tick: 1, other: null }, errors: [{ message: 'no access' }] })
    peer.complete()
  }
  const partial = await home.run(args, { input: document })
  expect(partial).toMatchObject({ status: 1, stdout: '{"tick":1,"other":null}\n' })
  expect(partial.stderr).toContain('no access')
  script = (peer) => peer.error('the backend went away')
  const failed = await home.run(args, { input: document })
  expect(failed).toMatchObject({ status: 1, stdout: '' })
  expect(failed.stderr).toContain('the backend went away')
})
