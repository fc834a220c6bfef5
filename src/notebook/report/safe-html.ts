import { Parser } from 'htmlparser2'
import { escapeHtml } from '../../text.js'
import { withoutSecrets } from '../share-secrets.js'
import { blockNames, droppedNames, emptyNames, keptNames, ruleOf, safeAddress } from './html-rules.js'
import { safeStyle } from './safe-style.js'
import { DrawingReader } from './svg-drawing.js'
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

/** Deeper than a page is. */
const mostDepth = 400
const mostSpan = 1_000
/** The names of attributes in a drawing are not all in small letters. */
const parsing = { lowerCaseAttributeNames: false }

/**
 * HTML of others, as far as a report shows it: text, tables and images, written anew from an allow-list. Nothing in the
 * result runs, asks the network, leaves its place, or has an id; drawings within it become images.
 *
 * A browser may read the given text in another way than the parser does, and it makes no difference: it never sees that
 * text. Every `<` of the result is one of ours, before a name of the list; every value and word is escaped; and none of
 * the names begins something that is read by other rules (`svg`, `math`, `style`, `textarea`, `noscript`, …).
 */
export function safeHtml(html: string, options: SafeHtmlOptions = {}): SafeHtml {
  const writer = new Writer(options)
  const parser = new Parser(
    {
      onopentag: (name, attributes) => writer.open(name, attributes),
      ontext: (text) => writer.words(text),
      onclosetag: () => writer.close(),
    },
    parsing,
  )
  parser.end(`<!doctype html><html><body>${html}</body></html>`)
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
  let reader: DrawingReader | undefined
  const parser = new Parser(
    {
      onopentag: (name, attributes) => {
        if (reader === undefined && name === 'svg') reader = new DrawingReader(name, attributes)
        else reader?.open(name, attributes)
      },
      ontext: (text) => reader?.words(text),
      onclosetag: () => reader?.close(),
    },
    parsing,
  )
  parser.end(svg)
  return reader === undefined ? '' : withoutSecrets(writeSvg(reader.drawing))
}

/** An element whose end has not come. */
interface OpenElement {
  name: string
  /** What ends it in the result. */
  end: string
  /** Of a table's row. */
  columnCount: number
  heading: OpenHeading | undefined
}

/** Its id is made of its words: what has been written stands aside until they are known. */
interface OpenHeading {
  level: number
  before: string
  start: string
  textStart: number
}

/** Takes the elements of a page as they come, and writes what stays of them. */
class Writer {
  html = ''
  text = ''
  hasImage = false
  hadScript = false
  columnCount = 0
  readonly #open: OpenElement[] = []
  /** How many elements are open within one that is gone with its content, itself included. */
  #dropped = 0
  #drawing: DrawingReader | undefined
  /** The cells of a table have few of them, again and again. */
  readonly #styles = new Map<string, string>()

  constructor(readonly options: SafeHtmlOptions) {}

  open(tagName: string, attributes: Readonly<Record<string, string>>): void {
    if (this.#drawing !== undefined) {
      this.#drawing.open(tagName, attributes)
      return
    }
    if (this.#dropped > 0) {
      this.#dropped++
      return
    }
    const name = tagName.toLowerCase()
    if (name === 'script') this.hadScript = true
    if (name === 'svg') this.#drawing = new DrawingReader(name, attributes)
    else if (name === 'img') this.#image(attributesByName(attributes))
    else if (droppedNames.has(name)) {
      this.#dropped = 1
      return
    }
    this.#open.push(this.#begin(name, attributes))
  }

  words(text: string): void {
    if (this.#drawing !== undefined) this.#drawing.words(text)
    else if (this.#dropped === 0) this.#write(text)
  }

  close(): void {
    if (this.#drawing !== undefined) {
      if (this.#drawing.close()) return
      this.#drawingRead(this.#drawing)
      this.#drawing = undefined
    } else if (this.#dropped > 0) {
      this.#dropped--
      return
    }
    const element = this.#open.pop()
    if (element !== undefined) this.#end(element)
  }

  #write(text: string): void {
    this.html += escapeHtml(text)
    this.text += text
  }

  #begin(name: string, given: Readonly<Record<string, string>>): OpenElement {
    const element: OpenElement = { name, end: '', columnCount: 0, heading: undefined }
    if (!keptNames.has(name) || this.#open.length > mostDepth) return element
    const attributes = attributesByName(given)
    if (blockNames.has(name) || name === 'br') this.text += '\n'
    const row = this.#open.at(-1)
    if (row?.name === 'tr' && (name === 'td' || name === 'th')) row.columnCount += spanOf(attributes)
    const start = `<${name}${this.#attributesOf(attributes, name)}`
    const level = /^h([1-6])$/.exec(name)?.[1]
    if (level !== undefined && this.options.heading !== undefined) {
      element.heading = { level: Number(level), before: this.html, start, textStart: this.text.length }
      this.html = ''
    } else this.html += `${start}>`
    if (!emptyNames.has(name)) element.end = `</${name}>`
    return element
  }

  #end({ name, end, columnCount, heading }: OpenElement): void {
    if (heading !== undefined) {
      const { level, before, start, textStart } = heading
      const words = this.text.slice(textStart).replace(/\s+/g, ' ').trim()
      const id = this.options.heading?.(level, words) ?? ''
      this.html = `${before}${start}${attributeText('id', id)}>${this.html}`
    }
    this.html += end
    if (end !== '' && blockNames.has(name)) this.text += '\n'
    this.columnCount = Math.max(this.columnCount, columnCount)
  }

  #attributesOf(attributes: ReadonlyMap<string, string>, name: string): string {
    let written = ''
    for (const [attribute, value] of attributes) {
      if (attribute === 'style') written += attributeText('style', this.#style(value))
      else if (ruleOf(name, attribute)?.test(value) === true)
        written += ` ${attribute}="${escapeHtml(value)}"`
    }
    const href = name === 'a' ? safeAddress(attributes.get('href') ?? '') : ''
    return href === '' ? written : `${written}${attributeText('href', href)} rel="noopener noreferrer"`
  }

  #style(given: string): string {
    const known = this.#styles.get(given)
    if (known !== undefined) return known
    const safe = safeStyle(given)
    this.#styles.set(given, safe)
    return safe
  }

  #image(attributes: ReadonlyMap<string, string>): void {
    const address = attributes.get('src') ?? ''
    const alt = attributes.get('alt') ?? ''
    const source = givenImage(address) ?? this.options.image?.(address)
    if (source === undefined) this.#write(alt === '' ? '[image]' : `[image: ${alt}]`)
    else this.#writeImage(source, alt, attributes)
  }

  /** As an image, a drawing has no scripts, no links and no names in the page. */
  #drawingRead({ drawing, text }: DrawingReader): void {
    const attributes = attributesByName(drawing.attributes)
    this.text += `\n${text}\n`
    this.#writeImage(blankSvgUrl(writeSvg(drawing)), attributes.get('aria-label') ?? '', attributes)
  }

  #writeImage(source: string, alt: string, attributes: ReadonlyMap<string, string>): void {
    this.hasImage = true
    const more = this.#attributesOf(attributes, 'img')
    this.html += `<img src="${escapeHtml(source)}" alt="${escapeHtml(alt)}"${more}>`
  }
}

/** Most elements have none: one for all of them. */
const noAttributes: ReadonlyMap<string, string> = new Map()

/** In small letters; of two that differ in nothing else the first counts, as in a browser. */
function attributesByName(given: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const entries = Object.entries(given)
  if (entries.length === 0) return noAttributes
  const attributes = new Map<string, string>()
  for (const [name, value] of entries) {
    const small = name.toLowerCase()
    if (!attributes.has(small)) attributes.set(small, value)
  }
  return attributes
}

function attributeText(name: string, value: string): string {
  return value === '' ? '' : ` ${name}="${escapeHtml(value)}"`
}

/** How many columns a cell takes. */
function spanOf(attributes: ReadonlyMap<string, string>): number {
  const span = Number(attributes.get('colspan') ?? 1)
  return span > 0 && span <= mostSpan ? span : 1
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
