// One process of many that live on one stored sign-in: asks queries until it has renewed the token so many times
// itself. Says every token request at once, so that a test knows who sent it.
import { channel } from 'node:diagnostics_channel'
import { connect, oauth } from '../../dist/src/index.js'

const { issuer, renewals } = JSON.parse(process.argv[2] ?? '{}')
let sent = 0
channel('undici:request:create').subscribe(({ request }) => {
  if (request.path === '/token') process.stdout.write(`renewal ${++sent}\n`)
})
const screen = {
  kind: 'none',
  signal: undefined,
  refreshMs: 60_000,
  ask: async () => '',
  show: (view) => {
    process.stderr.write(view.text)
    return { update: () => {} }
  },
  note: (_level, text) => process.stderr.write(`${text}\n`),
}
const provider = oauth({
  issuer,
  clientId: 'notebooks',
  scopes: ['openid', 'offline_access', 'email'],
  name: 'test',
})
const xdr = await connect(provider, { screen, browser: false, store: 'file' })
while (sent < renewals) await xdr.query('{ ok }')
