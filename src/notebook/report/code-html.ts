import { escapeHtml } from '../../text.js'

/**
 * A rough eye for TypeScript: comments, texts, numbers and words of the language. A report colours code for
 * reading, and a mistake of this costs nothing. Each alternative begins at a sign of its own, so that it
 * stays linear.
 */
const parts = [
  '(?<note>\\/\\/[^\\n]*|\\/\\*(?:[^*]|\\*(?!\\/))*(?:\\*\\/)?)',
  '(?<text>\'(?:[^\'\\\\\\n]|\\\\.)*\'?|"(?:[^"\\\\\\n]|\\\\.)*"?|`(?:[^`\\\\]|\\\\[^])*`?)',
  '(?<number>\\b\\d[\\w.]*)',
  '(?<word>\\b(?:as|async|await|break|case|catch|class|const|continue|default|delete|do|else|enum|export|extends|false|finally|for|from|function|if|implements|import|in|instanceof|interface|let|new|null|of|return|satisfies|static|super|switch|this|throw|true|try|type|typeof|undefined|using|var|void|while|yield)\\b)',
  '[\\w$]+',
]
const pattern = new RegExp(parts.join('|'), 'g')

/** TypeScript as HTML, its words in colours that the page chooses. */
export function codeToHtml(code: string): string {
  let html = ''
  let at = 0
  for (const match of code.matchAll(pattern)) {
    const [name] = Object.entries(match.groups ?? {}).find(([, found]) => found !== undefined) ?? []
    html += escapeHtml(code.slice(at, match.index))
    html +=
      name === undefined ? escapeHtml(match[0]) : `<span class="code-${name}">${escapeHtml(match[0])}</span>`
    at = match.index + match[0].length
  }
  return html + escapeHtml(code.slice(at))
}
