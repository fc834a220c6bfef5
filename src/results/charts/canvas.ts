import * as plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'
import { escapeHtml } from '../../text.js'

/** The size of a drawing's letters, pixels. */
export const fontSize = 11
/** Text on the white of an SVG, which looks the same in every theme. */
export const ink = '#24292f'

/** What is used of an element of a page; the types of browsers are not known here. */
export interface Drawn {
  readonly localName: string
  readonly outerHTML: string
  readonly childNodes: Iterable<Drawn>
  /** 1 for an element, 3 for text. */
  readonly nodeType: number
  textContent: string | null
  append(...children: Drawn[]): void
  remove(): void
  getAttribute(name: string): string | null
  getAttributeNames(): string[]
  removeAttribute(name: string): void
  setAttribute(name: string, value: string): void
  querySelector(selector: string): Drawn | null
  querySelectorAll(selector: string): Iterable<Drawn>
}

interface Sheet {
  createElementNS(namespace: string, name: string): Drawn
}

const sheet: { document: Sheet } = parseHTML('<!doctype html><html><body></body></html>')

/** Observable Plot, and a document for it to draw in. */
export function loadPlot(): { plot: typeof plot; document: Sheet } {
  return { plot, document: sheet.document }
}

/** A new element of an SVG. */
export function svgElement(name: string, attributes: Readonly<Record<string, string | number>> = {}): Drawn {
  const element = sheet.document.createElementNS('http://www.w3.org/2000/svg', name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value))
  return element
}

/** An element that a person drew: an SVG as a document of its own, anything else as HTML; nothing in it that runs. */
export function writeElement(element: Drawn): { markup: string; isSvg: boolean; text: string } {
  removeScripts(element)
  nameGroups(element)
  const isSvg = element.localName === 'svg'
  const label =
    element.getAttribute('aria-label') ?? element.querySelector('figcaption, h2')?.textContent ?? ''
  const text = label.trim() === '' ? '[Plot drawing]' : `[Plot drawing: ${label.trim()}]`
  if (!isSvg) return { markup: element.outerHTML, isSvg, text }
  element.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  element.setAttribute('role', 'img')
  // In a picture of its own the page's colour is not known: black letters want a light ground.
  const style = element.getAttribute('style') ?? ''
  element.setAttribute('style', `background:#fff;color:${ink};${style}`)
  return { markup: writeXml(element), isSvg, text }
}

/** Plot names the groups of its marks; a name is for what has a role. */
export function nameGroups(element: Drawn): void {
  for (const group of element.querySelectorAll('g[aria-label]:not([role])'))
    group.setAttribute('role', 'group')
}

/** An element as XML: `outerHTML` is HTML, where an attribute may hold what no XML may. */
export function writeXml(element: Drawn): string {
  if (element.nodeType === 3) return escapeHtml(element.textContent ?? '')
  if (element.nodeType !== 1) return ''
  const attributes = element
    .getAttributeNames()
    .map((name) => ` ${name}="${escapeHtml(element.getAttribute(name) ?? '')}"`)
    .join('')
  const content = Array.from(element.childNodes, writeXml).join('')
  const name = element.localName
  return content === '' ? `<${name}${attributes}/>` : `<${name}${attributes}>${content}</${name}>`
}

function removeScripts(element: Drawn): void {
  for (const inner of [element, ...element.querySelectorAll('*')]) {
    if (/^(script|foreignobject|iframe|object|embed)$/i.test(inner.localName)) inner.remove()
    for (const name of [...inner.getAttributeNames()]) {
      const value = inner.getAttribute(name) ?? ''
      if (/^on/i.test(name) || (/href$/i.test(name) && !/^(https:|#)/i.test(value.trim())))
        inner.removeAttribute(name)
    }
  }
}
