import { type Dispatcher, Pool, ProxyAgent } from 'undici'
import type { ProxyRoute } from './proxy.js'
import { PendingAnswer, type Wire, type WireOptions } from './wire.js'

/** Connections by undici: the fastest for many requests, and through proxies. It takes 80 ms to load. */
export function openUndiciWire(options: WireOptions, proxy: ProxyRoute | undefined): Wire {
  const { dispatcherOf, close } = proxy === undefined ? openPools(options) : openProxy(options, proxy)
  return {
    request: (wanted) =>
      new Promise((resolve, reject) => {
        const { url, method, headers, body } = wanted
        const { origin } = url
        const target = { origin, path: `${url.pathname}${url.search}`, method, headers, body: body ?? null }
        // Not `request()`: the stream that it makes of a body costs more than all the rest of it.
        dispatcherOf(origin).dispatch(target, new DispatchedAnswer(wanted, resolve, reject))
      }),
    close,
  }
}

/** What undici calls as an answer comes in. */
class DispatchedAnswer extends PendingAnswer implements Dispatcher.DispatchHandler {
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.begin((reason) => controller.abort(reason))
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    // 103 and the like only go before the answer.
    if (status >= 200) this.head(status, headers)
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.data(chunk)
  }

  onResponseEnd(): void {
    this.end()
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.fail(error)
  }
}

/** Where requests to an origin go. */
interface Dispatchers {
  dispatcherOf(origin: string): Dispatcher
  close(): void
}

// A held answer (long poll) takes as long as its signal allows; every other request brings a limit of its own.
const patient = { headersTimeout: 0, bodyTimeout: 0 }

/** A pool for each origin; undici's `Agent` would look it up anew for every request, with more around it. */
function openPools(options: WireOptions): Dispatchers {
  const connect = connectOptions(options)
  const pools = new Map<string, Pool>()
  return {
    dispatcherOf: (origin) => {
      const known = pools.get(origin)
      if (known !== undefined) return known
      const pool = new Pool(origin, { ...patient, connect })
      pools.set(origin, pool)
      return pool
    },
    close: () => {
      for (const pool of pools.values()) closeQuietly(pool)
    },
  }
}

function openProxy(options: WireOptions, proxy: ProxyRoute): Dispatchers {
  const connect = connectOptions(options)
  const agent = new ProxyAgent({
    ...patient,
    uri: proxy.url.href,
    ...(proxy.authorization === undefined ? {} : { token: proxy.authorization }),
    // Both ends: an https proxy's own certificate, and the platform's inside the tunnel. `connect` would reach neither.
    proxyTls: connect,
    requestTls: connect,
    // A proxy that takes the connection and never answers would hold it, and the process, for five minutes.
    clientFactory: (origin, given) =>
      new Pool(origin, { ...given, headersTimeout: options.connectTimeoutMs }),
  })
  return { dispatcherOf: () => agent, close: () => closeQuietly(agent) }
}

function connectOptions({ connectTimeoutMs, authorities }: WireOptions) {
  return {
    timeout: connectTimeoutMs,
    rejectUnauthorized: true,
    ...(authorities === undefined ? {} : { ca: authorities }),
  }
}

function closeQuietly(dispatcher: Dispatcher): void {
  dispatcher.close().catch(() => {})
}
