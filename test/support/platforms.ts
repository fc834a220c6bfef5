import type { Provider } from '../../src/providers/provider.js'
import { taegis } from '../../src/providers/taegis.js'
import { paths, startAuthServer } from './auth-server.js'
import type { FaultProxy } from './fault-proxy.js'
import { providerFor } from './sign-in.js'
import { startTaegis, taegisPaths } from './taegis-server.js'

/** A real server and how to reach it, the same for every dialect. */
export interface Platform extends AsyncDisposable {
  provider: Provider
  url: string | undefined
  proxy: FaultProxy
  paths: { begin: string; token: string }
  approve(): Promise<void>
  deny(): Promise<void>
  deviceCode(): string
}

/** The dialects that a test's table runs over. */
export const dialects: { dialect: string; start: () => Promise<Platform> }[] = [
  {
    dialect: 'RFC 8628',
    start: async () => {
      const server = await startAuthServer()
      return { ...server, provider: providerFor(server), url: undefined, paths }
    },
  },
  {
    dialect: 'Taegis',
    start: async () => {
      // Held polls are a test of their own; here a pending answer comes soon, as elsewhere.
      const server = await startTaegis({ pollHoldMs: 20 })
      return { ...server, provider: taegis, url: server.origin, paths: taegisPaths }
    },
  },
]
