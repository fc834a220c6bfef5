// One process of many that live on one stored sign-in. Asks one query and prints its answer; with `renewals`, asks until
// it has renewed the token so many times itself, and says every token request at once, so that a test knows who sent it.
import { channel } from 'node:diagnostics_channel'
import { connect, oauth } from '../../dist/src/index.js'

const { issuer, renewals = 0, store = 'file' } = JSON.parse(process.argv[2] ?? '{}')
let sent = 0
if (renewals > 0) {
  // Token requests go by either, as what was there first.
  for (const name of ['undici:request:create', 'http.client.request.start']) {
    channel(name).subscribe(({ request }) => {
      if (request.path === '/token') process.stdout.write(`renewal ${++sent}\n`)
    })
  }
}
const screen = {
  // With a person there, a sign-in that is lost would show itself as a display.
  kind: renewals > 0 ? 'none' : 'terminal',
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
const xdr = await connect(provider, { screen, browser: false, store })
const answer = await xdr.query('{ ok }')
while (sent < renewals) await xdr.query('{ ok }')
if (renewals === 0) process.stdout.write(JSON.stringify(answer))
