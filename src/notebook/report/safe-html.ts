import { parseHTML } from 'linkedom'
import { escapeHtml } from '../../text.js'
import { withoutSecrets } from '../share-secrets.js'
import type { PageNode } from './page-node.js'
import { safeStyle } from './safe-style.js'
import { svgDataUrl, writeSvg } from './svg-image.js'

export interface SafeHtml {
  html: string
  /** What a person reads in it, a line for each block. */
  text: string
  /** Nothing is left to be seen. */
  isEmpty: boolean
  /** A program stood in it, which is gone. */
  hadScript: boolean
  /** Of its widest table. */
  columnCount: number
}

export interface SafeHtmlOptions {
  /** The image that an address means, as a data URL; `undefined` leaves its text. Default: data URLs stay. */
  image?: (address: string) => string | undefined
  /** Told each heading; gives its id. */
  heading?: (level: number, text: string) => string
}

const inline =
  'a abbr b bdi bdo br cite code data del dfn em font i ins kbd mark q s samp small span strike strong sub sup time tt u var wbr'
const block =
  'article aside blockquote caption center dd details div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr li main ol p pre section summary table tbody td tfoot th thead tr ul'
const blockNames = new Set(block.split(' '))
const keptNames = new Set([...inline.split(' '), ...blockNames, 'col', 'colgroup'])
/** Gone with all that is in them; of what else is unknown, the content stays. */
const droppedNames = new Set(
  'applet audio base canvas datalist embed frame frameset head iframe input link meta noembed noframes noscript object option param script select source style template textarea title track video'.split(
    ' ',
  ),
)
const emptyNames = new Set(['br', 'hr', 'wbr', 'col'])
/** Deeper than a page is, and as deep as a stack surely goes. */
const mostDepth = 400
const mostSpan = 1_000

/** What every element may have, each with what its value must be. */
const forAll: Record<string, RegExp> = {
  title: /^/,
  lang: /^[\w-]{1,40}$/,
  dir: /^(?:ltr|rtl|auto)$/i,
  role: /^(?:region|status|img|note|presentation|none|table|row|cell|group|timer)$/,
  tabindex: /^0$/,
  align: /^(?:left|right|center|justify)$/i,
  'aria-label': /^/,
  'aria-hidden': /^(?:true|false)$/,
}

/** What some may have beside it. */
const attributes: Record<string, Record<string, RegExp>> = {
  td: { colspan: /^\d{1,4}$/, rowspan: /^\d{1,4}$/ },
  th: { colspan: /^\d{1,4}$/, rowspan: /^\d{1,4}$/, scope: /^(?:col|row|colgroup|rowgroup)$/ },
  col: { span: /^\d{1,4}$/ },
  colgroup: { span: /^\d{1,4}$/ },
  time: { datetime: /^[\w:.+ -]{1,60}$/ },
  details: { open: /^/ },
  ol: { start: /^-?\d{1,9}$/, type: /^[1aAiI]$/, reversed: /^/ },
  img: { width: /^\d{1,5}$/, height: /^\d{1,5}$/ },
}

/**
 * HTML of others, as far as a report shows it: text, tables and images, written anew from an allow-list. Nothing in the
 * result runs, asks the network, leaves its place, or has an id; drawings within it become images.
 */
export function safeHtml(html: string, options: SafeHtmlOptions = {}): SafeHtml {
  const page: { document: PageNode } = parseHTML(`<!doctype html><html><body>${html}</body></html>`)
  const writer = new Writer(options)
  writer.children(page.document, 0)
  const text = writer.text.replace(/\n+/g, '\n').trim()
  return {
    html: writer.html,
    text,
    isEmpty: text === '' && !writer.hasImage,
    hadScript: writer.hadScript,
    columnCount: writer.columnCount,
  }
}

/** A drawing without what runs in it, for programs that put it into a page; empty where there is none. */
export function safeSvg(svg: string): string {
  const page: { document: PageNode & { querySelector(selector: string): PageNode | null } } = parseHTML(svg)
  const drawing = page.document.querySelector('svg')
  return drawing === null ? '' : withoutSecrets(writeSvg(drawing))
}

class Writer {
  html = ''
  text = ''
  hasImage = false
  hadScript = false
  columnCount = 0
  /** The cells of a table have few of them, again and again. */
  readonly #styles = new Map<string, string>()

  constructor(readonly options: SafeHtmlOptions) {}

  children(node: PageNode, depth: number): void {
    for (const child of node.childNodes) {
      if (child.nodeType === 3) this.#words(child.textContent ?? '')
      else if (child.nodeType === 1) this.#element(child, depth + 1)
    }
  }

  #words(text: string): void {
    this.html += escapeHtml(text)
    this.text += text
  }

  #element(element: PageNode, depth: number): void {
    const name = element.localName.toLowerCase()
    if (name === 'script') this.hadScript = true
    if (name === 'svg') this.#drawing(element)
    else if (name === 'img') this.#image(element)
    else if (droppedNames.has(name)) return
    else if (depth > mostDepth) this.#words(element.textContent ?? '')
    else if (keptNames.has(name)) this.#kept(element, name, depth)
    else this.children(element, depth)
  }

  #kept(element: PageNode, name: string, depth: number): void {
    const isBlock = blockNames.has(name)
    if (isBlock || name === 'br') this.text += '\n'
    if (name === 'tr') this.columnCount = Math.max(this.columnCount, cellsIn(element))
    this.html += `<${name}${this.#attributesOf(element, name)}>`
    if (emptyNames.has(name)) return
    this.children(element, depth)
    this.html += `</${name}>`
    if (isBlock) this.text += '\n'
  }

  #attributesOf(element: PageNode, name: string): string {
    let written = ''
    for (const attribute of element.getAttributeNames()) {
      const value = element.getAttribute(attribute) ?? ''
      if (attribute === 'style') written += attributeText('style', this.#style(value))
      else if (ruleOf(name, attribute.toLowerCase())?.test(value) === true)
        written += ` ${attribute.toLowerCase()}="${escapeHtml(value)}"`
    }
    const href = name === 'a' ? safeAddress(element.getAttribute('href') ?? '') : ''
    if (href !== '') written += `${attributeText('href', href)} rel="noopener noreferrer"`
    const level = /^h([1-6])$/.exec(name)?.[1]
    if (level !== undefined && this.options.heading !== undefined) {
      const id = this.options.heading(Number(level), (element.textContent ?? '').trim())
      written += attributeText('id', id)
    }
    return written
  }

  #style(given: string): string {
    const known = this.#styles.get(given)
    if (known !== undefined) return known
    const safe = safeStyle(given)
    this.#styles.set(given, safe)
    return safe
  }

  #image(element: PageNode): void {
    const address = element.getAttribute('src') ?? ''
    const alt = element.getAttribute('alt') ?? ''
    const source = givenImage(address) ?? this.options.image?.(address)
    if (source === undefined) {
      this.#words(alt === '' ? '[image]' : `[image: ${alt}]`)
      return
    }
    this.hasImage = true
    this.html += `<img src="${escapeHtml(source)}" alt="${escapeHtml(alt)}"${this.#attributesOf(element, 'img')}>`
  }

  /** As an image, a drawing has no scripts, no links and no names in the page. */
  #drawing(element: PageNode): void {
    this.hasImage = true
    const alt = element.getAttribute('aria-label') ?? ''
    this.text += `\n${element.textContent ?? ''}\n`
    this.html += `<img src="${blankSvgUrl(writeSvg(element))}" alt="${escapeHtml(alt)}"${this.#attributesOf(element, 'img')}>`
  }
}

function ruleOf(element: string, attribute: string): RegExp | undefined {
  // By their own names alone: any object has a `constructor`.
  return [attributes[element] ?? {}, forAll].find((rules) => Object.hasOwn(rules, attribute))?.[attribute]
}

function attributeText(name: string, value: string): string {
  return value === '' ? '' : ` ${name}="${escapeHtml(value)}"`
}

function cellsIn(row: PageNode): number {
  let count = 0
  for (const cell of row.childNodes) {
    if (cell.nodeType !== 1 || !/^t[dh]$/i.test(cell.localName)) continue
    const span = Number(cell.getAttribute('colspan') ?? 1)
    count += span > 0 && span <= mostSpan ? span : 1
  }
  return count
}

/** Where a link may lead: the web, a mail, a place in the page, a file beside it. */
function safeAddress(href: string): string {
  const address = href.replace(/[\u0000-\u0020\u007f-\u00a0]/g, '')
  if (/^(?:https?:\/\/|mailto:)/i.test(address)) return address
  return /^[a-z][a-z\d+.-]*:|^[\\/]{2}/i.test(address) ? '' : address
}

/** An image that is in the page already. */
function givenImage(address: string): string | undefined {
  const [, type = '', data = ''] =
    /^data:(image\/(?:png|jpeg|gif|webp|svg\+xml));base64,([A-Za-z\d+/=\s]*)$/.exec(address) ?? []
  if (type === '') return undefined
  return type === 'image/svg+xml' ? blankSvgUrl(Buffer.from(data, 'base64').toString('utf8')) : address
}

/** A drawing is text, in which a secret may stand. */
function blankSvgUrl(svg: string): string {
  return svgDataUrl(withoutSecrets(svg))
}
