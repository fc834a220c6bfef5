// One process of many: signs in for real through the built package, keeps the result, and says who it is.
import { connect, oauth } from '../../dist/src/index.js'

const { issuer, username } = JSON.parse(process.argv[2] ?? '{}')
const screen = {
  kind: 'terminal',
  signal: undefined,
  refreshMs: 60_000,
  ask: async () => username,
  show: () => ({ update: () => {} }),
  note: (_level, text) => process.stderr.write(`${text}\n`),
}
const server = oauth({
  issuer,
  clientId: 'notebooks',
  scopes: ['openid', 'offline_access', 'email'],
  name: 'test',
})
const provider = { ...server, account: { asks: 'username', label: 'username' } }
const xdr = await connect(provider, { username, screen, browser: false, fresh: true })
process.stdout.write(JSON.stringify({ account: xdr.session.account, subject: xdr.session.subject }))
