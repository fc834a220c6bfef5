import { escapeHtml } from '../../text.js'
import type { DrawingNode } from './svg-drawing.js'

const namespace = 'http://www.w3.org/2000/svg'
/** HTML does not mind how these are written, and SVG does. */
const mixedCase = new Map(
  'clipPath foreignObject linearGradient radialGradient textPath feBlend feColorMatrix feComponentTransfer feComposite feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feMerge feMergeNode feMorphology feOffset feTile feTurbulence'
    .split(' ')
    .map((name) => [name.toLowerCase(), name]),
)
const running = new Set(['script', 'foreignobject', 'iframe', 'object', 'embed'])
const mostDepth = 400

/** A drawing of a page as an SVG document of its own, without what runs. */
export function writeSvg(element: DrawingNode, depth = 0): string {
  const name = element.name.toLowerCase()
  if (!/^[a-z][\w:.-]*$/.test(name) || running.has(name) || depth > mostDepth) return ''
  const attributes = Object.entries(element.attributes)
    .filter(([attribute, value]) => isKept(attribute, value))
    .map(([attribute, value]) => ` ${attribute}="${escapeHtml(value)}"`)
  if (depth === 0) attributes.unshift(` xmlns="${namespace}"`)
  const content = element.children
    .map((child) => (typeof child === 'string' ? escapeHtml(child) : writeSvg(child, depth + 1)))
    .join('')
  const written = mixedCase.get(name) ?? name
  return `<${written}${attributes.join('')}>${content}</${written}>`
}

/** A link leads to another part of the drawing, or to a picture in it. */
function isKept(attribute: string, value: string): boolean {
  if (!/^[\w:.-]+$/.test(attribute) || /^(?:on|xmlns$)/i.test(attribute)) return false
  return !/href$/i.test(attribute) || /^\s*(?:#|data:image\/(?:png|jpeg|gif|webp);)/i.test(value)
}

/** An SVG document as the address of an image: a browser runs nothing in it, and fetches nothing for it. */
export function svgDataUrl(svg: string): string {
  return `data:image/svg+xml;base64,${Buffer.from(withNamespace(svg)).toString('base64')}`
}

/** What a drawing says of itself, for those who do not see it. */
export function svgLabel(svg: string): string {
  const [, label = ''] =
    /^[^<]*(?:<[?!][^>]*>\s*)*<svg\b[^>]*?\saria-label="([^"<>]*)"/i.exec(svg.slice(0, 4_000)) ?? []
  return label.replace(/&(?:#(\d{1,7})|(amp|lt|gt|quot|apos));/g, (whole, code, name) =>
    code === undefined ? (entities[name] ?? whole) : letterOf(Number(code)),
  )
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function letterOf(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : ''
}

/** Without it, an image is no drawing. */
function withNamespace(svg: string): string {
  return /<svg\b[^>]*\sxmlns\s*=/i.test(svg.slice(0, 4_000))
    ? svg
    : svg.replace(/<svg\b/i, `<svg xmlns="${namespace}"`)
}
