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
  readonly #figure: Figure
  #ready: Promise<Figure> | undefined

  constructor(figure: Figure) {
    this.#figure = figure
  }

  /** The heading. */
  get title(): string {
    return this.#figure.title
  }

  /** As a Vega-Lite v5 specification; `undefined` where there is nothing to draw. */
  async spec(): Promise<VegaLiteSpec | undefined> {
    const [figure, { toVegaLite }] = await Promise.all([this.#placed(), import('./spec.js')])
    return toVegaLite(figure)
  }

  /** As an SVG document. */
  async svg(): Promise<string> {
    const [figure, { toSvg }] = await Promise.all([this.#placed(), import('./svg.js')])
    return toSvg(figure)
  }

  /**
   * As text for a terminal.
   *
   * @param width characters a line; by default the terminal's
   */
  async text(width?: number): Promise<string> {
    const { toText } = await import('./text.js')
    return toText(this.#figure, width)
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
    return `[chart: ${this.#figure.description}]`
  }

  /** A network's nodes get their places when somebody looks. */
  #placed(): Promise<Figure> {
    const figure = this.#figure
    if (figure.kind !== 'network') return Promise.resolve(figure)
    this.#ready ??= import('./network-layout.js').then(({ placeNodes }) => placeNodes(figure))
    return this.#ready
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
