import type { MimeBundle } from '../../display.js'
import type { Figure } from './figure.js'
import type { VegaLiteSpec } from './spec.js'

/** How front ends and the kernel find what a value looks like. */
export const displayHook = Symbol.for('Jupyter.display')
const inspectHook = Symbol.for('nodejs.util.inspect.custom')

/**
 * A chart of rows. As the last value of a cell it is drawn; its forms can be had one by one, to keep them.
 *
 * @example
 * const bars = chart.bar(rows, { x: 'status' })
 * await writeFile('status.svg', await bars.svg())
 */
export class Chart {
  readonly #name: string
  readonly #build: () => Promise<Figure>
  #figure: Promise<Figure> | undefined

  /**
   * @param name what consoles print
   * @param build works the figure out; called once, when somebody looks
   */
  constructor(name: string, build: () => Promise<Figure>) {
    this.#name = name
    this.#build = build
  }

  /** As a Vega-Lite v5 specification; `undefined` where there is nothing to draw. */
  async spec(): Promise<VegaLiteSpec | undefined> {
    const [figure, { toVegaLite }] = await Promise.all([this.#ready(), import('./spec.js')])
    return toVegaLite(figure)
  }

  /** As an SVG document. */
  async svg(): Promise<string> {
    const [figure, { toSvg }] = await Promise.all([this.#ready(), import('./svg.js')])
    return toSvg(figure)
  }

  /**
   * As text for a terminal.
   *
   * @param width characters a line; by default the terminal's
   */
  async text(width?: number): Promise<string> {
    const [figure, { toText }] = await Promise.all([this.#ready(), import('./text.js')])
    return toText(figure, width)
  }

  /** Everything a front end may choose from. JupyterLab takes Vega-Lite before SVG. */
  async [displayHook](): Promise<MimeBundle> {
    const [spec, svg, text] = await Promise.all([this.spec(), this.svg(), this.text()])
    return {
      ...(spec === undefined ? {} : { 'application/vnd.vegalite.v5+json': spec }),
      'image/svg+xml': svg,
      'text/plain': text,
    }
  }

  /** Consoles print one line: a drawing takes modules that are loaded later. */
  [inspectHook](): string {
    return `[${this.#name}]`
  }

  #ready(): Promise<Figure> {
    this.#figure ??= this.#build()
    return this.#figure
  }
}

/** A promise that is shown as what it gives, for whoever forgets to await it. */
export function shownWhenReady<Value extends object>(promise: Promise<Value>): Promise<Value> {
  return Object.defineProperty(promise, displayHook, {
    value: async () => {
      const value = await promise
      const hook: unknown = Reflect.get(value, displayHook)
      return typeof hook === 'function' ? Reflect.apply(hook, value, []) : {}
    },
    enumerable: false,
  })
}
