import { randomUUID } from 'node:crypto'
import { inspect } from 'node:util'
import { currentScreen } from './screen/screen.js'

/** MIME type → content: text, base64 of bytes, or JSON for JSON types. */
export type MimeBundle = Record<string, unknown>

/** How something is shown; everything has a default. */
export interface DisplayOptions {
  /** The value is a {@link MimeBundle} already, and sent as it is. Default false. */
  raw?: boolean
  /** Jupyter's metadata, by MIME type: `{ 'image/png': { width: 400 } }`. */
  metadata?: Record<string, unknown>
  /** Name of the display, for updates by that name. Default: a fresh one. */
  id?: string
  /** Changes the display named `id` and shows nothing new. Default false. */
  update?: boolean
}

/** An image as bytes, as base64 or as a `data:` URL. */
export type ImageSource = Uint8Array | ArrayBuffer | string

/** One method for each kind of content. */
export interface DisplayMethods<Result> {
  /** Text as it is, without quotes. */
  text(content: unknown, options?: DisplayOptions): Result
  /** Markup as it is: escape what you did not write yourself. */
  html(content: unknown, options?: DisplayOptions): Result
  markdown(content: unknown, options?: DisplayOptions): Result
  /** LaTeX, its `$` included. */
  latex(content: unknown, options?: DisplayOptions): Result
  svg(content: unknown, options?: DisplayOptions): Result
  /** Runs in the browser, in notebooks that are trusted. */
  javascript(content: unknown, options?: DisplayOptions): Result
  /** Data as a tree that can be unfolded. */
  json(content: unknown, options?: DisplayOptions): Result
  /** A Vega-Lite v5 specification, drawn as a chart. */
  vegalite(spec: object, options?: DisplayOptions): Result
  png(image: ImageSource, options?: DisplayOptions): Result
  jpeg(image: ImageSource, options?: DisplayOptions): Result
  gif(image: ImageSource, options?: DisplayOptions): Result
  webp(image: ImageSource, options?: DisplayOptions): Result
  pdf(document: ImageSource, options?: DisplayOptions): Result
  /** Any other MIME type; bytes are sent as base64. */
  raw(mimeType: string, content: unknown, options?: DisplayOptions): Result
}

/** A display in its place: each call shows something else there. As a cell's last value it shows nothing more. */
export interface DisplayHandle extends DisplayMethods<DisplayHandle> {
  /** Jupyter's `display_id`. */
  readonly id: string
  /** Shows another value in its place. */
  update(value: unknown, options?: DisplayOptions): DisplayHandle
}

/**
 * Shows a value under the cell, as its last line would.
 *
 * @example
 * const shown = display('working')
 * shown.update('done')
 * display.markdown('**done**')
 */
export interface Display extends DisplayMethods<DisplayHandle> {
  (value: unknown, options?: DisplayOptions): DisplayHandle
  /** The same as `clearOutput({ wait })`. */
  clear(wait?: boolean): void
}

/** What is sent for one display. */
export interface DisplayContent {
  id: string
  isUpdate: boolean
  data: MimeBundle
  metadata: Record<string, unknown>
}

/** Where displays go. The kernel hands in its own; without one they are printed. */
export interface DisplayPort {
  /** A value in every form that it has. Never throws, never rejects. */
  describe(value: unknown): MimeBundle | Promise<MimeBundle>
  publish(content: DisplayContent): void
  /** Keeps the cell open until `work` is done. */
  hold(work: Promise<void>): void
  clear(wait: boolean): void
  ask(prompt: string, isHidden: boolean): Promise<string>
}

let port: DisplayPort | undefined

/** Makes `handedIn` the one that every display of this process goes to. The kernel calls it once at its start. */
export function useDisplayPort(handedIn: DisplayPort): void {
  port = handedIn
}

/** A display that shows nothing until it is given something. */
export function newDisplay(id?: string): DisplayHandle {
  return new Shown(id === undefined ? {} : { id })
}

/** Takes away what the cell has shown so far; with `wait`, only when something new arrives. */
export function clearOutput({ wait = false }: { wait?: boolean } = {}): void {
  currentPort().clear(wait)
}

/**
 * Asks the person for a line of text.
 *
 * @throws XdrError `XDR_INPUT_NEEDED` where nobody can answer, `XDR_ABORTED` when interrupted
 */
export function input(prompt = ''): Promise<string> {
  return currentPort().ask(String(prompt), false)
}

/** The same as {@link input}, not echoed; the kernel keeps the answer out of all outputs from then on. */
export function password(prompt = 'Password: '): Promise<string> {
  return currentPort().ask(String(prompt), true)
}

/** What every way to show something returns; the kernel knows it, and does not show it a second time. */
export class Shown implements DisplayHandle {
  readonly id: string
  #isShown: boolean
  /** Contents that take time may come out of order: each has a number, and an older one never replaces a newer. */
  #asked = 0
  #published = 0

  constructor({ id, update = false }: DisplayOptions) {
    this.id = id ?? randomUUID()
    this.#isShown = update
  }

  update(value: unknown, { raw = false, metadata }: DisplayOptions = {}): this {
    return this.#put(raw && isBundle(value) ? value : currentPort().describe(value), metadata)
  }

  text(content: unknown, options?: DisplayOptions): this {
    return this.#put({ 'text/plain': String(content) }, options?.metadata)
  }

  html(content: unknown, options?: DisplayOptions): this {
    return this.#put(withText('text/html', String(content), textOfHtml(String(content))), options?.metadata)
  }

  markdown(content: unknown, options?: DisplayOptions): this {
    return this.#put(withText('text/markdown', String(content), String(content)), options?.metadata)
  }

  latex(content: unknown, options?: DisplayOptions): this {
    return this.#put(withText('text/latex', String(content), String(content)), options?.metadata)
  }

  svg(content: unknown, options?: DisplayOptions): this {
    return this.#put(withText('image/svg+xml', String(content), '[SVG image]'), options?.metadata)
  }

  javascript(content: unknown, options?: DisplayOptions): this {
    const data = withText('application/javascript', String(content), '[JavaScript for the browser]')
    return this.#put(data, options?.metadata)
  }

  json(content: unknown, options?: DisplayOptions): this {
    return this.#put(withText('application/json', content, inspectShort(content)), options?.metadata)
  }

  vegalite(spec: object, options?: DisplayOptions): this {
    const data = withText('application/vnd.vegalite.v5+json', spec, '[Vega-Lite chart]')
    return this.#put(data, options?.metadata)
  }

  png(image: ImageSource, options?: DisplayOptions): this {
    return this.raw('image/png', image, options)
  }

  jpeg(image: ImageSource, options?: DisplayOptions): this {
    return this.raw('image/jpeg', image, options)
  }

  gif(image: ImageSource, options?: DisplayOptions): this {
    return this.raw('image/gif', image, options)
  }

  webp(image: ImageSource, options?: DisplayOptions): this {
    return this.raw('image/webp', image, options)
  }

  pdf(document: ImageSource, options?: DisplayOptions): this {
    return this.raw('application/pdf', document, options)
  }

  raw(mimeType: string, content: unknown, options?: DisplayOptions): this {
    const data = carried(mimeType, content)
    return this.#put(withText(mimeType, data, `[${mimeType}]`), options?.metadata)
  }

  #put(made: MimeBundle | Promise<MimeBundle>, metadata: Record<string, unknown> = {}): this {
    const to = currentPort()
    const serial = ++this.#asked
    const publish = (data: MimeBundle) => {
      if (serial < this.#published) return
      this.#published = serial
      to.publish({ id: this.id, isUpdate: this.#isShown, data, metadata })
      this.#isShown = true
    }
    if (made instanceof Promise) to.hold(made.then(publish))
    else publish(made)
    return this
  }
}

const methods: DisplayMethods<DisplayHandle> = {
  text: (content, options = {}) => new Shown(options).text(content, options),
  html: (content, options = {}) => new Shown(options).html(content, options),
  markdown: (content, options = {}) => new Shown(options).markdown(content, options),
  latex: (content, options = {}) => new Shown(options).latex(content, options),
  svg: (content, options = {}) => new Shown(options).svg(content, options),
  javascript: (content, options = {}) => new Shown(options).javascript(content, options),
  json: (content, options = {}) => new Shown(options).json(content, options),
  vegalite: (content, options = {}) => new Shown(options).vegalite(content, options),
  png: (content, options = {}) => new Shown(options).png(content, options),
  jpeg: (content, options = {}) => new Shown(options).jpeg(content, options),
  gif: (content, options = {}) => new Shown(options).gif(content, options),
  webp: (content, options = {}) => new Shown(options).webp(content, options),
  pdf: (content, options = {}) => new Shown(options).pdf(content, options),
  raw: (mimeType, content, options = {}) => new Shown(options).raw(mimeType, content, options),
}

/** Shows a value, or content of a given kind, under the cell. */
export const display: Display = Object.assign(
  (value: unknown, options: DisplayOptions = {}) => new Shown(options).update(value, options),
  methods,
  { clear: (wait = false) => clearOutput({ wait }) },
)

/** Consoles and logs print `text/plain`, and some fail where there is none. */
function withText(mimeType: string, content: unknown, text: string): MimeBundle {
  return mimeType === 'text/plain' ? { 'text/plain': content } : { [mimeType]: content, 'text/plain': text }
}

/** Bytes as Jupyter carries them: base64, except where the type is text. Text is taken as base64 already. */
function carried(mimeType: string, content: unknown): unknown {
  if (typeof content === 'string') return content.replace(/^data:[^,]{0,200};base64,/, '')
  const bytes =
    content instanceof Uint8Array
      ? Buffer.from(content.buffer, content.byteOffset, content.byteLength)
      : content instanceof ArrayBuffer
        ? Buffer.from(content)
        : undefined
  return bytes?.toString(/^text\/|svg/.test(mimeType) ? 'utf8' : 'base64') ?? content
}

/** What is left of markup where only text can be shown; never markup itself. */
function textOfHtml(html: string): string {
  const entities: Record<string, string> = {
    '&lt;': '<',
    '&gt;': '>',
    '&quot;': '"',
    '&#39;': "'",
    '&amp;': '&',
  }
  const text = html
    .slice(0, 10_000)
    .replace(/<[^<>]*>/g, '')
    .replace(/&(?:lt|gt|quot|#39|amp);/g, (entity) => entities[entity] ?? entity)
    .trim()
  return text === '' ? '[HTML]' : text
}

function inspectShort(value: unknown): string {
  try {
    return inspect(value, { depth: 4, maxArrayLength: 100, maxStringLength: 10_000, breakLength: 100 })
  } catch {
    return '[a value that cannot be shown]'
  }
}

function isBundle(value: unknown): value is MimeBundle {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function currentPort(): DisplayPort {
  port ??= createPrintingPort()
  return port
}

/** Without a kernel: the text of what is shown goes to stdout, questions to the terminal. */
function createPrintingPort(): DisplayPort {
  return {
    describe: (value) => {
      if (!Array.isArray(value)) return { 'text/plain': inspectShort(value) }
      return import('./results/table.js').then(({ tableView }) => ({
        'text/plain': tableView(value)?.text ?? inspectShort(value),
      }))
    },
    // A display that shows what it did before is not printed again by every update.
    publish: ({ data }) => void process.stdout.write(`${printable(String(data['text/plain'] ?? ''))}\n`),
    hold: () => undefined,
    clear: () => undefined,
    ask: async (prompt, isHidden) => {
      const label = prompt.replace(/[?:\s]+$/, '') || 'An answer'
      return await (await currentScreen()).ask({ label, hidden: isHidden })
    },
  }
}

/** Without what would control a terminal; lines and tabs stay. */
function printable(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '')
}
