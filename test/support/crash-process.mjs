// A program that is signed in and then ends badly, in one of the ways in which Node prints or writes what it holds.
// Secrets come by stdin: arguments and environment stand in a report of Node's own.
import { inspect } from 'node:util'
import { connect, oauth } from '../../dist/src/index.js'

const chunks = []
for await (const chunk of process.stdin) chunks.push(chunk)
const { issuer, clientSecret, way } = JSON.parse(Buffer.concat(chunks).toString())
const screen = {
  kind: 'terminal',
  signal: undefined,
  refreshMs: 60_000,
  ask: async () => '',
  show: () => ({ update: () => {} }),
  note: () => {},
}
const provider = oauth({
  issuer,
  clientId: 'notebooks',
  clientSecret,
  scopes: ['openid', 'offline_access', 'email'],
  name: 'test',
})
const xdr = await connect(provider, { screen, browser: false, store: 'file' })
await xdr.query('{ ok }')
console.log(JSON.stringify({ title: process.title, argv: process.argv, pid: process.pid }))

const details = { xdr, session: xdr.session, provider, toString: () => inspect(xdr, { depth: 9 }) }
const ways = {
  // What a person's own code does with what it has.
  throws: () => {
    throw Object.assign(new Error(`lost with ${details}`, { cause: details }), details)
  },
  rejects: () => void Promise.reject(Object.assign(new TypeError('lost'), { details })),
  'throws no error': () => {
    throw details
  },
  'fails within a query': () => xdr.query('{ broken }'),
  'writes a report': () => process.report.writeReport(new Error('asked for')),
}
await ways[way]()
