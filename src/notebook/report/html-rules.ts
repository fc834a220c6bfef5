const inline =
  'a abbr b bdi bdo br cite code data del dfn em font i ins kbd mark q s samp small span strike strong sub sup time tt u var wbr'
const block =
  'article aside blockquote caption center dd details div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr li main ol p pre section summary table tbody td tfoot th thead tr ul'
export const blockNames = new Set(block.split(' '))
export const keptNames = new Set([...inline.split(' '), ...blockNames, 'col', 'colgroup'])
/** Gone with all that is in them; of what else is unknown, the content stays. */
export const droppedNames = new Set(
  'applet audio base canvas datalist embed frame frameset head iframe input link meta noembed noframes noscript object option param script select source style template textarea title track video'.split(
    ' ',
  ),
)
export const emptyNames = new Set(['br', 'hr', 'wbr', 'col'])

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

/** What the value of an attribute must be; `undefined` for one that does not stay. */
export function ruleOf(element: string, attribute: string): RegExp | undefined {
  // By their own names alone: any object has a `constructor`.
  return [attributes[element] ?? {}, forAll].find((rules) => Object.hasOwn(rules, attribute))?.[attribute]
}

/** Where a link may lead: the web, a mail, a place in the page, a file beside it. */
export function safeAddress(href: string): string {
  const address = href.replace(/[\u0000-\u0020\u007f-\u00a0]/g, '')
  if (/^(?:https?:\/\/|mailto:)/i.test(address)) return address
  return /^[a-z][a-z\d+.-]*:|^[\\/]{2}/i.test(address) ? '' : address
}
