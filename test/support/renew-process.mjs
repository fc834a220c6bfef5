// One process of many: uses the stored sign-in, renewing it where it has run out, and asks one query.
import { connect, oauth } from '../../dist/src/index.js'

const { issuer } = JSON.parse(process.argv[2] ?? '{}')
const screen = {
  kind: 'terminal',
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
const xdr = await connect(provider, { screen, browser: false })
process.stdout.write(JSON.stringify(await xdr.query('{ ok }')))
