import { Agent, type Dispatcher, Pool, ProxyAgent, request } from 'undici'
import type { Wire, WireOptions } from './connections.js'
import type { ProxyRoute } from './proxy.js'

/** Connections by undici: the fastest for many requests, and through proxies. It takes 80 ms to load. */
export function openUndiciWire(options: WireOptions, proxy: ProxyRoute | undefined): Wire {
  const dispatcher = openDispatcher(options, proxy)
  return {
    request: async ({ url, method, headers, body, signal }) => {
      const answer = await request(url, {
        method,
        headers,
        dispatcher,
        ...(body === undefined ? {} : { body }),
        ...(signal === undefined ? {} : { signal }),
      })
      return { status: answer.statusCode, headers: answer.headers, body: answer.body }
    },
    close: () => void dispatcher.close().catch(() => {}),
  }
}

function openDispatcher(
  { connectTimeoutMs, authorities }: WireOptions,
  proxy: ProxyRoute | undefined,
): Dispatcher {
  const connect = {
    timeout: connectTimeoutMs,
    rejectUnauthorized: true,
    ...(authorities === undefined ? {} : { ca: authorities }),
  }
  // A held answer (long poll) takes as long as its signal allows; every other request brings a limit of its own.
  const patient = { headersTimeout: 0, bodyTimeout: 0 }
  if (proxy === undefined) return new Agent({ ...patient, connect })
  return new ProxyAgent({
    ...patient,
    uri: proxy.url.href,
    ...(proxy.authorization === undefined ? {} : { token: proxy.authorization }),
    // Both ends: an https proxy's own certificate, and the platform's inside the tunnel. `connect` would reach neither.
    proxyTls: connect,
    requestTls: connect,
    // A proxy that takes the connection and never answers would hold it, and the process, for five minutes.
    clientFactory: (origin, options) => new Pool(origin, { ...options, headersTimeout: connectTimeoutMs }),
  })
}
