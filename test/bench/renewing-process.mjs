// One process of many: loads the library, waits for the word, asks for the stored sign-in and says when it had it.
import { once } from 'node:events'
import { connect, oauth } from '../../dist/src/index.js'

const { provider: name, origin } = JSON.parse(process.argv[2] ?? '{}')
const provider = oauth({
  name,
  clientId: 'bench',
  endpoints: { deviceAuthorization: `${origin}/device`, token: `${origin}/token` },
})
const now = () => performance.timeOrigin + performance.now()
process.stdout.write('waiting\n')
await once(process.stdin, 'data')
const askedAt = now()
const xdr = await connect(provider, { store: 'file' })
const readyAt = now()
const token = xdr.session.expiresAt?.getTime()
process.stdout.write(`${JSON.stringify({ askedAt, readyAt, token })}\n`)
process.stdin.destroy()
