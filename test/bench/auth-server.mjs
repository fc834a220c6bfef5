// A platform on loopback: answers queries at once, and renews tokens after a known time.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

const account = 'ana@example.com'

/** @param {{ endpointLatencyMs: number }} options how long the token endpoint takes */
export async function startPlatform({ endpointLatencyMs }) {
  let renewals = 0
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const answer = (status, value) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
    if (request.url === '/graphql')
      return answer(200, { data: { currentTDRUser: { id: '1', email: account } } })
    if (request.url !== '/token') return answer(404, {})
    const n = ++renewals
    await sleep(endpointLatencyMs)
    const isRefresh = new URLSearchParams(body).get('grant_type') === 'refresh_token'
    if (!isRefresh) return answer(400, { error: 'unsupported_grant_type' })
    answer(200, {
      access_token: `renewed-${n}-${'x'.repeat(800)}`,
      token_type: 'bearer',
      expires_in: 3600,
      refresh_token: `the-next-refresh-token-${n}`,
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${server.address().port}`
  return {
    /** As `xdrlab` finds it by XDRLAB_URL. */
    taegis: { provider: 'taegis', region: 'custom', origin, account, graphql: `${origin}/graphql` },
    /** As `oauth()` describes it, for `renewing-process.mjs`. */
    oauth: { provider: 'bench', region: 'default', origin, account: 'default' },
    /** Requests at the token endpoint so far. */
    renewals: () => renewals,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
