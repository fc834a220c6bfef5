/** What says how an element looks, and nothing of what is around it. */
const allowed = new RegExp(
  `^(?:${[
    'color|background|background-color|opacity|box-shadow|visibility',
    'border(?:-(?:top|right|bottom|left))?(?:-(?:color|style|width|radius))?|border-collapse|border-spacing|border-radius',
    'outline(?:-(?:color|style|width|offset))?',
    '(?:margin|padding)(?:-(?:top|right|bottom|left|inline|block)(?:-(?:start|end))?)?',
    '(?:min-|max-)?(?:width|height)|box-sizing|aspect-ratio',
    'font(?:-[a-z]+)*|line-height|letter-spacing|word-spacing|tab-size',
    'text-(?:align|decoration|decoration-[a-z]+|indent|overflow|transform|shadow)',
    'white-space|word-break|overflow-wrap|word-wrap|hyphens|direction|quotes',
    'display|overflow(?:-[xy])?|vertical-align|float|clear|table-layout|caption-side|empty-cells',
    '(?:flex|grid|align|justify|place)(?:-[a-z]+)*|order|(?:row-|column-)?gap|columns|column-count',
    'list-style(?:-(?:type|position))?|position|top|right|bottom|left|z-index',
  ].join('|')})$`,
)
/** Nothing that names an address, is escaped, or is a rule of its own. */
const plainValue = /^[\w\s#%.,()+*/'"!-]*$/
const callsOut = /\b(?:url|image|image-set|cross-fade|element|expression|attr|paint|src|env)\s*\(/i

/**
 * The declarations of a `style` attribute that a report may take from others: no address is ever asked, and nothing
 * leaves its own place in the page.
 */
export function safeStyle(style: string): string {
  return style
    .split(';')
    .flatMap((declaration) => {
      const colon = declaration.indexOf(':')
      const property = declaration.slice(0, Math.max(0, colon)).trim().toLowerCase()
      const value = declaration.slice(colon + 1).trim()
      return isSafe(property, value) ? [`${property}:${value}`] : []
    })
    .join(';')
}

function isSafe(property: string, value: string): boolean {
  if (!allowed.test(property) || !plainValue.test(value) || callsOut.test(value)) return false
  return property !== 'position' || /^(?:static|relative|sticky)$/i.test(value)
}
