import type { Dispatcher } from 'undici'
import { abortedError, XdrError } from '../errors.js'
import { plain } from '../text.js'

const maxRedirects = 10
const timeoutMs = 15_000

interface Field {
  readonly name: string
  readonly value: string
}

interface Form {
  readonly action: string
  readonly fields: readonly Field[]
  /** The buttons that have a name. */
  readonly buttons: readonly Field[]
}

/** A page of the sandbox, taken apart as far as its driver needs. */
export interface Page {
  readonly url: URL
  readonly status: number
  readonly title: string
  /** `data-page` of its `<main>`, empty where it has none. */
  readonly name: string
  readonly form: Form | undefined
  readonly html: string
  /** What an alert on the page says. */
  readonly note: string | undefined
  /** The text of the element with this id. */
  textOf(id: string): string | undefined
}

/** As much of a browser as the sandbox's pages need: cookies, redirects and forms, on one origin. */
export class Browser {
  readonly #signal: AbortSignal | undefined
  readonly #cookies = new Map<string, { name: string; path: string; value: string }>()
  #dispatcher: Promise<{ undici: typeof import('undici'); agent: Dispatcher }> | undefined

  constructor(signal?: AbortSignal) {
    this.#signal = signal
  }

  open(url: URL): Promise<Page> {
    return this.#load('GET', url, undefined)
  }

  /** Fills the page's form in and presses the button of that name, or the first one. */
  submit(page: Page, button: string | undefined, values: Readonly<Record<string, string>>): Promise<Page> {
    const { form } = page
    const pressed = button === undefined ? undefined : form?.buttons.find(({ name }) => name === button)
    if (form === undefined || (button !== undefined && pressed === undefined)) {
      throw broken(
        page.url,
        page.status,
        `has no form${button === undefined ? '' : ` with a button "${button}"`}`,
      )
    }
    const missing = Object.keys(values).find((name) => !form.fields.some((field) => field.name === name))
    if (missing !== undefined) throw broken(page.url, page.status, `has no field "${missing}"`)
    const body = new URLSearchParams()
    for (const { name, value } of form.fields) body.set(name, values[name] ?? value)
    if (pressed !== undefined) body.set(pressed.name, pressed.value)
    return this.#load('POST', new URL(form.action, page.url), body.toString())
  }

  async close(): Promise<void> {
    await (await this.#dispatcher)?.agent.destroy()
  }

  async #load(method: 'GET' | 'POST', first: URL, firstBody: string | undefined): Promise<Page> {
    let url = first
    let body = firstBody
    for (let redirects = 0; redirects <= maxRedirects; redirects++) {
      const answer = await this.#request(body === undefined ? 'GET' : method, url, body)
      if (answer.location === undefined) return readPage(url, answer.status, answer.text)
      const target = new URL(answer.location, url)
      if (target.origin !== first.origin) throw broken(url, answer.status, 'leads to another server')
      url = target
      body = undefined
    }
    throw broken(url, 0, 'redirects without end')
  }

  async #request(method: 'GET' | 'POST', url: URL, body: string | undefined) {
    const { undici, agent } = await this.#connect()
    const timeout = AbortSignal.timeout(timeoutMs)
    try {
      const response = await undici.request(url, {
        method,
        dispatcher: agent,
        signal: this.#signal === undefined ? timeout : AbortSignal.any([this.#signal, timeout]),
        headers: {
          accept: 'text/html',
          ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
          cookie: this.#cookieHeader(url),
        },
        ...(body === undefined ? {} : { body }),
      })
      this.#keepCookies(url, response.headers['set-cookie'])
      const text = await response.body.text()
      const { location } = response.headers
      const redirect = response.statusCode >= 300 && response.statusCode < 400 && typeof location === 'string'
      return { status: response.statusCode, text, location: redirect ? location : undefined }
    } catch (error) {
      if (this.#signal?.aborted) throw abortedError('the approval')
      const why = timeout.aborted ? 'did not answer in time' : 'cannot be reached'
      throw error instanceof XdrError ? error : broken(url, 0, why)
    }
  }

  #connect() {
    this.#dispatcher ??= import('undici').then((undici) => ({ undici, agent: new undici.Agent() }))
    return this.#dispatcher
  }

  #cookieHeader(url: URL): string {
    const sent = [...this.#cookies.values()].filter(({ path }) => {
      const below = path.endsWith('/') ? path : `${path}/`
      return url.pathname === path || url.pathname.startsWith(below)
    })
    return sent.map(({ name, value }) => `${name}=${value}`).join('; ')
  }

  /** RFC 6265, as far as one origin needs it. */
  #keepCookies(url: URL, header: string | string[] | undefined): void {
    for (const line of typeof header === 'string' ? [header] : (header ?? [])) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim())
      const name = pair.slice(0, pair.indexOf('='))
      const value = pair.slice(pair.indexOf('=') + 1)
      const find = (key: string) =>
        attributes.find((a) => a.toLowerCase().startsWith(`${key}=`))?.slice(key.length + 1)
      const path = find('path') ?? url.pathname.slice(0, url.pathname.lastIndexOf('/') + 1)
      const expires = find('expires')
      const key = `${name};${path}`
      if (expires !== undefined && Date.parse(expires) <= Date.now()) this.#cookies.delete(key)
      else this.#cookies.set(key, { name, path, value })
    }
  }
}

function readPage(url: URL, status: number, html: string): Page {
  const textOf = (id: string) => {
    const inner = new RegExp(`<(\\w+)[^>]* id="${id}"[^>]*>([^<]*)</\\1>`).exec(html)?.[2]
    return inner === undefined ? undefined : unescapeHtml(inner)
  }
  const formHtml = /<form[^>]*>[\s\S]*?<\/form>/.exec(html)?.[0]
  const note = /role="alert">([^<]*)</.exec(html)?.[1]
  return {
    url,
    status,
    title: plain(unescapeHtml(/<title>([^<]*)<\/title>/.exec(html)?.[1] ?? 'untitled')),
    name: /<main data-page="([\w-]+)">/.exec(html)?.[1] ?? '',
    form: formHtml === undefined ? undefined : readForm(formHtml),
    html,
    note: note === undefined ? undefined : plain(unescapeHtml(note)),
    textOf,
  }
}

function readForm(html: string): Form {
  const read = (tag: string): Field[] =>
    [...html.matchAll(new RegExp(`<${tag}\\b[^>]*>`, 'g'))].flatMap(([element]) => {
      const name = attribute(element, 'name')
      return name === undefined ? [] : [{ name, value: attribute(element, 'value') ?? '' }]
    })
  return { action: attribute(html, 'action') ?? '', fields: read('input'), buttons: read('button') }
}

function attribute(element: string, name: string): string | undefined {
  const value = new RegExp(` ${name}="([^"]*)"`).exec(element)?.[1]
  return value === undefined ? undefined : unescapeHtml(value)
}

function unescapeHtml(text: string): string {
  return text.replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
}

function broken(url: URL, status: number, why: string): XdrError {
  return new XdrError('XDR_SANDBOX', `the sandbox's page ${url.pathname} ${why}`, {
    hint: 'check that the address is that of a running xdrlab sandbox',
    ...(status === 0 ? {} : { status }),
  })
}
