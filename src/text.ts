import { hideSecrets } from './secrets.js'

/** Control characters (C0, DEL, C1), bidi overrides and zero-width marks: what could rewrite a terminal or a screen. */
const unsafe = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

/**
 * Text from a server, made safe to show in one line: control characters go, white space runs become one space,
 * a secret that the server quotes back is hidden, and what is longer than `maxLength` characters is cut with `…`.
 */
export function plain(value: unknown, maxLength = 300): string {
  const raw = typeof value === 'string' ? value : String(value)
  // Before the cut, which would leave half a token, and once more after what was put between its letters is gone.
  const text = hideSecrets(hideSecrets(raw).replace(/\s+/g, ' ').replace(unsafe, '')).trim()
  // A cut between the two halves of a character would leave an unreadable one.
  return text.length > maxLength ? `${text.slice(0, maxLength - 1).replace(/[\ud800-\udbff]$/, '')}…` : text
}

/** Text for HTML content and quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)
}
