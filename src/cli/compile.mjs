// The last step of npm run build: what V8 makes of the bundle's query.cjs while a query runs; see compiled.ts.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AccessToken } from '../../dist/src/secrets.js'
import { fileStore } from '../../dist/src/store/file-store.js'

const answer = '{"data":{"alerts":{"total":1,"list":[{"id":"1","score":0.5}]}}}'
const document =
  'query Alerts($cql: String) { alerts(cql: $cql) { total list { ...each } } } fragment each on Alert { id score }\n'

/** Functions are compiled when they first run: so a query runs, signed in and in a process of its own, and is answered. */
export async function compileQuery() {
  const home = mkdtempSync(join(tmpdir(), 'xdrlab-build-'))
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(answer)
  })
  try {
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const origin = `http://127.0.0.1:${server.address().port}`
    await storeSignIn(home, origin)
    const file = join(home, 'query.graphql')
    writeFileSync(file, document)
    const { PATH = '' } = process.env
    const env = { PATH, HOME: home, XDRLAB_HOME: home, XDRLAB_URL: origin, XDRLAB_STORE: 'file' }
    const script = fileURLToPath(new URL('compiling-query.mjs', import.meta.url))
    const child = spawn(process.execPath, [script, file], { env, stdio: ['ignore', 'ignore', 'inherit'] })
    const [code] = await once(child, 'exit')
    if (code !== 0) throw new Error(`the query of the build ended with ${code}`)
  } finally {
    server.close()
    rmSync(home, { recursive: true, force: true })
  }
}

function storeSignIn(home, origin) {
  return fileStore(join(home, 'profiles'), () => {}).write({
    provider: 'taegis',
    region: 'custom',
    origin,
    account: 'builder',
    savedAt: Date.now(),
    session: {
      accessToken: new AccessToken('a-token-of-the-build', Date.now() + 3_600_000),
      refreshToken: undefined,
      subject: 'builder',
      tenants: [],
    },
  })
}
