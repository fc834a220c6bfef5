/** Marks that do no more than look: the rest of HTML is shown as text. */
const harmless = /^<\/?(?:b|br|code|del|details|em|i|ins|kbd|mark|s|small|strong|sub|summary|sup|u)\s*\/?>/i
const autolink = /^<(?:https?:\/\/|mailto:)[^\s<>]{1,2000}>/i

/** A text of a server's for Markdown: it means nothing there but itself. */
export function escapedMarkdown(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '')
    .replace(/[\\`*_[\]|~#]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
}

/** Markdown without HTML that does anything: viewers differ in what they let through. Code stays as it is. */
export function harmlessMarkdown(markdown: string): string {
  let safe = ''
  let at = 0
  while (at < markdown.length) {
    const next = /[`<]/.exec(markdown.slice(at))
    if (next === null) break
    const sign = at + next.index
    safe += markdown.slice(at, sign)
    at = sign
    const rest = markdown.slice(sign)
    const kept = next[0] === '`' ? codeSpan(rest) : ((harmless.exec(rest) ?? autolink.exec(rest))?.[0] ?? '')
    safe += kept === '' ? '&lt;' : kept
    at += Math.max(1, kept.length)
  }
  return safe + markdown.slice(at)
}

/** A code span or a fence with all that is in it; without an end, its beginning alone. */
function codeSpan(text: string): string {
  const [run = ''] = /^`+/.exec(text) ?? []
  const end = new RegExp(`(?<!\`)${run}(?!\`)`).exec(text.slice(run.length))
  return end === null ? run : text.slice(0, run.length + end.index + run.length)
}
