import type * as PlotModule from '@observablehq/plot'
import type { MimeBundle } from '../../display.js'
import { XdrError } from '../../errors.js'
import type { Drawn } from './canvas.js'
import { displayHook } from './drawn.js'

/** The module, as a function is given it: its `plot` has a document to draw in. */
export type Plot = typeof PlotModule

/** Options of Observable Plot, or a function that draws with it. */
export type PlotSource =
  | PlotModule.PlotOptions
  | ((plot: Plot) => PlotModule.PlotOptions | Drawn | Promise<PlotModule.PlotOptions | Drawn>)

/** What Plot drew: an SVG, or a figure with legends as HTML. */
export class PlotDrawing {
  /** The markup: an SVG document, or HTML. */
  readonly markup: string
  readonly #isSvg: boolean
  readonly #text: string

  constructor(markup: string, isSvg: boolean, text: string) {
    this.markup = markup
    this.#isSvg = isSvg
    this.#text = text
  }

  [displayHook](): MimeBundle {
    return { [this.#isSvg ? 'image/svg+xml' : 'text/html']: this.markup, 'text/plain': this.#text }
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.#text
  }
}

/** Draws with Observable Plot. */
export async function drawPlot(source: PlotSource): Promise<PlotDrawing> {
  const { loadPlot, writeElement } = await import('./canvas.js')
  const { plot, document } = await loadPlot()
  const drawing = {
    ...plot,
    plot: (options: PlotModule.PlotOptions = {}) => plot.plot({ document, ...options }),
  }
  const made = typeof source === 'function' ? await source(drawing) : source
  if (typeof made !== 'object' || made === null) throw notDrawn(made)
  const element = 'outerHTML' in made ? made : drawing.plot(made)
  const { markup, isSvg, text } = writeElement(element)
  return new PlotDrawing(markup, isSvg, text)
}

function notDrawn(made: unknown): XdrError {
  return new XdrError('XDR_BAD_OPTION', `chart.plot was given ${made === null ? 'null' : typeof made}`, {
    hint: 'hand in options ({ marks: […] }), or a function that returns them or an element: (Plot) => Plot.plot({ … })',
  })
}
