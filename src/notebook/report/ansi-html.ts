import { escapeHtml } from '../../text.js'

/** What the codes so far ask for. */
interface Pen {
  color?: string | undefined
  background?: string | undefined
  bold: boolean
  faint: boolean
  italic: boolean
  underline: boolean
  inverse: boolean
}

const plainPen: Pen = { bold: false, faint: false, italic: false, underline: false, inverse: false }
/** SGR, and every other control sequence, which only goes. */
const sequence =
  /\u001b\[([\d;:]*)m|\u001b(?:\[[\d;:?<=>!]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-_])/g
const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g

/**
 * What a program wrote for a terminal, as HTML: colours become spans, a line that was written over is the last one, and
 * all else that controls a terminal goes. Colours 0–15 are classes (`ansi-1`), so that a page chooses them.
 */
export function ansiToHtml(text: string): string {
  let html = ''
  let pen = plainPen
  let at = 0
  const lines = overwritten(text)
  const write = (end: number) => {
    const part = lines.slice(at, end).replace(control, '')
    if (part !== '') html += span(escapeHtml(part), pen)
  }
  for (const { index, 0: whole, 1: codes } of lines.matchAll(sequence)) {
    write(index)
    at = index + whole.length
    if (codes !== undefined) pen = changed(pen, codes)
  }
  write(lines.length)
  return html
}

/** A progress line returns to its beginning again and again: what it says last stays. */
function overwritten(text: string): string {
  if (!text.includes('\r')) return text
  return text
    .split('\n')
    .map((line) => {
      const parts = line.replace(/\r+$/, '').split('\r')
      const hidden = parts.slice(0, -1).join('')
      // The colours of what was written over go on.
      return [...hidden.matchAll(sequence)].map(([code]) => code).join('') + (parts.at(-1) ?? '')
    })
    .join('\n')
}

function changed(pen: Pen, codes: string): Pen {
  const numbers = codes.split(/[;:]/).map(Number)
  let next = pen
  for (let i = 0; i < numbers.length; i++) {
    const code = numbers[i] ?? 0
    if (code === 38 || code === 48) {
      const { color, length } = extendedColor(numbers.slice(i + 1))
      next = { ...next, [code === 38 ? 'color' : 'background']: color }
      i += length
    } else next = simplyChanged(next, code)
  }
  return next
}

function simplyChanged(pen: Pen, code: number): Pen {
  switch (code) {
    case 0:
      return plainPen
    case 1:
      return { ...pen, bold: true }
    case 2:
      return { ...pen, faint: true }
    case 3:
      return { ...pen, italic: true }
    case 4:
      return { ...pen, underline: true }
    case 7:
      return { ...pen, inverse: true }
    case 22:
      return { ...pen, bold: false, faint: false }
    case 23:
      return { ...pen, italic: false }
    case 24:
      return { ...pen, underline: false }
    case 27:
      return { ...pen, inverse: false }
    case 39:
      return { ...pen, color: undefined }
    case 49:
      return { ...pen, background: undefined }
  }
  if (code >= 30 && code <= 37) return { ...pen, color: String(code - 30) }
  if (code >= 90 && code <= 97) return { ...pen, color: String(code - 82) }
  if (code >= 40 && code <= 47) return { ...pen, background: String(code - 40) }
  if (code >= 100 && code <= 107) return { ...pen, background: String(code - 92) }
  return pen
}

/** `5;n` or `2;r;g;b`; the length is that of what was read. */
function extendedColor([mode, ...values]: readonly number[]): { color: string | undefined; length: number } {
  const [first = 0, second = 0, third = 0] = values.map((value) => Math.min(255, Math.max(0, value || 0)))
  if (mode === 2) return { color: `rgb(${first},${second},${third})`, length: 4 }
  if (mode !== 5) return { color: undefined, length: 0 }
  return { color: paletteColor(first), length: 2 }
}

function paletteColor(index: number): string {
  if (index < 16) return String(index)
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10
    return `rgb(${grey},${grey},${grey})`
  }
  const cube = index - 16
  const [red, green, blue] = [36, 6, 1].map((step) => {
    const level = Math.floor(cube / step) % 6
    return level === 0 ? 0 : 55 + 40 * level
  })
  return `rgb(${red},${green},${blue})`
}

function span(html: string, pen: Pen): string {
  const [color, background] = pen.inverse
    ? [pen.background ?? 'ground', pen.color ?? 'ink']
    : [pen.color, pen.background]
  const classes: string[] = []
  const styles: string[] = []
  for (const [property, prefix, value] of [
    ['color', 'ansi-', color],
    ['background-color', 'ansi-on-', background],
  ] as const) {
    if (value?.startsWith('rgb')) styles.push(`${property}:${value}`)
    else if (value !== undefined) classes.push(prefix + value)
  }
  if (pen.bold) styles.push('font-weight:bold')
  if (pen.faint) styles.push('opacity:.7')
  if (pen.italic) styles.push('font-style:italic')
  if (pen.underline) styles.push('text-decoration:underline')
  if (classes.length === 0 && styles.length === 0) return html
  const named = classes.length === 0 ? '' : ` class="${classes.join(' ')}"`
  const styled = styles.length === 0 ? '' : ` style="${styles.join(';')}"`
  return `<span${named}${styled}>${html}</span>`
}
